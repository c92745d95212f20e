// After retention: the log of a job that ended is gone, the job is not. Here an hour of retention lasts four seconds.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { Job } from "./job.mjs";
import { knock } from "./knock.mjs";
import { admin, newProject } from "./project.mjs";
import { beginning } from "./quiet.mjs";
import { accepted, refused, request } from "./request.mjs";
import { fill, TABLE } from "./routes.mjs";
import { names, open } from "./stream.mjs";
import { activityUrl, assetUrl, ownAssetUrl, queueUrl } from "./urls.mjs";

/** How a job ends, what ends its streams, and what is left to read of it. */
const ENDS = {
  completed: { part: "complete", body: { result: { file: "out.mp4" } }, pipeline: "job:completed", asset: "ready" },
  failed: { part: "fail", body: { error: "disk full", code: "io", retry: false }, pipeline: "job:failed", asset: "failed" },
  cancelled: { part: "kill", body: { reason: "no longer needed" }, pipeline: "job:failed", asset: "cancelled" },
};

async function newBriefProject(options) {
  const project = await newProject(options);
  accepted(await admin("PATCH", `/api/projects/${project.id}`, { retentionHours: 1 }, project.at));
  return project;
}

describe("when retention is over", { concurrency: true }, () => {
  const at = instanceOfSuite({ RETENTION_HOUR_SECONDS: "4" });
  let project;
  before(async () => (project = await newBriefProject({ publicRead: true, at })));

  /** A job that has something of everything, and has ended; `was` is its log then. */
  async function ended(end, { of = project, headers = {} } = {}) {
    const filePath = `${randomUUID()}.mp4`;
    const job = await of.running({ name: "brief", filePath, meta: { owner: "ada" }, payload: [1], stages: ["encode"] });
    await job.report("stages/encode", { type: "start" });
    await job.report("progress", { percent: 40, message: "half", subProgress: { pass: { percent: 1, message: "one" } } });
    await job.report("checkpoint", { frame: 1500 });
    await job.report("logs", ["a line"]);
    await job.report(ENDS[end].part, ENDS[end].body, { headers });
    return Object.assign(job, { filePath, was: await job.log() });
  }

  const gone = async (job) => {
    await eventually("the log is gone", () => job.page("after=0"), ({ events }) => events.length <= 1);
    return job;
  };
  const expired = async (end, options) => gone(await ended(end, options));
  const cursors = ({ was }) => ({ early: String(was[1].id), last: String(was.at(-1).id) });

  for (const [end, { pipeline, asset }] of Object.entries(ENDS)) {
    test(`a ${end} job is still read, as it ended`, async () => {
      const job = await ended(end);
      const before = { job: await job.now(), progress: accepted(await job.ask("GET", "/progress")) };
      await gone(job);
      assert.deepEqual({ job: await job.now(), progress: accepted(await job.ask("GET", "/progress")) }, before);
      const status = accepted(await request(`${at.url}/video-status/${job.filePath}?key=${project.projectKey}`));
      assert.equal(status.status, { completed: "completed", failed: "error", cancelled: "cancelled" }[end]);
    });

    test(`a ${end} job has neither lines nor checkpoints, and its log says that there was more`, async () => {
      const job = await expired(end);
      assert.deepEqual([await job.lines(), await job.checkpoints()], [[], []]);
      const { reset } = await job.page(`after=${cursors(job).early}`);
      assert.equal(reset.reason, "cursor_too_old");
      assert.ok(reset.oldest > Number(cursors(job).early), reset.oldest);
    });

    test(`the stream of a ${end} job is its snapshot and its end`, async (t) => {
      const job = await expired(end);
      const stream = await open(t, job.eventsUrl);
      const events = await stream.remaining();
      assert.deepEqual([names(events), await stream.ended], [["job:snapshot", pipeline], "clean"]);
      assert.deepEqual([events[0].json().id, events[0].json().progress], [job.id, (await job.now()).progress]);
      assert.equal(events[1].id, cursors(job).last);
    });

    test(`an old cursor on the stream of a ${end} job gets reset, snapshot and end, its last one 204`, async (t) => {
      const job = await expired(end);
      const { early, last } = cursors(job);
      const events = await (await open(t, job.eventsUrl, { cursor: early })).remaining();
      assert.deepEqual([names(events), events[0].json().reason], [["reset", "job:snapshot", pipeline], "cursor_too_old"]);
      const again = await open(t, job.eventsUrl, { cursor: last });
      assert.deepEqual([again.status, await again.ended], [204, "clean"]);
    });

    test(`the asset streams of a ${end} job tell its end, an old cursor a reset before, its last one 204`, async (t) => {
      const job = await expired(end);
      const { early, last } = cursors(job);
      for (const [url, key] of [[assetUrl(job)], [ownAssetUrl(job), project.apiKey]]) {
        const toEnd = async (options) => names(await (await open(t, url, { key, ...options })).until((event) => event.event === asset));
        assert.deepEqual((await toEnd({})).filter((name) => name !== "reset"), [asset]);
        assert.deepEqual(await toEnd({ cursor: early }), ["reset", asset]);
        assert.equal((await knock(url, { key, headers: { "last-event-id": last } })).status, 204);
      }
    });

    test(`a ${end} job still knows that it has ended`, async () => {
      const job = await expired(end);
      await job.unchangedBy(async () => {
        const { part, body } = ENDS[end];
        assert.equal((await job.report(part, body)).status, end);
        for (const [other, json] of [["progress", { percent: 50 }], ["event", {}], ["ack"], ["claim"], ["cancel"]]) {
          if (end === "cancelled" && other === "cancel") continue; // a repetition
          refused(await job.post(other, json), 409);
        }
      });
    });

    test(`a ${end} job can be deleted, and then nothing is there`, async () => {
      const own = await newBriefProject({ publicRead: true, at });
      const job = await expired(end, { of: own });
      accepted(await job.ask("DELETE"));
      const ids = { job: job.id, projectKey: own.projectKey, path: job.filePath };
      for (const { method, path, json } of TABLE.filter((row) => row.path.includes("{job}"))) {
        const answer = await knock(at.url + fill(path, ids), { method, json, key: own.apiKey });
        refused(answer, 404, { code: "job_not_found" });
      }
      const status = await own.ask("GET", `/video-status/${job.filePath}`);
      assert.deepEqual([status.status, status.body, (await own.list()).jobs], [404, { status: "not_found" }, []]);
      assert.equal(accepted(await own.ask("GET", "/queue/stats")).total, 0);
    });

    test(`a request that ended a job answers as the first time while its key is remembered: ${end}`, async () => {
      const headers = { "idempotency-key": `end-${end}` };
      const { part, body } = ENDS[end];
      const job = await ended(end, { headers });
      const first = await job.report(part, body, { headers });
      await gone(job);
      assert.deepEqual(await job.report(part, body, { headers }), first);
      refused(await job.post(part, { ...body, note: "another" }, { headers }), 409, { code: "idempotency_conflict" });
    });
  }

  test("a failed job can be retried, and its new log lives", async (t) => {
    const job = await expired("failed");
    const { early, last } = cursors(job);
    assert.deepEqual(await job.report("retry"), { success: true, message: "Job queued for retry" });
    const resumed = await open(t, job.eventsUrl, { cursor: last });
    assert.deepEqual(names(await resumed.until((event) => event.event === "job:retry")), ["job:snapshot", "job:retry"]);
    const late = await open(t, job.eventsUrl, { cursor: early });
    assert.equal((await late.event()).event, "reset");
    const running = await job.report("ack");
    assert.deepEqual([running.status, running.attempt], ["running", 2]);
    const { id } = await job.report("progress", { percent: 90 });
    await job.report("checkpoint", { frame: 3000 });
    await job.report("logs", ["another line"]);
    await job.report("complete");
    assert.ok(id > Number(last));
    assert.deepEqual(names(await resumed.remaining()), ["job:started", "job:progress", "job:completed"]);
    assert.deepEqual(names((await late.remaining()).slice(-3)), ["job:started", "job:progress", "job:completed"]);
  });

  test("a job that was retried and has ended again expires again", async (t) => {
    const job = await expired("failed");
    for (const [part, body] of [["retry"], ["ack"], ["progress", { percent: 90 }], ["complete", { result: 7 }]]) await job.report(part, body);
    const [before, log] = [await job.now(), await job.log()];
    await gone(job);
    assert.deepEqual(await job.now(), before);
    const events = await (await open(t, job.eventsUrl, { cursor: String(log[1].id) })).remaining();
    assert.deepEqual(names(events), ["reset", "job:snapshot", "job:completed"]);
    assert.equal((await knock(job.eventsUrl, { headers: { "last-event-id": events.at(-1).id } })).status, 204);
  });

  test("late lines of a producer are still taken", async () => {
    const job = await expired("completed");
    const before = await job.now();
    const { inserted } = await job.report("logs", ["torn down"]);
    assert.deepEqual([inserted, (await job.lines()).map((line) => line.message)], [1, ["torn down"]]);
    assert.deepEqual({ ...(await job.now()), updatedAt: 0 }, { ...before, updatedAt: 0 });
    await eventually("they go too", () => job.lines(), (lines) => lines.length === 0);
  });

  test("a job that was retried through the queue view is polled again", async () => {
    const own = await newBriefProject({ publicRead: true, at });
    const job = await expired("failed", { of: own });
    accepted(await own.ask("POST", `/queue/jobs/${job.id}/retry`));
    const [again] = await own.polled();
    assert.deepEqual([again.id, again.attempt, again.payload], [job.id, 2, [1]]);
  });

  test("a job that was made with a key is not made again", async () => {
    const own = await newBriefProject({ publicRead: true, at });
    const create = async () => own.ask("POST", "/api/v1/jobs", { json: { name: "once" }, headers: { "idempotency-key": "made-once" } });
    const first = accepted(await create(), 201);
    for (const part of ["ack", "complete"]) accepted(await own.ask("POST", `/api/v1/jobs/${first.id}/${part}`));
    await gone(new Job(own, first));
    assert.equal(accepted(await create(), 201).id, first.id);
    assert.equal((await own.list()).total, 1);
  });

  test("a job that has not ended keeps its log, however old", async () => {
    const running = await project.running();
    await running.report("progress", { percent: 1 });
    const before = await running.types();
    await expired("completed"); // it is younger
    assert.deepEqual(await running.types(), before);
  });

  test("jobs of a project that keeps longer keep their logs", async () => {
    const long = await newProject({ at });
    const job = await long.running();
    await job.report("complete");
    const before = await job.log();
    await expired("completed");
    assert.deepEqual(await job.log(), before);
  });
});

describe("a feed", { concurrency: true }, () => {
  const at = instanceOfSuite({ RETENTION_HOUR_SECONDS: "4" });

  const STREAMS = { "the queue's": queueUrl, "the activity": activityUrl };
  for (const [what, url] of Object.entries(STREAMS)) {
    /** A project of brief retention with a stream, and the id of the first event on it. */
    const begun = async (t) => {
      const project = await newBriefProject({ at });
      const stream = await open(t, url(project), { key: project.apiKey });
      await project.create({ filePath: "first.mp4" });
      const { id } = await stream.until((event) => event.event !== "connected").then((events) => events.at(-1));
      await project.create({ filePath: "second.mp4" });
      return { project, stream, first: id, last: (await stream.event()).id };
    };
    const firstEvent = async (t, project, cursor) => {
      const stream = await open(t, url(project), { key: project.apiKey, cursor });
      const { event, data, id } = await beginning(stream);
      return { stream, name: event, id, data: data && JSON.parse(data) };
    };

    test(`${what} forgets what is older than retention, and says so to who comes from there`, async (t) => {
      const { project, first } = await begun(t);
      const told = await eventually("a reset", async () => {
        await project.create({ filePath: "later.mp4" });
        return firstEvent(t, project, first);
      }, ({ name }) => name === "reset");
      assert.equal(told.data.reason, "cursor_too_old");
      assert.ok(told.data.oldest > Number(first), `${told.data.oldest} after ${first}`);
      const job = await project.create();
      const rest = await told.stream.until((event) => [event.json().jobId, event.json().asset_id].includes(job.id));
      assert.ok(!JSON.stringify(rest).includes("first.mp4"));
    });

    test(`${what} does not reset who has seen all that there was`, async (t) => {
      const { project, first, last } = await begun(t);
      await eventually("a reset", () => firstEvent(t, project, first), ({ name }) => name === "reset");
      const { name, id, stream } = await firstEvent(t, project, last);
      assert.notEqual(name, "reset");
      assert.equal(id, last);
      const job = await project.create();
      const { jobId, asset_id } = (await stream.until((event) => event.event !== "connected")).at(-1).json();
      assert.equal(jobId ?? asset_id, job.id);
    });
  }

  test("without a cursor the activity begins after what was forgotten", async (t) => {
    const project = await newBriefProject({ at });
    const job = await project.create();
    const first = async () => (await beginning(await open(t, activityUrl(project), { key: project.apiKey }))).event;
    await eventually("it is told", first, (name) => name === "queued");
    await eventually("it is forgotten", first, (name) => name === undefined);
    assert.equal((await job.now()).status, "pending");
  });
});
