import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, ticks, timelineOf } from "../src/model/timeline.ts";

const fact = (id, type, data = {}, attempt = 1) => ({ id, type, attempt, data });
const told = ({ attempts }) => attempts.map(({ attempt, wait, run, stages }) => ({
  attempt, wait: wait && [wait.start, wait.end], run: run && [run.start, run.end, run.state], stages: stages.map(({ name, start, end, state }) => [name, start, end, state]),
}));

describe("the timeline", () => {
  test("of a job that went well", () => {
    const timeline = timelineOf([
      fact(1_000, "job.created"), fact(2_000, "job.delivered"), fact(2_500, "job.started"), fact(3_000, "stage.started", { stage: "fetch" }),
      fact(4_000, "stage.completed", { stage: "fetch", detail: "12 MB" }), fact(4_100, "stage.skipped", { stage: "probe", reason: "known" }), fact(5_000, "job.completed"),
    ]);
    assert.deepEqual(told(timeline), [{ attempt: 1, wait: [1_000, 2_500], run: [2_500, 5_000, "done"], stages: [["fetch", 3_000, 4_000, "done"], ["probe", 4_100, 4_100, "skipped"]] }]);
    assert.deepEqual([timeline.attempts[0].stages[0].detail, timeline.attempts[0].stages[1].detail], ["12 MB", "known"]);
    assert.equal(endOf(timeline, 99_000), 5_000, "nothing grows any more");
  });

  test("of attempts: each has its wait, its run and its stages, and why it failed", () => {
    const timeline = timelineOf([
      fact(0, "job.created"), fact(10, "job.started"), fact(20, "stage.started", { stage: "encode" }), fact(30, "job.retry_scheduled", { error: "lost", nextAttempt: 2, retryAt: 50 }),
      fact(50, "job.queued", { reason: "back_off" }, 2), fact(60, "job.started", {}, 2), fact(65, "stage.started", { stage: "encode" }, 2), fact(80, "job.failed", { error: "again" }, 2),
      fact(90, "job.retried", { nextAttempt: 3 }, 2),
    ]);
    assert.deepEqual(told(timeline), [
      { attempt: 1, wait: [0, 10], run: [10, 30, "error"], stages: [["encode", 20, 30, "stopped"]] },
      { attempt: 2, wait: [30, 60], run: [60, 80, "error"], stages: [["encode", 65, 80, "stopped"]] },
      { attempt: 3, wait: [90, null], run: null, stages: [] },
    ]);
    assert.deepEqual(timeline.attempts.slice(0, 2).map(({ run }) => run.detail), ["lost", "again"]);
    assert.equal(endOf(timeline, 500), 500, "the third still waits");
  });

  test("of a job that was killed while a stage ran, and of one cancelled while it waited", () => {
    const killed = timelineOf([fact(0, "job.created"), fact(1, "job.started"), fact(2, "stage.started", { stage: "a" }), fact(9, "job.cancelled", { by: "kill", reason: "wrong file" })]);
    assert.deepEqual(told(killed)[0], { attempt: 1, wait: [0, 1], run: [1, 9, "stopped"], stages: [["a", 2, 9, "stopped"]] });
    assert.equal(killed.attempts[0].run.detail, "wrong file");
    const cancelled = timelineOf([fact(0, "job.created"), fact(5, "job.cancelled", { by: "cancel", reason: null })]);
    assert.deepEqual([cancelled.attempts[0].wait.end, cancelled.attempts[0].wait.detail], [5, "cancelled"]);
  });

  test("a stage that is told only at its end is as long as it says, and not longer than its attempt", () => {
    const stage = (durationSec) => timelineOf([fact(10_000, "job.started"), fact(14_000, "stage.completed", { stage: "a", durationSec })]).attempts[0].stages[0];
    assert.deepEqual([stage(3).start, stage(60).start, stage(undefined).start], [11_000, 10_000, 14_000]);
  });

  test("a stage that runs twice in an attempt is drawn twice", () => {
    const timeline = timelineOf(["started", "completed", "started"].map((word, i) => fact(i + 1, `stage.${word}`, { stage: "a" })));
    assert.deepEqual(told(timeline)[0].stages, [["a", 1, 2, "done"], ["a", 3, null, "running"]]);
  });

  test("a log whose beginning has gone begins where it begins; an empty one is none", () => {
    assert.equal(timelineOf([]), null);
    assert.deepEqual(told(timelineOf([fact(70, "stage.started", { stage: "a" }, 3), fact(80, "job.completed", {}, 3)])), [
      { attempt: 3, wait: null, run: null, stages: [["a", 70, 80, "done"]] },
    ]);
  });
});

test("the axis has round steps, few enough", () => {
  assert.deepEqual(ticks(9_000, 5), [0, 2_000, 4_000, 6_000, 8_000]);
  for (const length of [1, 40, 999, 61_000, 3_599_999, 86_400_000 * 40]) assert.ok(ticks(length, 5).length <= 6, `${length}`);
});
