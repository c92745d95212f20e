import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, ticks, timelineOf } from "../src/model/timeline.ts";

const event = (id, type, data = {}) => ({ id: String(id), type, data });
const stage = (id, name, type, more) => event(id, `stage:${name}`, { stage: name, type, ...more });
const iso = (ms) => new Date(ms).toISOString();
const timelineFrom = (created, ...events) => timelineOf(events, { createdAt: iso(created), attempt: 1, gap: false });
const told = ({ attempts }) => attempts.map(({ attempt, wait, run, stages }) => ({
  attempt, wait: wait && [wait.start, wait.end], run: run && [run.start, run.end, run.state], stages: stages.map(({ name, start, end, state }) => [name, start, end, state]),
}));

describe("the timeline", () => {
  test("of a job that went well", () => {
    const timeline = timelineFrom(1_000,
      event(2_500, "job:started", { attempt: 1 }), stage(3_000, "fetch", "start"), stage(4_000, "fetch", "complete", { detail: "12 MB" }),
      stage(4_100, "probe", "skipped", { reason: "known" }), event(4_200, "job:progress", { percent: 9 }), event(5_000, "job:completed"));
    assert.deepEqual(told(timeline), [{ attempt: 1, wait: [1_000, 2_500], run: [2_500, 5_000, "done"], stages: [["fetch", 3_000, 4_000, "done"], ["probe", 4_100, 4_100, "skipped"]] }]);
    assert.deepEqual([timeline.attempts[0].stages[0].detail, timeline.attempts[0].stages[1].detail], ["12 MB", "known"]);
    assert.equal(endOf(timeline, 99_000), 5_000, "nothing grows any more");
  });

  test("of attempts: each has its wait, its run and its stages, and why it failed", () => {
    const timeline = timelineFrom(0,
      event(10, "job:started", { attempt: 1 }), stage(20, "encode", "start"), event(30, "job:retry", { attempt: 2, error: "lost", retryAt: iso(50) }),
      event(60, "job:started", { attempt: 2 }), stage(65, "encode", "start"), event(80, "job:failed", { error: "again" }),
      event(90, "job:retry", { attempt: 3, retryAt: iso(90), manual: true }));
    assert.deepEqual(told(timeline), [
      { attempt: 1, wait: [0, 10], run: [10, 30, "error"], stages: [["encode", 20, 30, "stopped"]] },
      { attempt: 2, wait: [30, 60], run: [60, 80, "error"], stages: [["encode", 65, 80, "stopped"]] },
      { attempt: 3, wait: [90, null], run: null, stages: [] },
    ]);
    assert.deepEqual(timeline.attempts.slice(0, 2).map(({ run }) => run.detail), ["lost", "again"]);
    assert.equal(endOf(timeline, 500), 500, "the third still waits");
  });

  test("of a job that was killed while a stage ran, and of one cancelled while it waited", () => {
    const killed = timelineFrom(0, event(1, "job:started", { attempt: 1 }), stage(2, "a", "start"), event(9, "job:failed", { error: "Job killed", cancelled: true, reason: "wrong file" }));
    assert.deepEqual(told(killed)[0], { attempt: 1, wait: [0, 1], run: [1, 9, "stopped"], stages: [["a", 2, 9, "stopped"]] });
    assert.equal(killed.attempts[0].run.detail, "wrong file");
    const cancelled = timelineFrom(0, event(5, "job:failed", { error: "Job cancelled", cancelled: true }));
    assert.deepEqual([cancelled.attempts[0].wait.end, cancelled.attempts[0].wait.detail], [5, "cancelled"]);
  });

  test("a stage that is told only at its end is as long as it says, and not longer than its attempt", () => {
    const first = (durationSec) => timelineFrom(0, event(10_000, "job:started", { attempt: 1 }), stage(14_000, "a", "complete", { durationSec })).attempts[0].stages[0];
    assert.deepEqual([first(3).start, first(60).start, first(undefined).start], [11_000, 10_000, 14_000]);
  });

  test("a stage that runs twice in an attempt is drawn twice", () => {
    const timeline = timelineFrom(0, ...["start", "complete", "start"].map((word, i) => stage(i + 1, "a", word)));
    assert.deepEqual(told(timeline)[0].stages, [["a", 1, 2, "done"], ["a", 3, null, "running"]]);
  });

  test("a job to which nothing has happened waits since it was created", () => {
    assert.deepEqual(told(timelineFrom(7)), [{ attempt: 1, wait: [7, null], run: null, stages: [] }]);
  });

  test("a log whose beginning has gone begins where it begins; one of which nothing is left is none", () => {
    const rest = (attempt, ...events) => timelineOf(events, { createdAt: iso(0), attempt, gap: true });
    assert.equal(rest(1), null);
    assert.deepEqual(told(rest(3, stage(70, "a", "start"), event(80, "job:completed"))), [{ attempt: 3, wait: null, run: null, stages: [["a", 70, 80, "done"]] }]);
    const before = rest(4, stage(70, "a", "start"), event(80, "job:retry", { attempt: 3, retryAt: iso(90), error: "x" }), event(90, "job:started", { attempt: 3 }));
    assert.deepEqual(before.attempts.map(({ attempt }) => attempt), [2, 3]);
  });
});

test("the axis has round steps, few enough", () => {
  assert.deepEqual(ticks(9_000, 5), [0, 2_000, 4_000, 6_000, 8_000]);
  for (const length of [1, 40, 999, 61_000, 3_599_999, 86_400_000 * 40]) assert.ok(ticks(length, 5).length <= 6, `${length}`);
});
