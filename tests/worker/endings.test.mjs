// How a job ends, is ended, begins again and goes: complete, fail, kill, retry, cancel, delete; and attempts that are over.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { STATES } from "./states.mjs";

const NOT_FINAL = ["scheduled", "pending", "delivered", "running"];
const PRODUCER_CALLS = {
  progress: { percent: 1 }, checkpoint: {}, event: {}, keepalive: undefined, "stages/research": { type: "start" }, complete: {},
  fail: { error: "too late" }, ack: undefined,
};

describe("endings", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  /** A job whose first attempt failed and whose second runs. */
  const secondAttempt = async (name) => {
    const job = await project.running({ name });
    await job.report("fail", { error: "first" });
    await project.polled({ names: [name], waitSeconds: 20 });
    await job.report("ack");
    return job;
  };

  test("complete ends a running job with its result", async () => {
    const job = await project.running();
    const done = await job.report("complete", { result: [1, "two"] });
    assert.deepEqual([done.status, done.result, typeof done.completedAt], ["completed", [1, "two"], "string"]);
    assert.deepEqual(done, await job.now());
  });

  test("complete needs no body", async () => {
    assert.equal((await (await project.running()).report("complete")).status, "completed");
  });

  test("fail with attempts left schedules the next one after a back-off, then it is pending and is attempt 2", async () => {
    const job = await project.running({ name: "once more" });
    const failed = await job.report("fail", { error: "disk full", code: "enospc" });
    assert.deepEqual([failed.status, failed.attempt, failed.error, failed.errorCode], ["scheduled", 2, "disk full", "enospc"]);
    assert.ok(Date.parse(failed.scheduledFor) > Date.parse(failed.updatedAt));
    const [again] = await project.polled({ names: ["once more"], waitSeconds: 20 });
    assert.deepEqual([again.id, again.attempt, again.status], [job.id, 2, "delivered"]);
    assert.ok(Date.parse(again.deliveredAt) >= Date.parse(failed.scheduledFor));
  });

  test("the back-off has jitter", async () => {
    const jobs = await Promise.all(Array.from({ length: 8 }, () => project.running({ name: "jitter" })));
    const failed = await Promise.all(jobs.map((job) => job.report("fail", { error: "x" })));
    const pauses = failed.map((job) => Date.parse(job.scheduledFor) - Date.parse(job.updatedAt));
    assert.ok(new Set(pauses).size > 1, pauses.join());
  });

  test("fail with retry: false fails the job although attempts are left", async () => {
    const failed = await (await project.running()).report("fail", { error: "no use", retry: false });
    assert.deepEqual([failed.status, failed.attempt, failed.error], ["failed", 1, "no use"]);
  });

  test("fail of the last attempt fails the job", async () => {
    const job = await project.running({ maxAttempts: 1 });
    assert.equal((await job.report("fail", { error: "no more" })).status, "failed");
  });

  for (const state of NOT_FINAL) {
    test(`kill ends a ${state} job, and its producer's next call says job_cancelled`, async () => {
      const job = await STATES[state](project);
      assert.equal((await job.report("kill", { reason: "not wanted" })).status, "cancelled");
      await job.unchangedBy(async () => {
        for (const [part, body] of Object.entries(PRODUCER_CALLS)) refused(await job.post(part, body), 409, { code: "job_cancelled" });
      });
    });
  }

  test("a killed attempt may name itself and still learns that it was killed", async () => {
    const job = await project.running();
    await job.report("kill");
    refused(await job.post("progress", { percent: 1 }, { headers: { "x-job-attempt": "1" } }), 409, { code: "job_cancelled" });
  });

  for (const state of ["completed", "failed"]) {
    test(`a ${state} job cannot be killed`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => assert.equal(refused(await job.post("kill"), 409).details.status, state));
    });
  }

  for (const state of ["scheduled", "pending", "delivered"]) {
    test(`cancel ends a ${state} job`, async () => {
      const job = await STATES[state](project);
      assert.deepEqual(await job.report("cancel"), { success: true, message: "Job cancelled" });
      assert.equal((await job.now()).status, "cancelled");
    });
  }

  for (const state of ["running", "completed", "failed"]) {
    test(`a ${state} job cannot be cancelled`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => assert.equal(refused(await job.post("cancel"), 409).details.status, state));
    });
  }

  test("retry gives a failed job one more attempt, with its log and its checkpoints", async () => {
    const job = await project.running({ name: "retried", maxAttempts: 1 });
    await job.report("checkpoint", { count: 1500 });
    await job.report("fail", { error: "disk full" });
    const before = await job.log();
    assert.deepEqual(await job.report("retry"), { success: true, message: "Job queued for retry" });
    const now = await job.now();
    assert.deepEqual([now.status, now.attempt, now.maxAttempts, now.completedAt], ["pending", 2, 2, null]);
    assert.deepEqual((await job.log()).slice(0, before.length), before);
    assert.equal((await job.checkpoints())[0].data.count, 1500);
    const [again] = await project.polled({ names: ["retried"] });
    assert.deepEqual([again.id, again.attempt], [job.id, 2]);
  });

  for (const state of Object.keys(STATES).filter((state) => state !== "failed")) {
    test(`a ${state} job cannot be retried`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => assert.equal(refused(await job.post("retry"), 409).details.status, state));
    });
  }

  for (const state of ["scheduled", "pending", "completed", "failed", "cancelled"]) {
    test(`delete removes a ${state} job for good`, async () => {
      const own = await newProject();
      const job = await STATES[state](own);
      assert.deepEqual(accepted(await job.ask("DELETE")), { success: true, message: "Job deleted" });
      for (const [method, part] of [["GET", ""], ["GET", "/logs"], ["GET", "/events"], ["DELETE", ""], ["POST", "/ack"]]) {
        refused(await job.ask(method, part), 404);
      }
      assert.equal((await own.list()).total, 0);
    });
  }

  for (const state of ["delivered", "running"]) {
    test(`a ${state} job cannot be deleted`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => assert.equal(refused(await job.ask("DELETE"), 409).details.status, state));
    });
  }

  for (const [state, part, body] of [["completed", "complete"], ["failed", "fail", { error: "disk full", retry: false }],
    ["cancelled", "kill"], ["cancelled", "cancel"]]) {
    test(`${part} of a ${state} job succeeds and adds nothing`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(() => job.report(part, body));
    });
  }

  for (const [state, part] of [["completed", "fail"], ["failed", "complete"], ["cancelled", "complete"], ["cancelled", "fail"]]) {
    test(`${part} of a ${state} job is a conflict`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => assert.equal(refused(await job.post(part, { error: "x" }), 409).details.status, state));
    });
  }

  test("of complete and kill at the same time one is the end, and the other hears of it", async () => {
    const jobs = await Promise.all(Array.from({ length: 8 }, () => project.running()));
    for (const job of jobs) {
      const answers = await Promise.all([job.post("complete"), job.post("kill")]);
      assert.deepEqual(answers.map((answer) => answer.status).toSorted(), [200, 409]);
      const ends = (await job.types()).filter((type) => ["job.completed", "job.cancelled"].includes(type));
      assert.equal(ends.length, 1);
    }
  });

  test("a report of an attempt that is over is refused, one of the current attempt is taken", async () => {
    const job = await secondAttempt("fenced");
    const from = (attempt) => ({ headers: { "x-job-attempt": attempt } });
    await job.unchangedBy(async () => {
      for (const [part, body] of Object.entries(PRODUCER_CALLS)) {
        refused(await job.post(part, body, from("1")), 409, { code: "attempt_superseded" });
      }
    });
    await job.report("progress", { percent: 5 }, from("2"));
    await job.report("complete", {}, from("2"));
  });

  test("a producer whose attempt timed out cannot end the job", async () => {
    const own = await newProject();
    const job = await own.create({ timeoutSeconds: 1 });
    await own.polled();
    await job.report("ack");
    await own.polled({ waitSeconds: 20 });
    refused(await job.post("complete", {}, { headers: { "x-job-attempt": "1" } }), 409, { code: "attempt_superseded" });
    const { status, attempt } = await job.now();
    assert.ok(status !== "completed" && attempt === 2, `${status}, attempt ${attempt}`);
  });

  for (const value of ["0", "-1", "x", "1.5"]) {
    test(`X-Job-Attempt: ${value} is refused by name`, async () => {
      const job = await project.running();
      const answer = await job.post("progress", { percent: 1 }, { headers: { "x-job-attempt": value } });
      refused(answer, 400, { field: "X-Job-Attempt" });
    });
  }
});
