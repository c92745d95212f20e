// What events make of a job is what the service's own snapshot says of it, after every event.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt, call, createJob, foldJob, killJob, retryJob, watchJob } from "jobcast-client";
import { newName, service } from "./place.mjs";

const STAGES = ["fetch", "encode", "upload", "publish"];

/** Reads the whole log, and the snapshot after it; both must say the same. */
async function same(id) {
  let folded;
  for await (const event of watchJob(id, { ...service })) {
    folded = foldJob(folded, event);
    if (event.type === "job:snapshot") break;
  }
  return folded;
}

/** A stream from the creation on, folded; it is compared with a new reader's snapshot wherever `check` is called. */
async function follower(job) {
  let folded;
  const watch = watchJob(job.id, { ...service, onEvent: (event) => (folded = foldJob(folded, event)) });
  const arrived = async (wanted) => {
    for (const end = Date.now() + 10_000; folded === undefined || !wanted(folded); await new Promise((soon) => setTimeout(soon, 5))) {
      if (Date.now() > end) throw new Error(`Never came: ${wanted}`);
    }
  };
  await arrived(() => true);
  const check = async (wanted) => {
    await arrived(wanted);
    const { logs: _, ...view } = folded;
    const { logs: __, ...fresh } = await same(job.id);
    assert.deepEqual(view, fresh);
  };
  return { watch, check, view: () => folded };
}

const stage = (name, status) => (view) => view.stages[name]?.status === status;
const status = (word) => (view) => view.status === word;

test("an attempt that completes, with stages of every end", async () => {
  const job = await createJob({ name: newName(), stages: STAGES, meta: { colour: "red" }, topic: "A film" }, service);
  const { check, view, watch } = await follower(job);
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  await check(status("running"));
  await attempt.tell("fetch", { type: "start", detail: "from afar" });
  await check(stage("fetch", "running"));
  await attempt.tell("fetch", { type: "complete" });
  await check(stage("fetch", "done"));
  await attempt.tell("encode", { type: "skipped", reason: "There already" });
  await check(stage("encode", "skipped"));
  await attempt.tell("upload", { type: "error", error: "No route" });
  await check(stage("upload", "error"));
  await attempt.tell("publish", { type: "halfway" });
  await check(stage("publish", "running"));
  await attempt.tell("surprise", { type: "start" });
  await check(stage("surprise", "running"));
  attempt.progress(40, "Forty", { encode: { percent: 3 } });
  await attempt.flush();
  attempt.progress(41);
  await check((now) => now.progress === 41);
  attempt.log("one line");
  await attempt.flush();
  await attempt.complete({ ok: true });
  await check(status("completed"));
  assert.deepEqual(view().logs.map(({ message }) => message), ["one line"]);
  assert.deepEqual(await watch.done, { reason: "finished" });
  attempt.end();
});

test("an attempt that fails and is tried again, by the clock and by a person, and a kill", async () => {
  const job = await createJob({ name: newName(), stages: STAGES, maxAttempts: 2 }, service);
  const first = await follower(job);
  const attempt = await Attempt.begin(job, service);
  await attempt.tell("fetch", { type: "complete", detail: "kept" });
  await attempt.tell("encode", { type: "start" });
  await attempt.fail(Object.assign(new Error("It broke."), { code: "broke" }));
  attempt.end();
  await first.check((view) => view.attempt === 2);
  const second = await again(job.id);
  await second.tell("encode", { type: "start" });
  await second.fail(new Error("It broke again."));
  second.end();
  await first.check(status("failed"));
  await first.watch.done;
  const later = await follower(job);
  await retryJob(job.id, service);
  const third = await again(job.id);
  await killJob(job.id, { ...service, reason: "enough" });
  third.end();
  assert.equal((await same(job.id)).status, "cancelled");
  later.watch.close();
});

/** The next attempt, as soon as the back-off is over. */
async function again(id) {
  for (;;) {
    const job = await call({ method: "GET", path: `/jobs/${id}` }, service);
    if (job.status === "pending") return Attempt.begin(job, service);
    await new Promise((soon) => setTimeout(soon, 50));
  }
}

test("what did not change is the same object, and the view itself is never changed", () => {
  const snapshot = Object.freeze({ status: "running", stages: Object.freeze({ a: { status: "done" } }), progress: 0, message: null, subProgress: null });
  const before = Object.freeze(foldJob(undefined, { type: "job:snapshot", id: "1", data: snapshot }));
  const after = foldJob(before, { type: "job:progress", id: "2", data: { percent: 5 } });
  assert.equal(after.stages, before.stages);
  assert.deepEqual([before.progress, after.progress], [0, 5]);
});

test("a reset forgets, and events before a snapshot say nothing", () => {
  const view = foldJob(undefined, { type: "job:snapshot", id: "1", data: { status: "running", stages: {} } });
  assert.equal(foldJob(view, { type: "reset", id: "1", data: { reason: "cursor_too_old", oldest: 5 } }), undefined);
  assert.equal(foldJob(undefined, { type: "job:progress", id: "2", data: { percent: 5 } }), undefined);
});
