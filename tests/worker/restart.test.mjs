// A killed process: what was answered with 2xx is there when the service is back, and streams go on where they were.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startInstance } from "./instance.mjs";
import { listen } from "./listener.mjs";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";

test("a service that is killed in the middle of reports", async (t) => {
  const at = await startInstance(t);
  const project = await newProject({ publicRead: true, at });
  const job = await project.running();
  const created = await project.create({ name: "created before", scheduledFor: new Date(Date.now() + 3_600_000).toISOString() });
  const silent = await project.running({ name: "silent", timeoutSeconds: 6 });
  await job.report("logs", ["a line"]);
  await job.report("checkpoint", { count: 1500 });
  const browser = listen(t, job.eventsUrl, ["job:snapshot", "job:progress", "job:completed"]);
  const stream = await open(t, job.eventsUrl);
  await Promise.all([browser.event("job:snapshot"), stream.event("job:snapshot")]);
  const answered = await reportsUntilKilled(job, at);
  await at.start();

  await t.test("has everything that it answered with 2xx", async () => {
    const log = await job.log();
    const kept = new Set(log.map((event) => event.id));
    assert.ok(answered.length >= 100);
    assert.deepEqual(answered.filter((id) => !kept.has(id)), []);
    assert.deepEqual([(await job.lines()).length, (await job.checkpoints())[0].data], [1, { count: 1500 }]);
    assert.deepEqual(await created.now(), created.created);
    assert.equal((await project.list()).total, 3);
  });

  await t.test("showed nobody an event that it does not have", async () => {
    await stream.ended;
    const kept = new Set((await job.log()).map((event) => String(event.id)));
    const shown = stream.frames.filter((frame) => frame.event === "job:progress").map((frame) => frame.id);
    assert.ok(shown.length > 0);
    assert.deepEqual(shown.filter((id) => !kept.has(id)), []);
  });

  await t.test("keeps its clock: a time-out comes to its end", async () => {
    const [again] = await project.polled({ names: ["silent"], waitSeconds: 20 });
    assert.deepEqual([again.id, again.attempt, again.errorCode], [silent.id, 2, "timeout"]);
  });

  await t.test("resumes a stream by its cursor, and an EventSource by itself", async (t) => {
    const last = stream.frames.findLast((frame) => frame.id).id;
    const resumed = await open(t, job.eventsUrl, { cursor: last });
    await job.report("progress", { percent: 99 });
    await job.report("complete");
    const expected = (await job.log()).filter((event) => event.type === "progress.reported").map((event) => String(event.id));
    const ids = (frames) => frames.filter((frame) => (frame.event ?? frame.name) === "job:progress").map((frame) => frame.id);
    await resumed.ended;
    assert.deepEqual([...ids(stream.frames), ...ids(resumed.frames)], expected);
    await browser.event("job:completed");
    assert.deepEqual(ids(browser.seen), expected);
  });
});

/** Four producers report; after a hundred answers the process is killed under them. Gives the ids that were answered. */
async function reportsUntilKilled(job, at) {
  const ids = [];
  let killed;
  const producer = async () => {
    while (!killed) {
      ids.push((await job.report("progress", { percent: 1 })).id);
      if (ids.length >= 100) killed ??= at.kill();
    }
  };
  await Promise.allSettled(Array.from({ length: 4 }, producer));
  await killed;
  return ids;
}
