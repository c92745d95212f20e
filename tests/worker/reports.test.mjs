// What a producer reports while it works: progress, checkpoints, events, keepalives, stages; and what it sends twice.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { refused } from "./request.mjs";
import { report } from "./stages.mjs";
import { STATES } from "./states.mjs";

/** Every report and a body that it takes. */
const REPORTS = {
  progress: { percent: 1 }, checkpoint: { n: 1 }, event: { n: 1 }, keepalive: undefined, "stages/research": { type: "start" },
};

describe("reports", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  for (const part of ["progress", "checkpoint", "event", "stages/research"]) {
    test(`${part} answers with the id of its event`, async () => {
      const job = await project.running();
      const answer = await job.report(part, REPORTS[part]);
      assert.deepEqual(answer, { success: true, id: (await job.log()).at(-1).id });
    });
  }

  test("keepalive answers with the new deadline", async () => {
    const job = await project.running({ timeoutSeconds: 60 });
    const answer = await job.report("keepalive");
    assert.deepEqual(answer, { success: true, deadline: (await job.now()).deadline });
    assert.ok(Math.abs(Date.parse(answer.deadline) - Date.now() - 60_000) < 10_000);
  });

  for (const percent of [0, 100, 42.5, 1e-9]) {
    test(`progress takes ${percent} percent`, async () => {
      const job = await project.running();
      await job.report("progress", { percent });
      assert.equal((await job.now()).progress, percent);
    });
  }

  test("progress may go back, and may come without a message", async () => {
    const job = await project.running();
    await job.report("progress", { percent: 90, message: "nearly" });
    await job.report("progress", { percent: 10 });
    assert.equal((await job.now()).progress, 10);
  });

  test("fields that nobody knows are ignored", async () => {
    const job = await project.running();
    await job.report("progress", { percent: 7, eta: 12 });
    assert.deepEqual((await job.log()).at(-1).data, { percent: 7 });
  });

  const OBJECTS = [
    {}, { percent: "anything", type: 5, id: null }, { nested: { deep: [{ ü: "😀\n" }] } },
    { float: -2.3814388147103378e111, tiny: 5e-324, whole: 9007199254740991, negative: -0.1 },
    { "$serde_json::private::RawValue": "[1]" }, JSON.parse('{"__proto__":1,"constructor":{"a":"\\u0000\\u2028"}}'),
  ];
  for (const data of OBJECTS) {
    test(`checkpoint and event take any JSON object: ${JSON.stringify(data)}`, async () => {
      const job = await project.running();
      await job.report("checkpoint", data);
      await job.report("event", data);
      assert.deepEqual((await job.log()).slice(-2).map((event) => event.data), [data, data]);
    });
  }

  test("a custom event does not change the job", async () => {
    const job = await project.running();
    const before = await job.now();
    await job.report("event", { status: "completed", progress: 99 });
    const { updatedAt, deadline, ...after } = await job.now();
    assert.deepEqual({ ...after, updatedAt: before.updatedAt, deadline: before.deadline }, before);
    assert.ok(updatedAt >= before.updatedAt && deadline >= before.deadline);
  });

  for (const state of Object.keys(STATES).filter((state) => state !== "running")) {
    test(`a ${state} job takes no report, says so with its state, and does not change`, async () => {
      const job = await STATES[state](project);
      await job.unchangedBy(async () => {
        for (const [part, body] of Object.entries(REPORTS)) {
          const code = state === "cancelled" ? "job_cancelled" : undefined;
          assert.equal(refused(await job.post(part, body), 409, { code }).details.status, state, part);
        }
      });
    });
  }
});

describe("stages", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));
  const stage = async (job, name = "research") => (await job.now()).stages[name];

  test("a stage goes from pending to running to done", async () => {
    const job = await project.running({ stages: ["research"] });
    assert.equal((await stage(job)).status, "pending");
    await report(job, { stage: "research", type: "start" });
    assert.equal((await stage(job)).status, "running");
    await report(job, { stage: "research", type: "complete" });
    assert.equal((await stage(job)).status, "done");
  });

  test("a missing durationSec is measured from the stage's start", async () => {
    const job = await project.running();
    const { id: start } = await report(job, { stage: "research", type: "start" });
    const { id: end } = await report(job, { stage: "research", type: "complete", detail: "5 key facts" });
    const { durationSec, ...rest } = await stage(job);
    assert.deepEqual(rest, { status: "done", detail: "5 key facts" });
    assert.ok(Math.abs(durationSec - (end - start) / 1_000) < 0.05, `${durationSec} s for ${end - start} ms`);
  });

  test("a durationSec that the producer says is kept", async () => {
    const job = await project.running();
    await report(job, { stage: "research", type: "start" });
    await report(job, { stage: "research", type: "complete", durationSec: 4.2 });
    assert.equal((await stage(job)).durationSec, 4.2);
  });

  test("an error may bring a code", async () => {
    const job = await project.running();
    await report(job, { stage: "visuals", type: "error", error: "Rate limit exceeded", code: "rate_limited" });
    assert.equal((await stage(job, "visuals")).status, "error");
    assert.equal((await job.log()).at(-1).data.code, "rate_limited");
  });

  test("a stage that nobody declared is added when it is reported, in any script", async () => {
    const job = await project.running({ stages: ["a"] });
    await job.report(`stages/${encodeURIComponent("Farbe & Ton 色")}`, { type: "start" });
    assert.deepEqual(Object.keys((await job.now()).stages), ["a", "Farbe & Ton 色"]);
  });

  test("a stage's name cannot add lines to the stream", async () => {
    const job = await project.running();
    await job.unchangedBy(async () => {
      refused(await job.post("stages/a%0Adata:%20x", { type: "start" }), 400, { field: "stage" });
    });
  });

  for (const body of [{}, { type: "" }, { type: 5 }, { type: "complete", durationSec: "long" }, { type: "complete", durationSec: -1 }]) {
    test(`a bad report is refused by name: ${JSON.stringify(body)}`, async () => {
      const job = await project.running();
      const field = "durationSec" in body ? "durationSec" : "type";
      await job.unchangedBy(async () => refused(await job.post("stages/research", body), 400, { field }));
    });
  }
});

describe("Idempotency-Key on reports", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));
  const once = { headers: { "idempotency-key": "once" } };

  for (const [part, body] of [...Object.entries(REPORTS), ["logs", ["a line"]]]) {
    test(`a repeated ${part} gets the first answer and adds nothing`, async () => {
      const job = await project.running();
      const first = await job.report(part, body, once);
      await job.unchangedBy(async () => assert.deepEqual(await job.report(part, body, once), first));
    });
  }

  const COMMANDS = {
    claim: "pending", ack: "pending", complete: "running", fail: "running", kill: "running", retry: "failed", cancel: "pending",
  };
  for (const [part, prepare] of Object.entries(COMMANDS)) {
    test(`a repeated ${part} gets the first answer and adds nothing`, async () => {
      const job = await STATES[prepare](project);
      const first = await job.report(part, {}, once);
      const withoutTheClock = async () => (await job.log()).filter((event) => event.type !== "job.queued");
      const log = await withoutTheClock();
      assert.deepEqual(await job.report(part, {}, once), first);
      assert.deepEqual(await withoutTheClock(), log);
    });
  }

  test("the same key with another body is a conflict and adds nothing", async () => {
    const job = await project.running();
    await job.report("progress", { percent: 1 }, once);
    await job.unchangedBy(async () => refused(await job.post("progress", { percent: 2 }, once), 409));
  });

  test("the same key on another report is a conflict", async () => {
    const job = await project.running();
    await job.report("event", { n: 1 }, once);
    await job.unchangedBy(async () => refused(await job.post("checkpoint", { n: 1 }, once), 409));
  });

  test("of ten equal reports at once one is added", async () => {
    const job = await project.running();
    const answers = await Promise.all(Array.from({ length: 10 }, () => job.report("event", { n: 1 }, once)));
    assert.equal(new Set(answers.map((answer) => answer.id)).size, 1);
    assert.equal((await job.types()).filter((type) => type === "event.emitted").length, 1);
  });

  test("a refused report leaves its key free", async () => {
    const job = await project.create();
    refused(await job.post("event", { n: 1 }, once), 409);
    await job.report("ack");
    assert.equal((await job.report("event", { n: 1 }, once)).success, true);
  });
});
