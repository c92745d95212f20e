import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allowed, emptyTable, seen, strangersInSight, trimmed, withListed, withNotices, withStats } from "../src/model/table.ts";

const job = (id, status = "pending", more = {}) => ({
  id, name: `name ${id}`, filePath: null, status, priority: 2, progress: 0, message: null, attempt: 1, maxAttempts: 3, error: null,
  createdAt: "2026-01-01T00:00:00.000Z", startedAt: null, completedAt: null, scheduledFor: null, ...more,
});
const stats = (change = {}) => ({ total: 0, pending: 0, running: 0, completed: 0, error: 0, cancelled: 0, ...change });
const tell = (type, jobId, id = 1_000, data = {}) => ({ type, id: String(id), data: { jobId, filePath: null, ...data } });
const given = (jobs, counters) => withStats(withListed(emptyTable, jobs), stats(counters));
const shown = { status: null, search: "", floor: null, hidden: new Set() };

describe("the table of jobs", () => {
  test("a job's life moves it from counter to counter", () => {
    let table = withStats(emptyTable, stats());
    const steps = [
      [tell("job:created", "a", 1, { priority: 1 }), { total: 1, pending: 1 }],
      [tell("job:started", "a", 2), { total: 1, running: 1 }],
      [tell("job:progress", "a", 3, { progress: 40 }), { total: 1, running: 1 }],
      [tell("job:retry", "a", 4, { attempt: 2, error: "x", retryAt: "2026-01-01T00:00:09.000Z" }), { total: 1, pending: 1 }],
      [tell("job:started", "a", 5), { total: 1, running: 1 }],
      [tell("job:error", "a", 6, { error: "boom" }), { total: 1, error: 1 }],
      [tell("job:retry", "a", 7, { attempt: 3, error: null }), { total: 1, pending: 1 }],
      [tell("job:started", "a", 8), { total: 1, running: 1 }],
      [tell("job:completed", "a", 9), { total: 1, completed: 1 }],
    ];
    for (const [notice, counters] of steps) {
      table = withNotices(table, [notice]);
      assert.deepEqual(table.stats, stats(counters), notice.type);
    }
    const { status, progress, attempt, completedAt, priority } = table.jobs.get("a");
    assert.deepEqual({ status, progress, attempt, completedAt, priority }, { status: "completed", progress: 100, attempt: 3, completedAt: "1970-01-01T00:00:00.009Z", priority: 1 });
    assert.equal(table.unsure, false);
  });

  test("what is told twice counts once", () => {
    const table = withNotices(given([job("a")], { total: 1, pending: 1 }), [tell("job:created", "a"), tell("job:started", "a"), tell("job:started", "a")]);
    assert.deepEqual(table.stats, stats({ total: 1, running: 1 }));
  });

  test("of a job that no list has shown, the event tells where it stood; where it cannot, the counters are read again", () => {
    const before = given([], { total: 2, pending: 1, running: 1 });
    const finished = withNotices(before, [tell("job:completed", "a")]);
    assert.deepEqual([finished.stats, finished.unsure], [stats({ total: 2, pending: 1, completed: 1 }), false]);
    for (const event of ["job:cancelled", "job:deleted"]) {
      const table = withNotices(before, [tell(event, "a")]);
      assert.deepEqual([table.stats, table.unsure], [before.stats, true], event);
    }
  });

  test("a stranger is asked for, and hidden until it has its name", () => {
    const table = withNotices(emptyTable, [tell("job:created", "a")]);
    assert.deepEqual([[...table.strangers], seen(table, shown)], [["a"], []]);
    assert.deepEqual(seen(table, { ...shown, partial: true }).map(({ id }) => id), ["a"], "who may read no list sees what there is");
    const listed = withListed(table, [job("a")]);
    assert.deepEqual([[...listed.strangers], seen(listed, shown).map(({ name }) => name)], [[], ["name a"]]);
  });

  test("only a stranger that would be shown is asked for: not one that is further down than anybody has looked", () => {
    const table = withNotices(emptyTable, [tell("job:created", "5"), tell("job:progress", "2", 1_000, { progress: 9 })]);
    const asked = (...floors) => strangersInSight(table, new Map(floors));
    assert.deepEqual([asked(), asked(["", "3"]), asked(["", null]), asked(["", "3"], ["running", null])], [[], ["5"], ["5", "2"], ["5", "2"]]);
    assert.deepEqual(asked(["pending", null]), ["5"], "another tab shows other states");
  });

  test("a list that was asked for before an event does not take the event back", () => {
    const moved = withNotices(given([job("a", "running")]), [tell("job:completed", "a", 2_000)]);
    const stale = job("a", "running", { message: "from the list" });
    const { status, message } = withListed(moved, [stale], 1_500).jobs.get("a");
    assert.deepEqual([status, message], ["completed", "from the list"]);
    assert.equal(withListed(moved, [stale], 2_500).jobs.get("a").status, "running", "a newer list is the truth");
  });

  test("a batch leaves the table it came from as it was", () => {
    const before = given([job("a")], { total: 1, pending: 1 });
    withNotices(before, [tell("job:started", "a"), tell("job:deleted", "a")]);
    assert.deepEqual([before.jobs.get("a").status, before.stats], ["pending", stats({ total: 1, pending: 1 })]);
  });

  test("a deleted job leaves its counter", () => {
    const table = withNotices(given([job("a", "error")], { total: 1, error: 1 }), [tell("job:deleted", "a")]);
    assert.deepEqual([table.jobs.size, table.stats], [0, stats()]);
  });
});

test("a table that has grown long keeps the newest, and tells from where on to list again", () => {
  const table = withListed(emptyTable, Array.from({ length: 11 }, (_, i) => job(String(i + 10))));
  assert.equal(trimmed(table, 11), null);
  const { table: kept, floor } = trimmed(table, 10);
  assert.deepEqual([[...kept.jobs.keys()].sort(), floor], [["13", "14", "15", "16", "17", "18", "19", "20"], "13"]);
});

describe("what is shown", () => {
  const table = withListed(emptyTable, [job("1", "error", { filePath: "films/Ana.mp4" }), job("2"), job("3", "error"), job("4", "running", { name: null })]);
  const ids = (sight) => seen(table, { ...shown, ...sight }).map(({ id }) => id);

  test("newest first, by state", () => {
    assert.deepEqual(ids({}), ["4", "3", "2", "1"]);
    assert.deepEqual(ids({ status: "error" }), ["3", "1"]);
  });

  test("not below what has been listed, so that no hole shows; a search looks everywhere", () => {
    assert.deepEqual(ids({ floor: "3" }), ["4", "3"]);
    assert.deepEqual(ids({ floor: "3", search: " ANA " }), ["1"]);
    assert.deepEqual(ids({ search: "name 2" }), ["2"]);
  });

  test("not what was deleted a moment ago", () => assert.deepEqual(ids({ hidden: new Set(["3"]) }), ["4", "2", "1"]));
});

test("actions are those that the state and the scopes allow", () => {
  const every = ["jobs:manage", "jobs:kill"];
  const may = (status, scopes = every) => Object.entries(allowed(status, scopes)).filter(([, yes]) => yes).map(([name]) => name).join();
  assert.deepEqual(["pending", "running", "completed", "error", "cancelled"].map((status) => may(status)), ["cancel,remove", "kill", "remove", "retry,remove", "remove"]);
  assert.deepEqual([may("running", ["jobs:manage"]), may("error", ["jobs:kill"]), may("pending", [])], ["", "", ""]);
});
