// GET /v1/{projectKey}/events/{assetId} and /api/assets/{id}/events: one job as an asset. Seed 003 to the letter.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { knock } from "./knock.mjs";
import { requestKnownAs } from "./known-as.mjs";
import { listen } from "./listener.mjs";
import { place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { beginning, isPinged } from "./quiet.mjs";
import { accepted, refused, request } from "./request.mjs";
import { signIn } from "./session.mjs";
import { STATES } from "./states.mjs";
import { names, open } from "./stream.mjs";
import { assetUrl, ownAssetUrl } from "./urls.mjs";
import { ASSET_EVENTS, assetNames } from "./views.mjs";

const NOBODY = "job_00000000000000000000000000";
const UNKNOWN_KEY = "pk_AAAAAAAAAAAAAAAAAAAAAA";
const KEY_STOPS_WITHIN_S = 60;
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
      assert.deepEqual(fields(frame, job), { stage, ...expected });
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

/** A job for `runWhole`, under a name that no other test polls for. */
const wholeJob = (project) =>
  project.create({ name: crypto.randomUUID(), stages: ["vision", "encode"], payload: { secret: 1 }, meta: { secret: 1 } });

/** One of everything that a producer can report, through three attempts to the end: all of the enum but `cancelled`. */
async function runWhole(job) {
  const stage = async (name, ...types) => {
    for (const type of types) await job.report(`stages/${name}`, { type, error: "x", secret: 2 });
  };
  await job.report("ack");
  await job.report("progress", { percent: 10, message: "secret" });
  await stage("vision", "start", "results", "complete", "error");
  await stage("encode", "start", "score", "asset", "complete", "error", "ready", "failed", "dead_letter");
  await stage("critic", "skipped");
  await job.report("checkpoint", { secret: 3 });
  await job.report("event", { type: "ready", secret: 4 });
  await job.report("logs", ["secret"]);
  await job.report("keepalive");
  await stage("r2_write", "start", "complete", "error", "delivered");
  await stage("webhook", "dispatched", "failed", "delivered", "dead_letter", "queued", "skipped");
  await job.report("fail", { error: "disk full" });
  await job.project.polled({ names: [job.created.name], waitSeconds: 20 });
  await job.report("ack");
  await job.report("fail", { error: "disk full", retry: false });
  await job.report("retry");
  await job.report("ack");
  await job.report("complete", { result: { secret: 5 } });
}

describe("an asset's stream with a cursor", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  /** A running job with started stages in its log, and the ids of those events. */
  const staged = async (stages) => {
    const job = await project.running();
    const ids = [];
    for (const stage of stages) ids.push(String((await job.report(`stages/${stage}`, { type: "start" })).id));
    return { job, ids };
  };
  const stages = (events) => events.map((event) => event.json().stage);

  test("brings the events newer than it in order, then live ones", async (t) => {
    const { job, ids } = await staged(["a", "b", "c", "d"]);
    const stream = await open(t, assetUrl(job), { cursor: ids[1] });
    assert.deepEqual(stages([await stream.event(), await stream.event()]), ["c", "d"]);
    await job.report("stages/e", { type: "start" });
    assert.deepEqual(stages([await stream.event()]), ["e"]);
  });

  test("may bring it as ?lastEventId=, and goes by the header where both are there", async (t) => {
    const { job, ids } = await staged(["a", "b", "c", "d"]);
    const url = `${assetUrl(job)}?lastEventId=${ids[0]}`;
    assert.deepEqual(stages([await (await open(t, url)).event()]), ["b"]);
    assert.deepEqual(stages([await (await open(t, url, { cursor: ids[2] })).event()]), ["d"]);
  });

  test("at the tail of a live asset begins with a block that has the id alone", async (t) => {
    const { job, ids } = await staged(["a", "b"]);
    const stream = await open(t, assetUrl(job), { cursor: ids[1] });
    const { id, event, data } = await beginning(stream);
    assert.deepEqual([id, event, data], [ids[1], undefined, undefined]);
    await job.report("stages/c", { type: "start" });
    assert.deepEqual(stages([await stream.event()]), ["c"]);
  });

  test("at an event that this view does not show goes on after it", async (t) => {
    const { job } = await staged(["a"]);
    const { id } = await job.report("progress", { percent: 1 });
    await job.report("stages/b", { type: "start" });
    assert.deepEqual(stages([await (await open(t, assetUrl(job), { cursor: String(id) })).event()]), ["b"]);
  });

  for (const [state, end] of [["completed", "ready"], ["failed", "failed"], ["cancelled", "cancelled"]]) {
    test(`at the end of a ${state} asset gets 204, and just before it the end`, async (t) => {
      const job = await STATES[state](project);
      const last = (await (await open(t, assetUrl(job))).until((event) => event.event === end)).at(-1);
      const gone = await open(t, assetUrl(job), { cursor: last.id });
      assert.deepEqual([gone.status, await gone.ended, gone.frames.length], [204, "clean", 0]);
      const before = await open(t, assetUrl(job), { cursor: String(Number(last.id) - 1) });
      assert.deepEqual(names([await before.event()]), [end]);
    });
  }

  test("at the end of an attempt that a person retried goes on with the retry", async (t) => {
    const job = await STATES.failed(project);
    const failed = await (await open(t, assetUrl(job))).event("failed");
    await job.report("retry");
    assert.deepEqual(names([await (await open(t, assetUrl(job), { cursor: failed.id })).event()]), ["retry_scheduled"]);
  });

  for (const bad of ["abc", "-1", "1.5", "1e3", "9".repeat(30)]) {
    test(`that is malformed is refused by name: ${bad}`, async () => {
      const job = await project.create();
      refused(await request(`${assetUrl(job)}?lastEventId=${bad}`), 400, { code: "invalid_cursor", field: "lastEventId" });
      refused(await request(assetUrl(job), { headers: { "last-event-id": bad } }), 400, { field: "Last-Event-ID" });
    });
  }

  test("newer than the log is told by reset, then goes on live", async (t) => {
    const { job, ids } = await staged(["a"]);
    const stream = await open(t, assetUrl(job), { cursor: String(Number(ids[0]) + 1_000_000) });
    const reset = await stream.event();
    assert.deepEqual([reset.event, reset.json().reason], ["reset", "cursor_ahead"]);
    await job.report("stages/b", { type: "start" });
    await stream.until((event) => event.event === "stage_started" && event.json().stage === "b");
  });

  test("is kept by an EventSource, which 204 stops when it comes back after the end", async (t) => {
    const job = await project.running();
    const listener = listen(t, assetUrl(job), ["queued", "ready"]);
    await job.report("complete");
    const { id } = await listener.event("ready");
    const again = listen(t, `${assetUrl(job)}?lastEventId=${id}`, ["queued", "ready"]);
    await again.closed();
    assert.deepEqual([again.seen, again.errors], [[], [204]]);
  });
});

test("an asset's stream, also a finished one's, is kept alive by a comment every 15 seconds that dispatches nothing", async (t) => {
  const project = await newProject();
  const jobs = [await project.create(), await STATES.completed(project)];
  await Promise.all(jobs.map(async (job) => {
    const stream = await open(t, assetUrl(job));
    await stream.until((event) => event.event === (job === jobs[0] ? "queued" : "ready"));
    await isPinged(stream);
  }));
});

describe("the public door of an asset", { concurrency: true }, () => {
  let project;
  let other;
  let job;
  before(async () => {
    [project, other] = await Promise.all([newProject(), newProject({ publicRead: true })]);
    job = await project.create();
  });

  test("is the key in the path, whatever other credential comes along", async (t) => {
    for (const headers of [{ authorization: "Bearer jc_wrong" }, { "x-api-key": other.apiKey }, { cookie: "better-auth.session_token=x" }]) {
      assert.equal((await (await open(t, assetUrl(job), { headers })).event()).event, "queued");
    }
    assert.equal((await (await open(t, `${assetUrl(job)}?key=${UNKNOWN_KEY}&token=jct_wrong`)).event()).event, "queued");
  });

  test("does not tell an unknown key from a rotated one, another project's asset, or an unknown asset", async () => {
    const rotated = await newProject();
    const asset = await rotated.create();
    accepted(await admin("POST", `/api/projects/${rotated.id}/rotate-project-key`));
    const paths = [
      [UNKNOWN_KEY, job.id], ["pk_", job.id], ["x", job.id], [project.apiKey, job.id], [other.projectKey, job.id],
      [project.projectKey, asset.id], [project.projectKey, NOBODY], [project.projectKey, "job_abc123"], [project.projectKey, "1"],
      [UNKNOWN_KEY, NOBODY],
    ];
    const answers = await Promise.all(paths.map(([key, id]) => request(`${place.url}/v1/${key}/events/${id}`)));
    const stopped = ({ status }) => status !== 200;
    answers.push(await eventually("the old key stops", () => knock(assetUrl(asset)), stopped, KEY_STOPS_WITHIN_S));
    const bodies = answers.map((answer) => ({ ...refused(answer, 404, { code: "job_not_found" }), requestId: undefined }));
    for (const body of bodies) assert.deepEqual(body, bodies[0]);
    const headers = answers.map((answer) => [...answer.headers.keys()].filter((name) => name !== "date").toSorted());
    for (const each of headers) assert.deepEqual(each, headers[0]);
  });

  test("shows nothing to an id with a path trick", async () => {
    const { projectKey } = project;
    const tricks = [
      "../x", `../../${projectKey}/events/x`, "%2e%2e%2f", `%2e%2e%2f${job.id}`, `..%2f${job.id}`, `${job.id}%2f`, `${job.id}/`,
      `${job.id}%2f..`, `x%2f${job.id}`, `%2f${job.id}`, `./x/${job.id}`, `${job.id}%00`, `${job.id}%0a`, "%ff", "%zz", "",
      `${job.id}%3fkey=1`, `${job.id}.`, job.id.toLowerCase(), `${job.id.replace("job_", "job%5f")}x`,
    ];
    const { host } = new URL(place.url);
    const headers = { "x-api-key": project.apiKey };
    for (const trick of tricks) {
      refused(await requestKnownAs(host, place, `/v1/${projectKey}/events/${trick}`), 404);
      refused(await requestKnownAs(host, place, `/api/assets/${trick}/events`, { headers }), 404);
    }
  });

  test("answers a refusal to any page's script too", async () => {
    const answer = await request(`${place.url}/v1/${UNKNOWN_KEY}/events/${job.id}`, { headers: { origin: "https://films.example" } });
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  });
});

describe("the credentialed door of an asset", { concurrency: true }, () => {
  let project;
  let other;
  let job;
  before(async () => {
    [project, other] = await Promise.all([newProject({ publicRead: true }), newProject()]);
    job = await project.create();
  });
  const begins = async (t, options, query = "") => names([await (await open(t, ownAssetUrl(job) + query, options)).event()]);

  test("is open to a session, to a key, and to a stream token of this job", async (t) => {
    assert.deepEqual(await begins(t, { headers: (await signIn(project)).headers }), ["queued"]);
    assert.deepEqual(await begins(t, { key: project.apiKey }), ["queued"]);
    assert.deepEqual(await begins(t, { key: await project.key(["jobs:read:progress"]) }), ["queued"]);
    const { token } = accepted(await job.post("tokens", {}), 201);
    assert.deepEqual(await begins(t, {}, `?token=${token}`), ["queued"]);
  });

  test("shows what the public one shows", async (t) => {
    const asset = await wholeJob(project);
    const streams = await Promise.all([open(t, assetUrl(asset)), open(t, ownAssetUrl(asset), { key: project.apiKey })]);
    await runWhole(asset);
    const [one, two] = await Promise.all(streams.map((stream) => stream.until((event) => event.event === "ready")));
    assert.deepEqual(two, one);
  });

  test("is closed to anybody and to a project key, although the project is public", async () => {
    for (const query of ["", `?key=${project.projectKey}`, "?token=jct_wrong"]) {
      const answer = await request(ownAssetUrl(job) + query);
      refused(answer, 401);
      assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
    }
  });

  test("knows no asset of another project, and none that is not there", async () => {
    refused(await request(ownAssetUrl(job), { key: other.apiKey }), 404, { code: "job_not_found" });
    refused(await request(ownAssetUrl(job), { headers: (await signIn(other)).headers }), 404, { code: "job_not_found" });
    refused(await project.ask("GET", `/api/assets/${NOBODY}/events`), 404, { code: "job_not_found" });
    const { token } = accepted(await (await project.create()).post("tokens", {}), 201);
    const status = (await request(`${ownAssetUrl(job)}?token=${token}`)).status;
    assert.ok([401, 404].includes(status), `another job's token got ${status}`);
  });

  test("names the scope that a key lacks", async () => {
    const key = await project.key(["jobs:create"]);
    assert.match(refused(await request(ownAssetUrl(job), { key }), 403).error, /jobs:read/);
  });
});
