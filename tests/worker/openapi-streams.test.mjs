// What the streams really send against what openapi.json says of them: every event of each stream is seen, and its data is as told.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { answersAsTold, conforms, eventOf, eventsOf, listed, nameOf, operation } from "./openapi.mjs";
import { newProject } from "./project.mjs";
import { accepted } from "./request.mjs";
import { fill } from "./routes.mjs";
import { report, SEED_REPORTS } from "./stages.mjs";
import { STATES } from "./states.mjs";
import { open } from "./stream.mjs";
import { runWhole, wholeJob } from "./whole.mjs";

/** Newer than any event: it has a stream begin with `reset`. */
const AHEAD = "9007199254740000";

/** The last event that a stream tells of a job which came to this end. */
const LAST = {
  watchJob: { ended: "job:completed", failed: "job:failed", killed: "job:failed" },
  watchPublicAsset: { ended: "ready", failed: "failed", killed: "cancelled" },
  watchAsset: { ended: "ready", failed: "failed", killed: "cancelled" },
};

/** The events of the stream up to the one of this name about this job (any one without a job). */
async function told(stream, last, job) {
  const events = (await stream.until((frame) => frame.event === last && (!job || frame.data.includes(job.id)))).map(eventOf);
  stream.close();
  return events;
}

/** All of them conform, and together they are every event that the document lists. */
function areAllAsTold(known, events) {
  for (const event of events) conforms(eventsOf(known), event);
  assert.deepEqual([...new Set(events.map(nameOf))].toSorted(), listed(known).map(({ name }) => name).toSorted());
}

describe("events as openapi.json tells them", { concurrency: true }, () => {
  let project;
  let ends;
  before(async () => (project = await newProject()));

  const opened = async (t, known, job, options = {}) => {
    const path = fill(known.path, { job: job?.id, project: project.id, projectKey: project.projectKey });
    const stream = await open(t, project.at.url + path, { key: project.apiKey, ...options });
    answersAsTold(known, { status: stream.status, headers: stream.headers });
    return stream;
  };

  /** A job that went through everything, one that failed, one that was killed. */
  const allEnds = () => (ends ??= (async () => {
    const ended = await wholeJob(project);
    await runWhole(ended);
    const [failed, killed] = [await project.running(), await project.running()];
    await failed.report("fail", { error: "x", code: "y", retry: false });
    await killed.report("kill", { reason: "z" });
    return { ended, failed, killed };
  })());

  for (const id of ["watchJob", "watchPublicAsset", "watchAsset"]) {
    test(`${id}, replayed from the beginning`, async (t) => {
      const known = operation(id);
      const events = [];
      for (const [end, job] of Object.entries(await allEnds())) {
        events.push(...await told(await opened(t, known, job, { cursor: "0" }), LAST[id][end], undefined));
        events.push(...await told(await opened(t, known, job, { cursor: AHEAD }), LAST[id][end], undefined));
      }
      areAllAsTold(known, events);
    });
  }

  test("watchJob, live, with what stages gather and with the fields of meta", async (t) => {
    const known = operation("watchJob");
    const job = await project.running({ topic: "Black holes", stages: ["research"], meta: { owner: "ada", tags: [1] } });
    const stream = await opened(t, known, job);
    for (const entry of SEED_REPORTS) await report(job, entry);
    await job.report("complete");
    for (const event of await told(stream, "job:completed")) conforms(eventsOf(known), event);
    for (const event of await told(await opened(t, known, job), "job:completed")) conforms(eventsOf(known), event);
  });

  test("watchJob in every state, for who sees all of it and for who sees the public part", async (t) => {
    const known = operation("watchJob");
    for (const make of Object.values(STATES)) {
      const job = await make(project);
      for (const key of [project.apiKey, await project.key(["jobs:read:progress"])]) {
        const stream = await opened(t, known, job, { key });
        conforms(eventsOf(known), eventOf(await stream.event("job:snapshot")));
        stream.close();
      }
    }
  });

  test("watchActivity", async (t) => {
    const known = operation("watchActivity");
    const own = await newProject();
    const options = { key: own.apiKey };
    const path = fill(known.path, { project: own.id });
    const job = await wholeJob(own);
    await runWhole(job);
    const last = await STATES.cancelled(own);
    const begun = await open(t, own.at.url + path, options);
    const again = await open(t, own.at.url + path, { ...options, cursor: AHEAD });
    areAllAsTold(known, [...await told(begun, "cancelled", last), ...await told(again, "cancelled", last)]);
  });

  test("queueEvents, live, to the heartbeat", async (t) => {
    const known = operation("queueEvents");
    const own = await newProject();
    const queue = (options = {}) => open(t, own.at.url + known.path, { key: own.apiKey, ...options });
    const stream = await queue();
    await stream.event("connected");
    const job = await wholeJob(own);
    await runWhole(job);
    await STATES.failed(own);
    await STATES.cancelled(own);
    const gone = await own.create({ filePath: "videos/clip.mp4", priority: 3 });
    accepted(await gone.ask("DELETE"));
    const events = stream.until((frame) => frame.event === "job:deleted" && frame.data.includes(gone.id));
    const beginning = await told(await queue({ cursor: AHEAD }), "connected");
    const rest = [...await events, await stream.event("heartbeat")];
    areAllAsTold(known, [...beginning, ...rest.map(eventOf)]);
  });
});
