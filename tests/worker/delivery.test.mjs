// Between delivery and the end: claim, ack, the two time-outs, the schedule, and the attempts.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { newProject } from "./project.mjs";
import { refused } from "./request.mjs";
import { STATES } from "./states.mjs";
import { names, open } from "./stream.mjs";

describe("delivery", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("claim delivers one job by its id, and nobody else gets it", async () => {
    const own = await newProject();
    const job = await own.create();
    assert.equal((await job.report("claim")).status, "delivered");
    assert.deepEqual(await own.polled({ count: 50 }), []);
    refused(await job.post("claim"), 409);
  });

  test("ack starts a delivered job", async () => {
    const job = await STATES.delivered(project);
    const running = await job.report("ack");
    assert.deepEqual([running.status, running.attempt, typeof running.startedAt], ["running", 1, "string"]);
    assert.deepEqual(running, await job.now());
  });

  test("ack of a pending job claims it too", async () => {
    const job = await project.create();
    const running = await job.report("ack");
    assert.deepEqual([running.status, typeof running.deliveredAt], ["running", "string"]);
  });

  test("of ten producers that claim one job at once one gets it", async () => {
    const job = await project.create();
    const answers = await Promise.all(Array.from({ length: 10 }, () => job.post("claim")));
    assert.deepEqual(answers.map((answer) => answer.status).toSorted(), [200, ...Array(9).fill(409)]);
  });

  for (const state of ["scheduled", "running", "completed", "failed", "cancelled"]) {
    test(`a ${state} job can be neither claimed nor acknowledged, and is told so with its state`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => {
        for (const part of ["claim", "ack"]) assert.equal(refused(await job.post(part), 409).details.status, state);
      });
    });
  }

  test("a delivery that nobody acknowledges times out: the job is pending again, for another producer", async () => {
    const own = await newProject();
    const job = await own.create({ timeoutSeconds: 1 });
    const [first] = await own.polled();
    const [second] = await own.polled({ waitSeconds: 20 });
    assert.deepEqual([first.id, second.id, second.status, second.attempt], [job.id, job.id, "delivered", 1]);
    assert.ok(Date.parse(second.deliveredAt) >= Date.parse(first.deadline));
  });

  test("an execution that reports nothing times out: it is retried, with the code `timeout`", async (t) => {
    const job = await project.create({ name: "silent", timeoutSeconds: 1 });
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await job.report("ack");
    const retry = (await stream.event("job:retry")).json();
    assert.deepEqual([retry.attempt, retry.code], [2, "timeout"]);
    const [again] = await project.polled({ names: ["silent"], waitSeconds: 20 });
    assert.deepEqual([again.id, again.attempt], [job.id, 2]);
  });

  test("the last attempt that times out fails the job", async (t) => {
    const job = await project.create({ timeoutSeconds: 1, maxAttempts: 1 });
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await job.report("ack");
    assert.deepEqual(names(await stream.remaining()), ["job:snapshot", "job:started", "job:failed"]);
    assert.equal((await job.now()).errorCode, "timeout");
  });

  for (const [part, body] of [["progress", { percent: 1 }], ["checkpoint", {}], ["event", {}], ["keepalive"]]) {
    test(`${part} resets the execution timeout`, async () => {
      const job = await project.running();
      const before = Date.parse((await job.now()).deadline);
      await job.report(part, body);
      assert.ok(Date.parse((await job.now()).deadline) > before);
    });
  }

  test("logs do not reset the execution timeout", async () => {
    const job = await project.running();
    const { deadline } = await job.now();
    await job.report("logs", ["still here"]);
    assert.equal((await job.now()).deadline, deadline);
  });

  test("a producer that only keeps alive is not timed out", async (t) => {
    const job = await project.create({ timeoutSeconds: 5, maxAttempts: 1 });
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    const begun = Date.now();
    await job.report("ack");
    await eventually("two time-outs' worth of keepalives", () => job.report("keepalive"), () => Date.now() > begun + 10_500);
    await job.report("complete");
    assert.deepEqual(names(await stream.remaining()), ["job:snapshot", "job:started", "job:completed"]);
  });

  test("a scheduled job is handed out when its time has come, not before", async () => {
    const own = await newProject();
    const time = Date.now() + 2_000;
    const job = await own.create({ scheduledFor: new Date(time).toISOString() });
    assert.deepEqual(await own.polled(), []);
    const [got] = await own.polled({ waitSeconds: 20 });
    assert.deepEqual([got.id, got.attempt], [job.id, 1]);
    assert.ok(Date.parse(got.deliveredAt) >= time);
  });
});
