// GET /queue/events: a whole project's jobs on one stream. Seed 000 to the letter.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { connect, news, newsUntil } from "./queue.mjs";
import { refused, request } from "./request.mjs";
import { EVENTS } from "./seed-queue.mjs";
import { names, open } from "./stream.mjs";
import { queueUrl } from "./urls.mjs";

const CLIP = { filePath: "videos/clip.mp4", priority: 1 };
const ERROR = "FFmpeg process exited with code 1";

/** The frame has exactly these fields, in this order. */
const carries = (frame, fields) => assert.deepEqual(Object.entries(frame.json()), Object.entries(fields));

describe("the queue stream", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("answers 200 with the four headers", async (t) => {
    const { status, headers } = await open(t, queueUrl(project), { key: project.apiKey });
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^text\/event-stream\b/);
    assert.equal(headers.get("cache-control"), "no-cache");
    assert.equal(headers.get("x-accel-buffering"), "no");
    // The runtime speaks for the connection itself; what it must not say is that it ends.
    assert.notEqual(headers.get("connection"), "close");
  });

  test("begins with `connected`, which gives each connection a name of its own and the place where it begins", async (t) => {
    const first = await Promise.all([1, 2, 3].map(async () => (await open(t, queueUrl(project), { key: project.apiKey })).event()));
    assert.deepEqual(names(first), ["connected", "connected", "connected"]);
    const clients = first.map((frame) => frame.json().clientId);
    assert.equal(new Set(clients).size, 3);
    for (const frame of first) {
      assert.deepEqual(Object.keys(frame.json()), Object.keys(EVENTS.connected));
      assert.match(frame.json().clientId, /^client_\w+$/);
      assert.match(frame.id, /^\d+$/);
    }
  });

  test("sends a `retry:` that differs from reader to reader", async (t) => {
    const streams = await Promise.all(Array.from({ length: 8 }, () => open(t, queueUrl(project), { key: project.apiKey })));
    const pauses = await Promise.all(streams.map(async (stream) => {
      await stream.event("connected");
      return Number(stream.frames.find((frame) => frame.retry).retry);
    }));
    assert.ok(pauses.every((pause) => pause >= 500 && pause <= 60_000), pauses.join());
    assert.ok(new Set(pauses).size > 1, `all the same: ${pauses}`);
  });

  test("tells a job that completes in the seed's words", async (t) => {
    const own = await newProject();
    const stream = await connect(t, own);
    const job = await own.create(CLIP);
    const told = async (name) => carries(await news(stream), { ...EVENTS[name], jobId: job.id });
    await told("job:created");
    await job.report("ack");
    await told("job:started");
    await job.report("progress", { percent: 47 });
    await told("job:progress");
    await job.report("complete");
    await told("job:completed");
  });

  test("tells a job that fails in the seed's words", async (t) => {
    const own = await newProject();
    const job = await own.running(CLIP);
    const stream = await connect(t, own);
    await job.report("fail", { error: ERROR, retry: false });
    carries(await stream.event("job:error"), { ...EVENTS["job:error"], jobId: job.id });
  });

  test("tells a job that is cancelled, and one that is killed", async (t) => {
    const own = await newProject();
    const [waiting, running] = [await own.create(CLIP), await own.running(CLIP)];
    const stream = await connect(t, own);
    await waiting.report("cancel");
    carries(await stream.event("job:cancelled"), { jobId: waiting.id, filePath: CLIP.filePath, status: "cancelled" });
    await running.report("kill");
    carries(await stream.event("job:cancelled"), { jobId: running.id, filePath: CLIP.filePath, status: "cancelled" });
  });

  test("tells that a job is deleted", async (t) => {
    const own = await newProject();
    const job = await own.create(CLIP);
    const stream = await connect(t, own);
    await job.ask("DELETE");
    carries(await stream.event("job:deleted"), { jobId: job.id, filePath: CLIP.filePath });
  });

  test("tells of a failed attempt that another follows", async (t) => {
    const own = await newProject();
    const job = await own.running(CLIP);
    const stream = await connect(t, own);
    const { scheduledFor } = await job.report("fail", { error: ERROR });
    const { jobId, filePath, status, attempt, retryAt } = (await stream.event("job:retry")).json();
    assert.deepEqual([jobId, filePath, status, attempt, retryAt], [job.id, CLIP.filePath, "pending", 2, scheduledFor]);
  });

  test("tells of a retry by a person", async (t) => {
    const own = await newProject();
    const job = await own.running(CLIP);
    await job.report("fail", { error: ERROR, retry: false });
    const stream = await connect(t, own);
    await job.report("retry");
    const { jobId, filePath, status, attempt, retryAt } = (await stream.event("job:retry")).json();
    assert.deepEqual([jobId, filePath, status, attempt], [job.id, CLIP.filePath, "pending", 2]);
    assert.ok(Math.abs(Date.parse(retryAt) - Date.now()) < 60_000, retryAt);
  });

  test("says pending of a job that is scheduled, and null where there is no path", async (t) => {
    const own = await newProject();
    const stream = await connect(t, own);
    const job = await own.create({ scheduledFor: new Date(Date.now() + 3_600_000).toISOString() });
    carries(await news(stream), { jobId: job.id, filePath: null, status: "pending", priority: 2 });
  });

  test("tells of every job of its project, and of no other's", async (t) => {
    const [own, other] = await Promise.all([newProject(), newProject({ publicRead: true })]);
    const stream = await connect(t, own);
    await other.create();
    const jobs = [await own.create(), await own.running(), await own.create()];
    await other.create();
    await jobs[2].report("cancel");
    const events = await newsUntil(stream, (event) => event.event === "job:cancelled");
    const made = events.filter((event) => event.event === "job:created").map((event) => event.json().jobId);
    assert.deepEqual(made.toSorted(), jobs.map((job) => job.id).toSorted());
    assert.ok(events.every((event) => jobs.some((job) => job.id === event.json().jobId)));
  });

  test("carries lifecycle and progress, and nothing else that is reported", async (t) => {
    const own = await newProject();
    const stream = await connect(t, own);
    const job = await own.running({ payload: { secret: 1 }, stages: ["encode"] });
    await job.report("stages/encode", { type: "start" });
    await job.report("checkpoint", { secret: 2 });
    await job.report("event", { secret: 3 });
    await job.report("logs", ["secret"]);
    await job.report("keepalive");
    await job.report("progress", { percent: 50, message: "half" });
    await job.report("stages/encode", { type: "complete" });
    await job.report("complete", { result: { secret: 4 } });
    const events = await newsUntil(stream, (event) => event.event === "job:completed");
    assert.deepEqual(names(events), ["job:created", "job:started", "job:progress", "job:completed"]);
    assert.ok(!JSON.stringify(stream.frames).includes("secret"));
  });

  test("may leave out steps of a quick progress, but not the last, and none goes back", async (t) => {
    const own = await newProject();
    const job = await own.running();
    const stream = await connect(t, own);
    for (let percent = 1; percent <= 60; percent += 1) await job.report("progress", { percent });
    await job.report("complete");
    const told = await newsUntil(stream, (event) => event.event === "job:completed");
    const progress = told.slice(0, -1).map((event) => event.json().progress);
    assert.equal(progress.at(-1), 60, progress.join());
    assert.ok(progress.every((percent, at) => at === 0 || percent > progress[at - 1]), progress.join());
  });

  test("gives every event an id, a time in milliseconds that grows strictly over all jobs", async (t) => {
    const own = await newProject();
    const stream = await connect(t, own);
    const jobs = await Promise.all(Array.from({ length: 10 }, () => own.running()));
    await Promise.all(jobs.map((job) => job.report("complete")));
    let ended = 0;
    const events = await newsUntil(stream, (event) => event.event === "job:completed" && (ended += 1) === jobs.length);
    const ids = [stream.connected, ...events].map((event) => Number(event.id));
    assert.ok(ids.every((id, at) => at === 0 || id > ids[at - 1]), ids.join());
    assert.ok(Math.abs(ids.at(-1) - Date.now()) < 60_000);
  });

  test("stays open after a job's end, for the next", async (t) => {
    const own = await newProject();
    const stream = await connect(t, own);
    await (await own.running()).report("complete");
    await stream.event("job:completed");
    const next = await own.create();
    assert.equal((await stream.event("job:created")).json().jobId, next.id);
  });

  test("is told to a project key, to a key with jobs:read:progress, and to both alike", async (t) => {
    const own = await newProject();
    const [key, url] = [await own.key(["jobs:read:progress"]), queueUrl(own)];
    const streams = await Promise.all([open(t, url, { key }), open(t, `${url}?key=${own.projectKey}`)]);
    await Promise.all(streams.map((stream) => stream.event("connected")));
    await own.create(CLIP);
    const [one, two] = await Promise.all(streams.map(news));
    assert.deepEqual([one.event, one.id, one.data], ["job:created", two.id, two.data]);
  });

  test("refuses an unknown project key, a bad key, and a stream token, which is for one job", async () => {
    const job = await project.create();
    const { token } = (await job.post("tokens", {})).body;
    for (const query of ["?key=pk_AAAAAAAAAAAAAAAAAAAAAA", `?token=${token}`, "?token=jct_wrong"]) {
      const answer = await request(place.url + "/queue/events" + query);
      refused(answer, 401);
      assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
    }
    refused(await project.ask("GET", "/queue/events", { key: "jc_wrong" }), 401);
  });

  test("refuses a key that has no reading scope, and names one", async () => {
    const key = await project.key(["jobs:create"]);
    assert.match(refused(await project.ask("GET", "/queue/events", { key }), 403).error, /jobs:read/);
  });
});

test("the queue stream is kept alive by a comment every 15 seconds and a heartbeat every 30, neither with an id", async (t) => {
  const stream = await connect(t, await newProject());
  const since = Date.now();
  const heartbeat = await stream.event();
  const passed = Date.now() - since;
  assert.equal(heartbeat.event, "heartbeat");
  assert.ok(passed > 27_000 && passed < 36_000, `after ${passed} ms`);
  assert.deepEqual([Object.keys(heartbeat.json()), heartbeat.id], [Object.keys(EVENTS.heartbeat), undefined]);
  const { timestamp } = heartbeat.json();
  assert.equal(new Date(timestamp).toISOString(), timestamp);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
  const pings = stream.frames.filter((frame) => frame.comments.includes("ping"));
  assert.ok(pings.length === 1 || pings.length === 2, `${pings.length} comments in 30 s`);
  assert.ok(pings.every((frame) => frame.id === undefined && !frame.dispatches));
});
