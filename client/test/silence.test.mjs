// Silence is not peace: a stream without heartbeats is dead, whatever the socket says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./fake/clock.mjs";
import { frame, FakeStream } from "./fake/service.mjs";
import { watchingJob } from "./fake/watching.mjs";

const snapshot = (id) => frame("job:snapshot", id, { status: "running", stages: {} });

test("heartbeats keep a quiet stream alive", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await stream.send(snapshot(10));
  for (let i = 0; i < 20; i++) {
    await seen.clock.pass(15_000);
    await stream.send(": ping\n\n");
  }
  assert.equal(seen.service.requests.length, 1);
  assert.deepEqual(seen.states, ["live"]);
  seen.watch.close();
});

test("after 40 s without a sound it connects anew, from where it was", async () => {
  const [seen, dead, second] = [watchingJob(), new FakeStream(), new FakeStream()];
  seen.service.will(dead, second);
  await seen.begin();
  await stream(dead);
  await seen.clock.pass(39_999);
  assert.equal(dead.left, false);
  await seen.clock.pass(1);
  assert.equal(dead.left, true);
  assert.equal(seen.watch.state, "offline");
  await seen.clock.pass(1_000);
  await second.send(snapshot(11), frame("job:progress", 12));
  assert.deepEqual(seen.service.cursors, [null, "11"]);
  assert.deepEqual(seen.told, ["job:snapshot 10", "job:progress 11", "job:progress 12"]);
  assert.ok(!seen.told.includes("reset"));
  seen.watch.close();
});

const stream = (dead) => dead.send(snapshot(10), frame("job:progress", 11));

test("half a frame is a sign of life", async () => {
  const [seen, slow] = [watchingJob(), new FakeStream()];
  seen.service.will(slow);
  await seen.begin();
  await seen.clock.pass(30_000);
  await slow.send("event: job:pro");
  await seen.clock.pass(30_000);
  assert.equal(slow.left, false);
  await seen.clock.pass(10_000);
  assert.equal(slow.left, true);
  seen.watch.close();
});

test("a connection that never answers is given up too", async () => {
  const seen = watchingJob();
  const never = ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  seen.service.will(never, new FakeStream());
  await seen.begin();
  await seen.clock.pass(40_000);
  assert.equal(seen.watch.state, "offline");
  await seen.clock.pass(1_000);
  assert.equal(seen.watch.state, "live");
  seen.watch.close();
});

test("while the reader makes us wait, nobody listens, so silence means nothing", async () => {
  let goOn;
  const seen = watchingJob({ onEvent: () => new Promise((resolve) => (goOn = resolve)) });
  const patient = new FakeStream();
  seen.service.will(patient);
  await seen.begin();
  await patient.send(snapshot(10));
  await seen.clock.pass(600_000);
  assert.equal(patient.left, false);
  goOn();
  await settle();
  await seen.clock.pass(39_000);
  assert.equal(patient.left, false);
  await seen.clock.pass(1_000);
  assert.equal(patient.left, true);
  seen.watch.close();
});

test("another patience can be asked for", async () => {
  const [seen, stream] = [watchingJob({ silenceMs: 5_000 }), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await seen.clock.pass(5_000);
  assert.equal(stream.left, true);
  seen.watch.close();
});
