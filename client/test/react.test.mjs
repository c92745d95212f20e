// The hooks in React itself, drawn into a document without a browser, on scripted answers.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { Window } from "happy-dom";
import { useJob, useJobs, useProjectEvents } from "jobcast-client/react";
import { act, createElement, StrictMode } from "react";
import { ManualClock, settle } from "./fake/clock.mjs";
import { FakeStream, frame, json, refusal, ScriptedService } from "./fake/service.mjs";

// React looks for its page when it is loaded; the library has been, without one.
const window = new Window();
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
const { createRoot } = await import("react-dom/client");
after(() => window.happyDOM.close());
const open = [];
afterEach(() => act(async () => open.splice(0).forEach((root) => root.unmount())));

/** A component that uses `hook` and keeps what it got. */
async function rendering(hook, props, { strict = false } = {}) {
  const seen = { renders: 0 };
  const Component = (given) => {
    seen.now = hook(given);
    seen.renders++;
    return null;
  };
  const element = (given) => createElement(strict ? StrictMode : "div", null, createElement(Component, given));
  const root = createRoot(document.createElement("main"));
  seen.again = (given) => act(async () => {
    root.render(element(given));
    await settle();
  });
  await seen.again(props);
  open.push(root);
  seen.leave = () => act(async () => {
    root.unmount();
    await settle();
  });
  return seen;
}

function scripted(...answers) {
  const [service, clock] = [new ScriptedService().will(...answers), new ManualClock()];
  return { service, clock, options: { url: "https://jobcast.example", fetch: service.fetch, clock } };
}

const told = (clock, stream, ...texts) => act(async () => {
  await stream.send(...texts);
  await clock.pass(20);
});
const snapshot = frame("job:snapshot", 10, { id: "job_1", status: "running", stages: {}, progress: 5 });

test("useJob shows the job as it is now, and where the connection stands", async () => {
  const stream = new FakeStream();
  const { clock, options } = scripted(stream);
  const seen = await rendering(() => useJob("job_1", { ...options }), {});
  assert.equal(seen.now.job, undefined);
  await told(clock, stream, snapshot, frame("job:progress", 11, { percent: 60, message: "Encoding" }));
  assert.deepEqual([seen.now.job.progress, seen.now.job.message, seen.now.connection, seen.now.cursor], [60, "Encoding", "live", "11"]);
  await told(clock, stream, frame("job:completed", 12, { result: 1 }));
  await act(async () => {
    await stream.end();
    await clock.pass(20);
  });
  assert.deepEqual([seen.now.job.status, seen.now.connection, seen.now.ending], ["completed", "ended", { reason: "finished" }]);
});

test("options made anew at each render open no second stream; another job does, and closes the first", async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const { service, clock, options } = scripted(first, second);
  const seen = await rendering(({ job }) => useJob(job, { ...options, onState: () => {} }), { job: "job_1" });
  await told(clock, first, snapshot);
  await seen.again({ job: "job_1" });
  assert.equal(service.requests.length, 1);
  await seen.again({ job: "job_2" });
  assert.deepEqual(service.requests.map(({ url }) => url.pathname.split("/")[4]), ["job_1", "job_2"]);
  assert.equal(first.left, true);
  assert.equal(seen.now.job, undefined);
  await seen.leave();
  assert.equal(second.left, true);
  assert.deepEqual(clock.due, []);
});

test("a thousand events are drawn together", async () => {
  const stream = new FakeStream();
  const { clock, options } = scripted(stream);
  const seen = await rendering(() => useJob("job_1", options), {});
  const before = seen.renders;
  await told(clock, stream, snapshot, ...Array.from({ length: 1_000 }, (_, i) => frame("job:progress", 11 + i, { percent: i / 10 })));
  assert.equal(seen.now.job.progress, 99.9);
  assert.ok(seen.renders - before <= 3, `${seen.renders - before} renders`);
});

test("without a job nothing is opened", async () => {
  const { service, options } = scripted();
  const seen = await rendering(() => useJob(undefined, options), {});
  assert.equal(service.requests.length, 0);
  assert.equal(seen.now.job, undefined);
});

test("in strict mode, where effects run twice, one stream stays", async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const { clock, options } = scripted(first, second);
  const seen = await rendering(() => useJob("job_1", options), {}, { strict: true });
  await told(clock, second.left || !first.left ? first : second, snapshot);
  assert.equal(seen.now.job.progress, 5);
  await seen.leave();
  assert.deepEqual(clock.due, []);
});

test("useJobs reads the list once the stream has told its place, and keeps it up", async () => {
  const stream = new FakeStream();
  let answer;
  const { service, clock, options } = scripted(stream, () => new Promise((resolve) => (answer = resolve)));
  const seen = await rendering(() => useJobs({ ...options, key: "jc_k", limit: 3 }), {});
  assert.equal(service.requests.length, 1);
  await told(clock, stream, frame("connected", 1_000, { clientId: "c" }));
  assert.equal(service.requests[1].url.href, "https://jobcast.example/queue/jobs?limit=3");
  // What happens while the list is on its way is not lost, and what the list knows already is not undone.
  await told(clock, stream, frame("job:completed", 3_000, { jobId: "a" }), frame("job:progress", 1_500, { jobId: "b", progress: 10 }));
  await act(async () => {
    answer(json(200, { jobs: [row("a", { updatedAt: at(2_000) }), row("b", { progress: 20, updatedAt: at(2_000) })] }));
    await settle();
    await clock.pass(20);
  });
  assert.deepEqual(seen.now.jobs.map(({ id, status, progress }) => [id, status, progress]), [["a", "completed", 100], ["b", "running", 20]]);
  await told(clock, stream, frame("job:created", 4_000, { jobId: "c", status: "pending" }), frame("job:deleted", 5_000, { jobId: "b" }));
  assert.deepEqual(seen.now.jobs.map(({ id }) => id), ["c", "a"]);
});

const at = (ms) => new Date(ms).toISOString();
const row = (id, fields) => ({ id, status: "running", progress: 0, ...fields });

test("useJobs reads the list anew after a reset, and tells when it may not", async () => {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const { clock, options } = scripted(first, json(200, { jobs: [row("a")] }), second, refusal(403, "missing_scope"));
  const seen = await rendering(() => useJobs(options), {});
  await told(clock, first, frame("connected", 10, {}));
  assert.deepEqual(seen.now.jobs.map(({ id }) => id), ["a"]);
  await act(async () => {
    await first.break();
    await clock.pass(1_000);
  });
  await told(clock, second, frame("reset", undefined, { reason: "cursor_too_old", oldest: 90 }), frame("connected", 100, {}));
  assert.deepEqual([seen.now.error.status, seen.now.jobs.length, seen.now.connection], [403, 1, "catching-up"]);
});

test("useProjectEvents calls the newest handler with every event", async () => {
  const stream = new FakeStream();
  const { clock, options } = scripted(stream);
  const calls = [];
  const seen = await rendering(({ tag }) => useProjectEvents((event) => calls.push(`${tag} ${event.type}`), options), { tag: "old" });
  await told(clock, stream, frame("connected", 10, {}));
  await seen.again({ tag: "new" });
  await told(clock, stream, frame("job:created", 11, { jobId: "a" }));
  assert.deepEqual(calls, ["old connected", "new job:created"]);
  assert.equal(seen.now.connection, "live");
  await seen.leave();
  assert.equal(stream.left, true);
});
