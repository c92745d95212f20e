// The transcode example as somebody runs it: a process of its own, a real video, real ffmpeg.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FFMPEG, FFPROBE, ffmpeg, file } from "../../examples/transcode/ffmpeg.mjs";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { accepted } from "./request.mjs";
import { names, open } from "./stream.mjs";

const SECONDS = 6;
const SEGMENT_SECONDS = 2;
const folder = mkdtempSync(join(tmpdir(), "jobcast-transcode-"));
const video = join(folder, "short.mp4");
const stages = ["probe", "transcode", "thumbnail"];

before(() =>
  ffmpeg([
    "-f", "lavfi", "-i", "testsrc2=size=426x240:rate=25", "-f", "lavfi", "-i", "sine=frequency=330",
    "-t", String(SECONDS), "-pix_fmt", "yuv420p", file(video),
  ]));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a video is transcoded, and the stream tells the whole story", async (t) => {
  const { project, job, stream } = await watched(t);
  producer(t, project);
  const events = await stream.until(({ event }) => event === "job:completed");

  const told = events.filter(({ event }) => event.startsWith("stage:")).map((event) => `${event.json().stage} ${event.json().type}`);
  assert.deepEqual(told, stages.flatMap((stage) => [`${stage} start`, `${stage} complete`]));
  const percents = of(events, "job:progress").map(({ percent }) => percent);
  assert.deepEqual(percents, percents.toSorted((a, b) => a - b));
  assert.equal(percents.at(-1), 100);
  const speeds = of(events, "job:progress").filter(({ subProgress }) => /× real time, segment \d of 3/.test(subProgress?.transcode.message));
  assert.ok(speeds.length > 0, "ffmpeg's own speed is told");
  const lines = of(events, "job:log").flatMap((log) => log.lines);
  assert.ok(lines.some(({ source, message }) => source === "ffmpeg" && message.startsWith("Input #0")), "what ffmpeg prints is the log");
  assert.deepEqual(of(events, "job:checkpoint").map(({ data }) => data.index), [0, 1, 2]);
  await playable((await job.now()).result);
});

test("a killed job's ffmpeg is gone at once, and the next job is done", async (t) => {
  const { project, job, stream } = await watched(t);
  const slow = slowFfmpeg();
  producer(t, project, { FFMPEG: slow.path });
  await stream.until((event) => event.event === "job:progress" && event.json().subProgress);
  const pid = slow.pid();
  assert.ok(isAlive(pid), "ffmpeg is at work");
  slow.release();
  const next = await project.create(wish());
  const nextStream = await open(t, next.eventsUrl, { key: project.apiKey });

  await job.report("kill", { reason: "not wanted" });
  await nextStream.event("job:started");
  assert.ok(!isAlive(pid), "the producer goes on only when ffmpeg is gone");
  await nextStream.event("job:completed");
  assert.equal((await job.now()).status, "cancelled");
  assert.ok(!existsSync(join(folder, job.id, "segments")), "nothing will come back for the segments");
  await playable((await next.now()).result);
});

test("after a producer was killed with SIGKILL, another makes only the segments that are missing", async (t) => {
  const { project, job, stream } = await watched(t, { timeoutSeconds: 3 });
  const slow = slowFfmpeg();
  const first = producer(t, project, { FFMPEG: slow.path });
  await stream.event("job:checkpoint");
  first.kill("SIGKILL");
  await once(first, "exit");
  slow.release();
  producer(t, project);

  assert.equal((await stream.event("job:retry")).json().code, "timeout");
  await stream.event("job:completed");
  await resumed(job);
});

test("a producer that is told to stop gives its job back, and another goes on", async (t) => {
  const { project, job, stream } = await watched(t);
  const slow = slowFfmpeg();
  const first = producer(t, project, { FFMPEG: slow.path });
  await stream.event("job:checkpoint");
  first.kill("SIGTERM");
  assert.deepEqual(await once(first, "exit"), [0, null]);
  assert.ok(!isAlive(slow.pid()), "ffmpeg ended with it");
  slow.release();
  producer(t, project);

  assert.equal((await stream.event("job:retry")).json().code, "producer_stopped");
  await stream.event("job:completed");
  await resumed(job);
});

test("what is no video fails at once, with ffprobe's words", async (t) => {
  const { project, job, stream } = await watched(t, { payload: { input: fileURLToPath(import.meta.url) } });
  producer(t, project);
  assert.match((await stream.event("job:failed")).json().error, /Invalid data/);
  assert.equal((await job.now()).attempt, 1);
});

test("the page and the stream come from one origin, and nothing is held back", async (t) => {
  const { project, job } = await watched(t);
  const { token } = accepted(await job.post("tokens", { scopes: ["jobs:read"] }), 201);
  const server = script(t, "serve.mjs", project, { PORT: "0" });
  const [origin] = await once(server.stdout.setEncoding("utf8"), "data");
  const page = await (await fetch(origin.trim())).text();
  assert.match(page, /role="log"/);

  const stream = await open(t, `${origin.trim()}/api/v1/jobs/${job.id}/events?token=${token}`);
  await stream.event("job:snapshot");
  await job.report("ack");
  await job.report("logs", ["as it comes"]);
  assert.equal((await stream.event("job:log")).json().lines[0].message, "as it comes");
});

/** A job for the video, in a project of its own, and its stream. */
async function watched(t, fields) {
  const project = await newProject();
  const job = await project.create(wish(fields));
  const stream = await open(t, job.eventsUrl, { key: project.apiKey });
  await stream.event("job:snapshot");
  return { project, job, stream };
}

const wish = (fields) => ({ name: "transcode", stages, payload: { input: video, segmentSeconds: SEGMENT_SECONDS }, ...fields });
const of = (events, name) => events.filter(({ event }) => event === name).map((event) => event.json());
const producer = (t, project, env) => script(t, "producer.mjs", project, env);

function script(t, name, project, env = {}) {
  const path = fileURLToPath(new URL(`../../examples/transcode/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FFMPEG, FFPROBE, JOBCAST_URL: place.url, JOBCAST_API_KEY: project.apiKey, VIDEOS: folder, ...env },
  });
  child.stdout.resume();
  t.after(() => child.kill("SIGKILL"));
  return child;
}

/** An ffmpeg that reads its input no faster than one would watch it, until it is released; it writes down its process ids. */
function slowFfmpeg() {
  const [path, pids, brake] = ["ffmpeg", "pids", "brake"].map((name) => join(mkdtempSync(join(folder, "slow-")), name));
  writeFileSync(brake, "");
  writeFileSync(path, `#!/bin/sh\necho $$ >>'${pids}'\nif [ -e '${brake}' ]; then exec '${FFMPEG}' -re "$@"; else exec '${FFMPEG}' "$@"; fi\n`);
  chmodSync(path, 0o755);
  return { path, release: () => rmSync(brake), pid: () => Number(readFileSync(pids, "utf8").trim().split("\n").at(-1)) };
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The second attempt made what the first had left, each segment once, and says so. */
async function resumed(job) {
  const made = (await job.checkpoints()).map(({ attempt, data }) => ({ attempt, index: data.index }));
  assert.deepEqual(made.map(({ index }) => index), [0, 1, 2], "each segment was made once");
  const before = made.filter(({ attempt }) => attempt === 1).length;
  assert.ok(before > 0 && before < 3, `segments of the first attempt: ${before}`);
  const starts = (await job.log()).filter(({ type, data }) => type === "stage.started" && data.stage === "transcode");
  assert.equal(starts.at(-1).data.detail, `${before} of 3 segments are there from before`);
  await playable((await job.now()).result);
}

/** The file has pictures, sound, and its whole length. */
async function playable({ output, thumbnail, durationSec, bytes }) {
  const shown = execFileSync(FFPROBE, ["-v", "error", "-show_entries", "format=duration,size:stream=codec_type", "-of", "json", file(output)]);
  const { format, streams } = JSON.parse(shown);
  assert.deepEqual(streams.map((stream) => stream.codec_type).sort(), ["audio", "video"]);
  assert.ok(Math.abs(format.duration - SECONDS) < 0.5, `duration ${format.duration}`);
  assert.deepEqual([durationSec, bytes], [Number(format.duration), Number(format.size)]);
  assert.ok(readFileSync(thumbnail).subarray(0, 2).equals(Buffer.from([0xff, 0xd8])), "the thumbnail is a JPEG");
}
