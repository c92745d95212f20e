// Very many frames: reports as fast as the answers come, on a job that many watch, until each subscriber has each frame.
import { PROGRESS } from "./bodies.mjs";
import { gather, leave, renew } from "./leaving.mjs";

const CONNECTIONS = 16;
/** Frames of a round, for each of its milliseconds. */
const FRAMES = 30;

export const CROWDS = [200, 1_000, 5_000];

export const burst = CROWDS.map((subscribers) => ({
  title: `frames in a burst, ${subscribers.toLocaleString("en")} subscribers`,
  goals: subscribers === 1_000 ? { "frames a second": { least: 5 } } : {},
  peers: "fan-out",
  prepare: (contender) => gather(contender, subscribers),
  before: renew,
  round: burstOn,
  after: (contender, { job }) => leave(contender, job),
}));

export async function burstOn(contender, crowd, milliseconds) {
  const count = Math.ceil((FRAMES * milliseconds) / crowd.subscribers);
  crowd.expected += count * crowd.subscribers;
  const { path, headers } = contender.progressOf(crowd.job);
  const began = performance.now();
  await contender.produce({ connections: CONNECTIONS, count, paths: [path], bodies: PROGRESS, headers });
  await contender.frames(crowd.expected);
  const seconds = (performance.now() - began) / 1_000;
  const sent = count * crowd.subscribers;
  return { figures: { "frames a second": sent / seconds }, units: sent, unit: "frame" };
}
