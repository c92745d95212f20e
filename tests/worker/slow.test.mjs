// A reader that stops reading: it is cut and can resume, and nobody else waits for it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { test } from "node:test";
import { BATCHES } from "./batch.mjs";
import { Blocks } from "./frame.mjs";
import { newProject } from "./project.mjs";
import { accepted } from "./request.mjs";
import { open } from "./stream.mjs";

const LINE = "x".repeat(16 * 1_024);
const LINES = 12;
// 192 KiB each, which is sent as it comes (a larger batch is paced): together far more than the 1 MiB that waits for a reader and
// what the kernel's sockets hold on the way.
const BATCHES_SENT = 200;

const batch = (lines) => BATCHES["NDJSON, gzip"](Array(lines).fill(LINE));
const upTo = (toSeq) => (event) => event.event === "job:log" && event.json().toSeq === toSeq;

test("a reader that stops reading is cut and resumes by cursor, while another gets every line at once", async (t) => {
  const project = await newProject();
  const job = await project.running();
  const slow = await stopped(t, job.eventsUrl, project.apiKey);
  const other = await open(t, job.eventsUrl, { key: project.apiKey });
  for (let sent = 1; sent <= BATCHES_SENT; sent += 1) {
    const { toSeq } = accepted(await job.ask("POST", "/logs", batch(LINES)));
    await other.until(upTo(toSeq));
  }
  await job.report("complete");
  assert.equal(seqs(other.frames).length, BATCHES_SENT * LINES);

  const { frames, complete } = await slow.readOn();
  const got = seqs(frames);
  assert.equal(complete, false, "its connection was cut, not ended");
  assert.ok(got.length < BATCHES_SENT * LINES, `it got ${got.length} lines`);
  const resumed = await open(t, job.eventsUrl, { key: project.apiKey, cursor: frames.findLast((frame) => frame.id).id });
  assert.equal((await resumed.remaining()).at(-1).event, "job:completed");
  assert.deepEqual([...got, ...seqs(resumed.frames)], Array.from({ length: BATCHES_SENT * LINES }, (_, at) => at + 1));
});

test("a reader that keeps up is not cut by a batch of 8 MiB", async (t) => {
  const project = await newProject();
  const job = await project.running();
  const stream = await open(t, job.eventsUrl, { key: project.apiKey });
  await stream.event("job:snapshot");
  const { toSeq } = accepted(await job.ask("POST", "/logs", batch(500)));
  await stream.until(upTo(toSeq));
  await job.report("progress", { percent: 1 });
  await stream.event("job:progress");
  assert.deepEqual(seqs(stream.frames), Array.from({ length: 500 }, (_, at) => at + 1));
});

const seqs = (frames) => frames.filter((frame) => frame.event === "job:log").flatMap((frame) => frame.json().lines.map((line) => line.seq));

/** A connection that has read its first bytes and then reads no more, until `readOn` takes what is left. */
async function stopped(t, url, key) {
  const request = get(url, { headers: { "x-api-key": key }, agent: false });
  t.after(() => request.destroy());
  const [response] = await once(request, "response");
  response.setEncoding("utf8");
  const blocks = new Blocks();
  const frames = [];
  response.on("data", (text) => frames.push(...blocks.take(text)));
  while (frames.length < 2) await once(response, "data");
  response.pause();
  const closed = new Promise((close) => response.on("error", () => {}).once("close", close));
  const readOn = async () => {
    response.resume();
    await closed;
    return { frames, complete: response.complete };
  };
  return { readOn };
}
