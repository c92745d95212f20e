// The library on the real service, over a network that breaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt, createJob, createToken, getJob, killJob, nativeStream, watchJob, watchProject } from "jobcast-client";
import { EventSource } from "eventsource";
import { newName, projectId, projectKey, service } from "./place.mjs";
import { BrokenNetwork } from "./proxy.mjs";

const running = async (fields = {}) => Attempt.begin(await createJob({ name: newName(), ...fields }, service), { ...service, beatMs: 5 });
const endNow = async (t, attempt) => t.after(() => attempt.end());

test("a job is watched from its creation to its end", async (t) => {
  const job = await createJob({ name: newName(), stages: ["fetch"], meta: { colour: "red" } }, service);
  const watch = watchJob(job.id, service);
  const told = [];
  let attempt;
  for await (const event of watch) {
    told.push(event.type);
    if (event.type === "job:snapshot") {
      assert.equal(event.data.colour, "red");
      attempt = await Attempt.begin(job, service);
      endNow(t, attempt);
      await attempt.stage("fetch", () => "12 MB");
      attempt.log("hello");
      attempt.progress(40, "Encoding");
      await attempt.checkpoint({ frame: 9 });
      await attempt.event({ found: true });
      await attempt.complete({ ok: true });
    }
  }
  assert.deepEqual(told.toSorted(), [
    "job:checkpoint", "job:completed", "job:event", "job:log", "job:progress", "job:snapshot", "job:started", "stage:fetch", "stage:fetch",
  ]);
  assert.equal(told.at(-1), "job:completed");
  assert.equal(watch.state, "ended");
  const done = await getJob(job.id, service);
  assert.deepEqual([done.status, done.result, done.stages.fetch.detail], ["completed", { ok: true }, "12 MB"]);
});

const EVENTS = 400;
const CUTS = 12;
/** Waits before the next try are a tenth; the watchdog's are not. */
const hasty = { now: Date.now, random: Math.random, after: (ms, task) => cancelled(setTimeout(task, ms < 40_000 ? ms / 10 : ms)) };
const cancelled = (timer) => () => clearTimeout(timer);

for (const [title, transport] of [["fetch", undefined], ["EventSource", nativeStream(EventSource)]]) {
  test(`through ${CUTS} forced disconnects every event comes once and in order (${title})`, async (t) => {
    const [network, attempt] = [await BrokenNetwork.to(t, service.url), await running()];
    endNow(t, attempt);
    const { token } = await createToken(attempt.job.id, { ...service, scopes: ["jobs:read"] });
    const seen = [];
    const watch = watchJob(attempt.job.id, { url: network.url, token, transport, cursor: 0, clock: hasty });
    const reading = (async () => {
      for await (const event of watch) if (event.type === "job:event") seen.push(event.data.data.index);
    })();
    for (let index = 0; index < EVENTS; index++) {
      await attempt.event({ index });
      if (index % Math.floor(EVENTS / CUTS) === 3) await cutWhenConnected(network, watch);
    }
    await attempt.complete();
    await reading;
    assert.ok(network.cuts >= CUTS, `${network.cuts} cuts`);
    assert.deepEqual(seen, Array.from({ length: EVENTS }, (_, index) => index));
  });
}

/** A cut that hits nobody would show nothing. */
async function cutWhenConnected(network, watch) {
  const isConnected = () => ["live", "catching-up"].includes(watch.state);
  for (const end = Date.now() + 20_000; !isConnected() || !network.cut(); ) {
    if (Date.now() > end) throw new Error(`The stream did not come back: ${watch.state}`);
    await new Promise((soon) => setTimeout(soon, 5));
  }
}

test("a dead connection that says nothing is noticed by its silence, and nothing is lost", async (t) => {
  const [network, attempt] = [await BrokenNetwork.to(t, service.url), await running()];
  endNow(t, attempt);
  const states = [];
  const seen = [];
  const watch = watchJob(attempt.job.id, {
    ...service, url: network.url, cursor: 0, silenceMs: 1_500,
    onState: (state) => states.push(state), onEvent: ({ type }) => seen.push(type),
  });
  await attempt.event({ index: 0 });
  while (!seen.includes("job:event")) await new Promise((soon) => setTimeout(soon, 5));
  network.stall();
  await attempt.event({ index: 1 });
  await attempt.complete();
  assert.deepEqual(await watch.done, { reason: "finished" });
  assert.equal(seen.filter((type) => type === "job:event").length, 2);
  assert.ok(states.includes("offline"));
});

test("a token that runs out is renewed without losing the place", async (t) => {
  const attempt = await running();
  endNow(t, attempt);
  let minted = 0;
  const token = () => {
    minted++;
    return createToken(attempt.job.id, { ...service, ttlSeconds: minted === 1 ? 2 : 60, scopes: ["jobs:read"] });
  };
  const [watch, seen] = [watchJob(attempt.job.id, { url: service.url, token, cursor: 0 }), []];
  const reading = (async () => {
    for await (const event of watch) if (event.type === "job:event") seen.push(event.data.data.index);
  })();
  for (let index = 0; minted < 2; index++) {
    await attempt.event({ index });
    await new Promise((soon) => setTimeout(soon, 100));
  }
  await attempt.event({ index: "last" });
  await attempt.complete();
  await reading;
  assert.deepEqual(seen.slice(0, -1), seen.slice(0, -1).map((_, index) => index));
  assert.equal(seen.at(-1), "last");
});

test("a cursor that the log does not know is told as a reset", async () => {
  const job = await createJob({ name: newName() }, service);
  const told = [];
  for await (const { type } of watchJob(job.id, { ...service, cursor: 99_999_999_999_999 })) {
    told.push(type);
    if (type === "job:snapshot") break;
  }
  assert.deepEqual(told, ["reset", "job:snapshot"]);
});

test("a job that nobody knows is refused, with its code", async () => {
  const ending = await watchJob("job_00000000000000000000000000", { ...service, onEvent() {} }).done;
  assert.deepEqual([ending.reason, ending.error.status, ending.error.code], ["refused", 404, "job_not_found"]);
});

test("who comes after the end with the last cursor is told that nothing is left", async () => {
  const attempt = await running();
  await attempt.complete().finally(() => attempt.end());
  const told = [];
  const watch = watchJob(attempt.job.id, service);
  for await (const event of watch) told.push(event);
  assert.deepEqual(told.map(({ type }) => type), ["job:snapshot", "job:completed"]);
  const again = watchJob(attempt.job.id, { ...service, cursor: watch.cursor, onEvent: assert.fail });
  assert.deepEqual(await again.done, { reason: "finished" });
});

test("a project is watched in the queue's words and in the asset view's", async () => {
  const queue = watchProject({ url: service.url, projectKey });
  const activity = watchProject({ ...service, view: "activity", project: projectId });
  const job = await firstOf(queue, "connected").then(() => createJob({ name: newName() }, service));
  await killJob(job.id, { ...service, reason: "enough" });
  const seen = { queue: [], activity: [] };
  for await (const { type, data } of queue) {
    if (data.jobId === job.id) seen.queue.push(type);
    if (data.jobId === job.id && type === "job:cancelled") break;
  }
  for await (const { type, data } of activity) {
    if (data.asset_id === job.id) seen.activity.push(type);
    if (data.asset_id === job.id && type === "cancelled") break;
  }
  assert.deepEqual(seen, { queue: ["job:created", "job:cancelled"], activity: ["queued", "cancelled"] });
});

async function firstOf(watch, wanted) {
  const events = watch[Symbol.asyncIterator]();
  for (;;) {
    const { value } = await events.next();
    if (value.type === wanted) return value;
  }
}
