import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applied, fromFrame, fromPage } from "../src/model/facts.ts";

const pairs = [
  ["job.started", {}, "job:started", { attempt: 2, startedAt: "x" }],
  ["progress.reported", { percent: 30, message: "m" }, "job:progress", { percent: 30, message: "m" }],
  ["stage.started", { stage: "a", type: "start" }, "stage:a", { stage: "a", type: "start" }],
  ["stage.completed", { stage: "a", type: "complete" }, "stage:a", { stage: "a", type: "complete" }],
  ["stage.skipped", { stage: "a", type: "skipped" }, "stage:a", { stage: "a", type: "skipped" }],
  ["stage.failed", { stage: "a", type: "error" }, "stage:a", { stage: "a", type: "error" }],
  ["stage.reported", { stage: "a", type: "score" }, "stage:a", { stage: "a", type: "score" }],
  ["checkpoint.saved", { frame: 3 }, "job:checkpoint", { attempt: 2, ts: "x", data: { frame: 3 } }],
  ["event.emitted", { kind: 3 }, "job:event", { attempt: 2, ts: "x", data: { kind: 3 } }],
  ["job.retry_scheduled", { error: "e", errorCode: "c", nextAttempt: 3, retryAt: 1_767_225_600_000 }, "job:retry", { attempt: 3, retryAt: "2026-01-01T00:00:00.000Z", error: "e", code: "c" }],
  ["job.retried", { nextAttempt: 3 }, "job:retry", { attempt: 3, retryAt: "x", manual: true }],
  ["job.failed", { error: "e", errorCode: null }, "job:failed", { error: "e" }],
  ["job.cancelled", { reason: null, by: "kill" }, "job:failed", { error: "Job killed", cancelled: true }],
  ["job.cancelled", { reason: "r", by: "cancel" }, "job:failed", { error: "Job cancelled", cancelled: true, reason: "r" }],
  ["job.completed", { result: 1 }, "job:completed", { result: 1 }],
];

describe("a log reads the same as a page and as a stream", () => {
  for (const [type, paged, name, framed] of pairs) {
    test(`${type} is ${name}`, () => {
      const page = fromPage({ id: 7, type, attempt: 2, data: paged });
      const frame = fromFrame(name, 7, framed, 2);
      if (type === "job.started") Object.assign(page, { data: framed }); // only the frame says when, which the id says too
      assert.deepEqual(frame, page);
    });
  }

  test("a snapshot and what nobody knows are no events", () => {
    assert.deepEqual([fromFrame("job:snapshot", 1, {}, 1), fromFrame("nonsense", 1, {}, 1)], [null, null]);
  });
});

describe("what an event makes of a job", () => {
  const job = { status: "running", attempt: 1, progress: 10, message: "old", subProgress: null, stages: { a: { status: "pending", detail: "kept" } }, error: null, result: null, completedAt: null };
  const after = (type, data = {}, attempt = 1) => applied(job, { id: 5_000, type, attempt, data });

  test("progress without a message keeps the last one", () => {
    const { progress, message } = after("progress.reported", { percent: 55 });
    assert.deepEqual([progress, message], [55, "old"]);
  });

  test("a stage takes its state and keeps what is not told", () => {
    assert.deepEqual(after("stage.failed", { stage: "a", error: "boom" }).stages, { a: { status: "error", detail: "kept", error: "boom" } });
    assert.deepEqual(after("stage.started", { stage: "new" }).stages.new, { status: "running" });
  });

  test("its end has a time, and its outcome", () => {
    const { status, completedAt, progress, result } = after("job.completed", { result: { ok: 1 } });
    assert.deepEqual([status, completedAt, progress, result], ["completed", "1970-01-01T00:00:05.000Z", 100, { ok: 1 }]);
    assert.deepEqual([after("job.failed", { error: "e" }).error, after("job.cancelled", { reason: "r" }).error], ["e", "r"]);
  });

  test("a retry is another attempt, later", () => {
    const { status, attempt, scheduledFor } = after("job.retry_scheduled", { error: "e", nextAttempt: 2, retryAt: 9_000 });
    assert.deepEqual([status, attempt, scheduledFor], ["scheduled", 2, "1970-01-01T00:00:09.000Z"]);
  });
});
