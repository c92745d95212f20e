// Very many frames: reports as fast as the answers come, on a job that many watch, until each subscriber has each frame.
import { eventsOf } from "../../tests/torture/load/producer.mjs";
import { JSON_TYPE, PROGRESS } from "./bodies.mjs";
import { leave } from "./leaving.mjs";

const CONNECTIONS = 16;
/** Frames of a round, for each of its milliseconds. */
const FRAMES = 30;

export const burst = [200, 1_000].map((subscribers) => ({
  title: `frames in a burst, ${subscribers.toLocaleString("en")} subscribers`,
  goals: subscribers === 1_000 ? { "frames a second": { least: 5 } } : {},
  async prepare(contender) {
    const [job] = await contender.producer.running(1);
    return burstOn.open(contender, job, subscribers);
  },
  round: (...round) => burstOn.round(...round),
  after: (contender, { job }) => leave(contender, job),
}));

export const burstOn = {
  async open(contender, job, subscribers) {
    const { open } = await contender.readers.open([eventsOf(job)], { times: subscribers, atOnce: 50 });
    if (open !== subscribers) throw new Error(`${contender.name} holds ${open} streams of ${subscribers}.`);
    return { job, subscribers, expected: 0 };
  },

  async round(contender, crowd, milliseconds) {
    const count = Math.ceil((FRAMES * milliseconds) / crowd.subscribers);
    crowd.expected += count * crowd.subscribers;
    const began = performance.now();
    await contender.produce({ connections: CONNECTIONS, count, paths: [`/api/v1/jobs/${crowd.job}/progress`], bodies: PROGRESS, headers: JSON_TYPE });
    const { frames } = await contender.readers.order("frames", { count: crowd.expected });
    const seconds = (performance.now() - began) / 1_000;
    if (frames !== crowd.expected) throw new Error(`${contender.name} sent ${frames} frames of ${crowd.expected}.`);
    const sent = count * crowd.subscribers;
    return { figures: { "frames a second": sent / seconds }, units: sent, unit: "frame" };
  },
};
