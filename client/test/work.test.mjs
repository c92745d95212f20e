// The loop of a producer, on the real service.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { checkpointsOf, createJob, getJob, isOver, JobError, killJob, watchJob, work } from "jobcast-client";
import { swallowing } from "../../tests/worker/swallow.mjs";
import { newName, service } from "./place.mjs";
import { BrokenNetwork } from "./proxy.mjs";

/** A worker that stops with its test. */
function working(t, name, handler, options) {
  const worker = work(handler, { ...service, names: [name], waitSeconds: 5, ...options });
  t.after(() => worker.stop({ abort: true }));
  return worker;
}

const outcome = async (job) => {
  await watchJob(job.id, { ...service, onEvent() {} }).done;
  return getJob(job.id, service);
};

test("jobs are taken, done, and told with their results", async (t) => {
  const name = newName();
  const jobs = await Promise.all([1, 2, 3].map((n) => createJob({ name, payload: { n } }, service)));
  const worker = working(t, name, ({ payload }) => ({ twice: payload.n * 2 }));
  const done = await Promise.all(jobs.map(outcome));
  assert.deepEqual(done.map(({ status, result }) => [status, result.twice]), [["completed", 2], ["completed", 4], ["completed", 6]]);
  await worker.stop();
});

test("a job is done at once although the answer that brought it was lost", async (t) => {
  const name = newName();
  const job = await createJob({ name }, service);
  let losses = 0;
  const network = await swallowing(t, service.url, ({ path, body }) => path.endsWith("/poll") && body.jobs.length > 0 && losses++ < 2);
  working(t, name, () => "done", { url: network.url, onError: assert.fail });
  assert.equal((await outcome(job)).result, "done");
  assert.equal(losses, 3);
});

test("as many at a time as asked for, and no more", async (t) => {
  const name = newName();
  let [now, most, begun] = [0, 0, 0];
  const three = Promise.withResolvers();
  const jobs = await Promise.all(Array.from({ length: 6 }, () => createJob({ name }, service)));
  working(t, name, async () => {
    most = Math.max(most, ++now);
    if (++begun === 3) three.resolve();
    // The first three wait for each other, so that there are three at least.
    await three.promise;
    await new Promise((soon) => setTimeout(soon, 100));
    now--;
  }, { concurrency: 3 });
  await Promise.all(jobs.map(outcome));
  assert.equal(most, 3);
});

test("an error fails the job with its words; without `retry: false` it is tried again, from its checkpoint", async (t) => {
  const name = newName();
  const job = await createJob({ name, maxAttempts: 5 }, service);
  working(t, name, async (attempt) => {
    const before = await attempt.checkpoints();
    await attempt.checkpoint({ reached: before.length });
    if (before.length === 0) throw new Error("The first try fails.");
    throw new JobError("There is no such film.", { code: "no_film", retry: false });
  });
  const { status, error, errorCode, attempt } = await outcome(job);
  assert.deepEqual([status, error, errorCode, attempt], ["failed", "There is no such film.", "no_film", 2]);
  assert.deepEqual((await checkpointsOf(job.id, service)).map(({ data }) => data.reached), [0, 1]);
});

test("a kill aborts the handler, and the next job is taken", async (t) => {
  const name = newName();
  const [first, reasons] = [await createJob({ name }, service), []];
  const handler = async (attempt) => {
    if (attempt.job.id !== first.id) return "done";
    await killJob(first.id, service);
    await once(attempt.signal, "abort");
    reasons.push(attempt.signal.reason);
    throw attempt.signal.reason;
  };
  working(t, name, handler, { keepaliveMs: 100, onError: assert.fail });
  const second = await createJob({ name }, service);
  assert.equal((await outcome(second)).status, "completed");
  assert.equal((await outcome(first)).status, "cancelled");
  assert.deepEqual(reasons.map((reason) => [isOver(reason), reason.code]), [[true, "job_cancelled"]]);
});

test("stopping waits for the job in hand", async (t) => {
  const name = newName();
  const job = await createJob({ name }, service);
  let begun;
  const started = new Promise((resolve) => (begun = resolve));
  const worker = working(t, name, async () => {
    begun();
    await new Promise((soon) => setTimeout(soon, 200));
    return "in peace";
  });
  await started;
  await worker.stop();
  assert.equal((await getJob(job.id, service)).result, "in peace");
});

test("stopping at once gives the job back for another attempt", async (t) => {
  const name = newName();
  const job = await createJob({ name }, service);
  const stop = new AbortController();
  const worker = working(t, name, async ({ signal }) => {
    stop.abort();
    signal.throwIfAborted();
  }, { signal: stop.signal });
  await worker.done;
  const { status, attempt, errorCode } = await getJob(job.id, service);
  assert.deepEqual([status, attempt, errorCode], ["scheduled", 2, "producer_stopped"]);
});

test("a wrong key ends the loop with the service's words", async () => {
  const worker = work(() => {}, { ...service, key: "jc_wrong" });
  await assert.rejects(worker.done, { status: 401 });
});

const REPORTS = 40;

test("over a network that breaks again and again, every report arrives once and in order", async (t) => {
  const [name, network] = [newName(), await BrokenNetwork.to(t, service.url)];
  const job = await createJob({ name }, service);
  const worker = working(t, name, async (attempt) => {
    for (let index = 0; index < REPORTS; index++) {
      attempt.log(`line ${index}`);
      const told = attempt.event({ index });
      // Now and then while reports are on their way there or back.
      if (index % 5 === 2) setTimeout(() => network.cut(), index);
      await told;
    }
  }, { url: network.url, onError() {} });
  const [events, lines] = [[], []];
  for await (const { type, data } of watchJob(job.id, { ...service, cursor: 0 })) {
    if (type === "job:event") events.push(data.data.index);
    if (type === "job:log") lines.push(...data.lines.map(({ message }) => message));
  }
  // The network goes with the test.
  await worker.stop();
  assert.ok(network.cuts > 3, `${network.cuts} cuts`);
  assert.deepEqual(events, Array.from({ length: REPORTS }, (_, index) => index));
  assert.deepEqual(lines, Array.from({ length: REPORTS }, (_, index) => `line ${index}`));
});
