// GET /v1/{projectKey}/events/{assetId}: one job as an asset, fact by fact. Seed 003 to the letter.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { listen } from "./listener.mjs";
import { newProject } from "./project.mjs";
import { isPinged } from "./quiet.mjs";
import { accepted, refused, request } from "./request.mjs";
import { STATES } from "./states.mjs";
import { names, open } from "./stream.mjs";
import { assetUrl } from "./urls.mjs";
import { ASSET_EVENTS, assetNames } from "./views.mjs";
import { runWhole, wholeJob } from "./whole.mjs";

const ERROR = { error: "out of memory", code: "oom" };
const TOLD = { error_code: "oom", error_msg: "out of memory" };

/** The event's fields, after those that every event has were looked at. */
function fields(frame, job) {
  const { asset_id, ts, attempt, request_id, ...rest } = frame.json();
  assert.equal(asset_id, job.id);
  assert.equal(ts, new Date(Number(frame.id)).toISOString());
  assert.ok(Number.isInteger(attempt) && attempt >= 1, frame.data);
  assert.match(request_id, /^\S+$/);
  return rest;
}

/** A call's answer and the event of this name that came of it, which tells the call's own X-Request-Id. */
async function caused(stream, name, call) {
  const [answer, frame] = await Promise.all([call, stream.event()]);
  assert.ok(answer.status < 300, answer.text);
  assert.equal(frame.event, name, frame.data);
  assert.equal(frame.json().request_id, answer.headers.get("x-request-id"));
  return frame;
}

/** A running job and its stream, read up to now. */
async function watch(t, project, create = {}) {
  const job = await project.running(create);
  const stream = await open(t, assetUrl(job));
  await stream.event("queued");
  return { job, stream };
}

describe("an asset's stream", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("answers 200 with the headers of an event stream, to any page's script", async (t) => {
    const { status, headers } = await open(t, assetUrl(await project.create()), { headers: { origin: "https://films.example" } });
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^text\/event-stream\b/);
    assert.equal(headers.get("cache-control"), "no-cache");
    assert.equal(headers.get("x-accel-buffering"), "no");
    assert.notEqual(headers.get("connection"), "close");
    assert.equal(headers.get("access-control-allow-origin"), "*");
  });

  test("begins with `queued`, which tells the request that created the job", async (t) => {
    const answer = await project.ask("POST", "/api/v1/jobs", { json: {} });
    const job = { project, id: accepted(answer, 201).id };
    const queued = await (await open(t, assetUrl(job))).event();
    assert.equal(queued.event, "queued");
    assert.deepEqual(fields(queued, job), {});
    assert.deepEqual([queued.json().attempt, queued.json().request_id], [1, answer.headers.get("x-request-id")]);
  });

  const REPORTS = [
    ["vision", { type: "start" }, "vision_started", {}],
    ["vision", { type: "complete", durationSec: 1.5 }, "vision_completed", { latency_ms: 1500 }],
    ["vision", { type: "error", ...ERROR }, "vision_failed", TOLD],
    ["vision", { type: "error", error: "blurred" }, "vision_failed", { error_code: "vision_failed", error_msg: "blurred" }],
    ["encode", { type: "start" }, "stage_started", {}],
    ["encode", { type: "complete", detail: "12 MB", durationSec: 4.2 }, "stage_completed", { latency_ms: 4200 }],
    ["encode", { type: "error", ...ERROR }, "stage_failed", TOLD],
    ["encode", { type: "error", error: "disk full" }, "stage_failed", { error_code: "stage_failed", error_msg: "disk full" }],
    ["r2_write", { type: "start" }, "stage_started", {}],
    ["r2_write", { type: "complete", durationSec: 0.25 }, "r2_write_completed", { latency_ms: 250 }],
    ["r2_write", { type: "error", ...ERROR }, "stage_failed", TOLD],
    ["webhook", { type: "dispatched" }, "webhook_dispatched", {}],
    ["webhook", { type: "delivered" }, "webhook_delivered", {}],
    ["webhook", { type: "failed", ...ERROR }, "webhook_failed", TOLD],
    ["webhook", { type: "failed", error: "410" }, "webhook_failed", { error_code: "webhook_failed", error_msg: "410" }],
    ["webhook", { type: "dead_letter" }, "webhook_dead_letter", {}],
    ["webhook", { type: "start" }, "stage_started", {}],
    ["webhook", { type: "complete", durationSec: 2 }, "stage_completed", { latency_ms: 2000 }],
    ["webhook", { type: "error", ...ERROR }, "stage_failed", TOLD],
  ];
  for (const [stage, report, name, expected] of REPORTS) {
    test(`tells ${JSON.stringify({ stage, ...report })} as ${name}`, async (t) => {
      const { job, stream } = await watch(t, project);
      const frame = await caused(stream, name, job.post(`stages/${stage}`, report));
      const told = fields(frame, job);
      // How long a failed stage took may be told too.
      if (name.endsWith("_failed")) delete told.latency_ms;
      assert.deepEqual(told, { stage, ...expected });
    });
  }

  test("says what failed also where the producer said nothing", async (t) => {
    const { job, stream } = await watch(t, project);
    const frame = await caused(stream, "webhook_failed", job.post("stages/webhook", { type: "failed" }));
    const { error_code, error_msg } = fields(frame, job);
    assert.deepEqual([error_code, typeof error_msg, error_msg.length > 0], ["webhook_failed", "string", true]);
  });

  test("measures a stage that does not say how long it took from its start, or else from the attempt's", async (t) => {
    const job = await project.running();
    for (const percent of [1, 2, 3, 4, 5]) await job.report("progress", { percent });
    await job.report("stages/r2_write", { type: "complete" });
    await job.report("stages/encode", { type: "start" });
    for (const percent of [6, 7, 8, 9, 10]) await job.report("progress", { percent });
    await job.report("stages/encode", { type: "complete" });
    await job.report("complete");
    const told = await (await open(t, assetUrl(job))).until((event) => event.event === "ready");
    const began = Object.fromEntries((await job.log()).map((event) => [event.type, event.id]));
    const since = { r2_write_completed: began["job.started"], stage_completed: began["stage.started"], ready: began["job.started"] };
    for (const [name, start] of Object.entries(since)) {
      const frame = told.find((event) => event.event === name);
      const [latency, passed] = [frame.json().latency_ms, Number(frame.id) - start];
      assert.ok(Number.isInteger(latency) && Math.abs(latency - passed) <= 2, `${name}: ${latency} ms, by the ids ${passed} ms`);
    }
  });

  test("ends with ready, failed or cancelled", async (t) => {
    const done = await watch(t, project);
    const ready = await caused(done.stream, "ready", done.job.post("complete", { result: { secret: 1 } }));
    assert.deepEqual(Object.keys(fields(ready, done.job)), ["latency_ms"]);
    const broken = await watch(t, project);
    const failed = await caused(broken.stream, "failed", broken.job.post("fail", { ...ERROR, retry: false }));
    const { latency_ms, ...told } = fields(failed, broken.job);
    assert.deepEqual(told, TOLD);
    for (const part of ["cancel", "kill"]) {
      const job = await project.create();
      const stream = await open(t, assetUrl(job));
      await stream.event("queued");
      assert.deepEqual(fields(await caused(stream, "cancelled", job.post(part)), job), {});
    }
  });

  test("gives a failure without a code the code job_failed", async (t) => {
    const { job, stream } = await watch(t, project);
    const failed = await caused(stream, "failed", job.post("fail", { error: "disk full", retry: false }));
    const { error_code, error_msg } = fields(failed, job);
    assert.deepEqual({ error_code, error_msg }, { error_code: "job_failed", error_msg: "disk full" });
  });

  test("tells of a retry that the service schedules and of one that a person asks for", async (t) => {
    const { job, stream } = await watch(t, project, { name: "again", maxAttempts: 2 });
    fields(await caused(stream, "retry_scheduled", job.post("fail", ERROR)), job);
    await project.polled({ names: ["again"], waitSeconds: 20 });
    await job.report("ack");
    const start = await caused(stream, "stage_started", job.post("stages/encode", { type: "start" }));
    assert.equal(start.json().attempt, 2);
    await caused(stream, "failed", job.post("fail", ERROR));
    fields(await caused(stream, "retry_scheduled", job.post("retry")), job);
    await job.report("ack");
    assert.equal((await caused(stream, "ready", job.post("complete"))).json().attempt, 3);
  });

  test("tells the attempt and the id that the log has", async (t) => {
    const job = await project.running({ maxAttempts: 1 });
    await job.report("stages/vision", { type: "start" });
    await job.report("fail", ERROR);
    await job.report("retry");
    await job.report("cancel");
    const told = await (await open(t, assetUrl(job))).until((event) => event.event === "cancelled");
    const log = (await job.log()).filter((event) => assetNames([event]).length > 0);
    assert.deepEqual(told.map((event) => [event.id, event.json().attempt]), log.map((event) => [String(event.id), event.attempt]));
  });

  test("tells a time-out, which no request caused, with a request_id all the same", async (t) => {
    const { job, stream } = await watch(t, project, { timeoutSeconds: 1, maxAttempts: 1 });
    const failed = await stream.event();
    assert.deepEqual([failed.event, fields(failed, job).error_code], ["failed", "timeout"]);
    assert.ok(failed.json().error_msg.length > 0);
  });

  test("is the closed enum and nothing else, whatever is reported", async (t) => {
    const job = await wholeJob(project);
    await runWhole(job);
    const told = await (await open(t, assetUrl(job))).until((event) => event.event === "ready");
    assert.deepEqual(names(told), assetNames(await job.log()));
    assert.deepEqual(new Set([...names(told), "cancelled"]), new Set(ASSET_EVENTS));
    assert.ok(!JSON.stringify(told).includes("secret"));
  });

  test("tells live what it replays", async (t) => {
    const job = await wholeJob(project);
    const live = await open(t, assetUrl(job));
    await runWhole(job);
    const told = await live.until((event) => event.event === "ready");
    const replayed = await (await open(t, assetUrl(job))).until((event) => event.event === "ready");
    assert.deepEqual(replayed, told);
  });

  test("stays open after the end, and goes on when a person retries", async (t) => {
    const { job, stream } = await watch(t, project);
    await job.report("fail", { ...ERROR, retry: false });
    await stream.event("failed");
    await job.report("retry");
    await job.report("ack");
    await job.report("complete");
    assert.deepEqual(names(await stream.until((event) => event.event === "ready")), ["retry_scheduled", "ready"]);
  });

  test("stays open when who comes without a cursor finds the job ended", async (t) => {
    const job = await STATES.failed(project);
    const stream = await open(t, assetUrl(job));
    assert.deepEqual(names(await stream.until((event) => event.event === "failed")), ["queued", "failed"]);
    await job.report("retry");
    await stream.event("retry_scheduled");
  });

  test("of a deleted job is closed", async (t) => {
    const job = await project.create();
    const stream = await open(t, assetUrl(job));
    await stream.event("queued");
    await job.ask("DELETE");
    assert.equal(await stream.ended, "clean");
    refused(await request(assetUrl(job)), 404);
  });
});

test("an asset's stream, also a finished one's, is kept alive by a comment every 15 seconds, which an EventSource ignores", async (t) => {
  const project = await newProject();
  const live = await project.create();
  const listener = listen(t, assetUrl(live), ["queued", "message"]);
  const kept = async (job, last) => {
    const stream = await open(t, assetUrl(job));
    await stream.event(last);
    await isPinged(stream);
  };
  await Promise.all([kept(live, "queued"), kept(await STATES.completed(project), "ready"), listener.event("queued")]);
  assert.deepEqual([listener.seen.length, listener.errors], [1, []]);
});
