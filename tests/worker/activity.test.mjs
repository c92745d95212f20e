// GET /api/projects/{id}/activity: what happens to all assets of a project, in the asset view.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { beginning, isPinged } from "./quiet.mjs";
import { accepted, refused, request } from "./request.mjs";
import { signIn } from "./session.mjs";
import { names, open } from "./stream.mjs";
import { activityUrl, assetUrl, queueUrl } from "./urls.mjs";

const NEWEST = 100;

const watch = (t, project, options = {}) => open(t, activityUrl(project), { key: project.apiKey, ...options });

async function next(stream, count) {
  const events = [];
  while (events.length < count) events.push(await stream.event());
  return events;
}

const assets = (events) => events.map((event) => event.json().asset_id);

describe("a project's activity", { concurrency: true }, () => {
  test("answers 200 with the headers of an event stream", async (t) => {
    const { status, headers } = await watch(t, await newProject());
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^text\/event-stream\b/);
    assert.equal(headers.get("cache-control"), "no-cache");
    assert.equal(headers.get("x-accel-buffering"), "no");
  });

  test("of an empty project begins with an id alone, from which a reader that drops loses nothing", async (t) => {
    const project = await newProject();
    const stream = await watch(t, project);
    const { id, event, data } = await beginning(stream);
    assert.match(id, /^\d+$/);
    assert.deepEqual([event, data], [undefined, undefined]);
    await stream.close();
    const job = await project.create();
    assert.deepEqual(assets(await next(await watch(t, project, { cursor: id }), 1)), [job.id]);
  });

  test("has the events of all assets in the shape that each asset's own stream has", async (t) => {
    const project = await newProject();
    const stream = await watch(t, project);
    await beginning(stream);
    const jobs = await Promise.all([0, 1, 2].map(() => project.create()));
    await jobs[0].report("cancel");
    for (const job of jobs.slice(1)) {
      await job.report("ack");
      await job.report("stages/vision", { type: "start" });
      await job.report("stages/vision", { type: "complete", durationSec: 1.5 });
      await job.report("progress", { percent: 50 });
    }
    await jobs[1].report("fail", { error: "out of memory", code: "oom", retry: false });
    await jobs[2].report("complete");
    const told = await next(stream, 10);
    for (const [job, end] of [[jobs[0], "cancelled"], [jobs[1], "failed"], [jobs[2], "ready"]]) {
      const own = await (await open(t, assetUrl(job))).until((event) => event.event === end);
      const shape = (events) => events.map((event) => [event.event, event.json()]);
      assert.deepEqual(shape(told.filter((event) => event.json().asset_id === job.id)), shape(own));
    }
  });

  test("has ids of its own, times in milliseconds that grow strictly over all assets", async (t) => {
    const project = await newProject();
    const stream = await watch(t, project);
    await beginning(stream);
    await Promise.all(Array.from({ length: 20 }, async () => (await project.create()).report("cancel")));
    const ids = (await next(stream, 40)).map((event) => Number(event.id));
    assert.ok(ids.every((id, at) => at === 0 || id > ids[at - 1]), ids.join());
    assert.ok(Math.abs(ids.at(-1) - Date.now()) < 60_000);
  });

  test(`without a cursor begins with the newest ${NEWEST} events of its view, then is live`, async (t) => {
    const project = await newProject();
    const [whole, queue] = await Promise.all([watch(t, project), open(t, queueUrl(project), { key: project.apiKey })]);
    await Promise.all([beginning(whole), queue.event("connected")]);
    for (const count of [90, 30]) accepted(await project.ask("POST", "/api/v1/jobs", { json: Array(count).fill({}) }), 201);
    const told = await next(whole, 120);
    // What this view does not show must not take the place of what it shows.
    const jobs = await project.polled({ count: 30 });
    await Promise.all(jobs.map(async ({ id }) => accepted(await project.ask("POST", `/api/v1/jobs/${id}/ack`))));
    for (const _ of jobs) await queue.event("job:started");

    const late = await watch(t, project);
    const begun = await next(late, NEWEST);
    assert.deepEqual(begun.map(({ id, data }) => [id, data]), told.slice(-NEWEST).map(({ id, data }) => [id, data]));
    accepted(await project.ask("POST", `/api/v1/jobs/${jobs[0].id}/kill`, { json: {} }));
    assert.deepEqual(names(await next(late, 1)), ["cancelled"]);
  });

  test("with a cursor brings every newer event once, in order, then is live", async (t) => {
    const project = await newProject();
    const live = await watch(t, project);
    for (const _ of [1, 2, 3, 4, 5]) await project.create();
    const told = await next(live, 5);
    for (const options of [{ cursor: told[1].id }, { query: `?lastEventId=${told[1].id}` }]) {
      const stream = await open(t, activityUrl(project) + (options.query ?? ""), { key: project.apiKey, cursor: options.cursor });
      assert.deepEqual((await next(stream, 3)).map(({ id, data }) => [id, data]), told.slice(2).map(({ id, data }) => [id, data]));
    }
    const tail = await watch(t, project, { cursor: told[4].id });
    const { id, data } = await beginning(tail);
    assert.deepEqual([id, data], [told[4].id, undefined]);
    const job = await project.create();
    assert.deepEqual(assets(await next(tail, 1)), [job.id]);
  });

  test("with a cursor replays more than the newest hundred", async (t) => {
    const project = await newProject();
    const live = await watch(t, project);
    const { id } = await beginning(live);
    for (const count of [100, 50]) accepted(await project.ask("POST", "/api/v1/jobs", { json: Array(count).fill({}) }), 201);
    const told = await next(live, 150);
    assert.deepEqual(assets(await next(await watch(t, project, { cursor: id }), 150)), assets(told));
  });

  for (const bad of ["abc", "-1", "1.5"]) {
    test(`refuses a malformed cursor by name: ${bad}`, async () => {
      const project = await newProject();
      const path = `/api/projects/${project.id}/activity`;
      refused(await project.ask("GET", `${path}?lastEventId=${bad}`), 400, { code: "invalid_cursor", field: "lastEventId" });
      refused(await project.ask("GET", path, { headers: { "last-event-id": bad } }), 400, { field: "Last-Event-ID" });
    });
  }

  test("tells of a cursor that is ahead or another feed's by reset, and goes on live", async (t) => {
    const [project, other] = [await newProject(), await newProject()];
    const [ours, theirs] = await Promise.all([watch(t, project), watch(t, other)]);
    await project.create();
    await next(ours, 1);
    await other.create();
    const [foreign] = await next(theirs, 1);
    await project.create();
    const [tail] = await next(ours, 1);
    const cases = { cursor_ahead: String(Number(tail.id) + 1_000_000), cursor_unknown: foreign.id };
    for (const [reason, cursor] of Object.entries(cases)) {
      const stream = await watch(t, project, { cursor });
      const reset = await stream.event();
      assert.deepEqual([reset.event, reset.json().reason], ["reset", reason]);
      assert.equal(typeof reset.json().oldest, "number");
      const job = await project.create();
      await stream.until((event) => event.json().asset_id === job.id);
      await next(ours, 1);
    }
  });

  test("shows nothing of another project's assets", async (t) => {
    const [project, other] = await Promise.all([newProject(), newProject()]);
    const stream = await watch(t, project);
    await beginning(stream);
    await other.create();
    const job = await project.create();
    assert.deepEqual(assets(await next(stream, 1)), [job.id]);
  });
});

describe("the activity's door", { concurrency: true }, () => {
  let project;
  let other;
  before(async () => ([project, other] = await Promise.all([newProject({ publicRead: true }), newProject()])));

  test("is open to a session and to a key with jobs:read:progress", async (t) => {
    const key = await project.key(["jobs:read:progress"]);
    for (const options of [{ headers: (await signIn(project)).headers }, { key }]) {
      assert.equal((await open(t, activityUrl(project), options)).status, 200);
    }
  });

  test("knows no other project, and none that is not there, whoever asks", async () => {
    const { headers } = await signIn(project);
    for (const id of [other.id, "prj_00000000000000000000000000", "1", "%2e%2e%2f", `${project.id}%2f`]) {
      for (const options of [{}, { key: undefined, headers }]) {
        refused(await project.ask("GET", `/api/projects/${id}/activity`, options), 404, { code: "project_not_found" });
      }
    }
  });

  test("is closed to anybody, to a project key and to a stream token, although the project is public", async () => {
    const { token } = accepted(await (await project.create()).post("tokens", {}), 201);
    for (const query of ["", `?key=${project.projectKey}`, `?token=${token}`]) {
      const answer = await request(activityUrl(project) + query);
      refused(answer, 401);
      assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
    }
  });

  test("names the scope that a key lacks", async () => {
    const key = await project.key(["jobs:create"]);
    assert.match(refused(await request(activityUrl(project), { key }), 403).error, /jobs:read/);
  });
});

test("an activity on which nothing happens is kept alive by a comment every 15 seconds", async (t) => {
  const stream = await watch(t, await newProject());
  await beginning(stream);
  await isPinged(stream);
});
