// Many subscribers of one project, one of them cut again and again: all see the same events in the same order, each job's in its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newProject } from "./project.mjs";
import { Reader } from "./reader.mjs";
import { activityUrl, queueUrl } from "./urls.mjs";
import { assetNames, queueNames } from "./views.mjs";

const JOBS = 50;
const CUTS = 20;
const LANES = 10;

const stage = (name, type, more = {}) => ["report", `stages/${name}`, { type, ...more }];
const call = (part, json) => ["report", part, json];
const PROGRESS = [10, 50, 90].map((percent) => call("progress", { percent }));

/** How a job can go: `again` waits for its next attempt and takes it. */
const STORIES = {
  "completes": [
    call("ack"), stage("vision", "start"), stage("vision", "complete"), stage("encode", "start"), ...PROGRESS,
    stage("encode", "complete"), stage("r2_write", "start"), stage("r2_write", "complete"), stage("webhook", "dispatched"),
    stage("webhook", "delivered"), call("complete"),
  ],
  "fails once, then completes": [
    call("ack"), stage("encode", "start"), stage("encode", "error", { error: "disk full" }), call("fail", { error: "disk full" }),
    ["again"], stage("encode", "start"), ...PROGRESS, stage("encode", "complete"), stage("critic", "skipped"), call("complete"),
  ],
  "fails": [
    call("ack"), stage("vision", "start"), stage("vision", "error", { error: "blurred" }), stage("webhook", "failed", { error: "410" }),
    stage("webhook", "dead_letter"), call("fail", { error: "blurred", retry: false }),
  ],
  "fails and is retried by a person": [
    call("ack"), ...PROGRESS, call("fail", { error: "x", retry: false }), call("retry"), ["again"], stage("encode", "start"),
    call("complete"),
  ],
  "is cancelled": [call("cancel")],
  "is killed": [call("ack"), stage("encode", "start"), ...PROGRESS, call("kill")],
};

test(`${JOBS} jobs are told alike to who stays and to who is cut ${CUTS} times`, async (t) => {
  const project = await newProject();
  const views = {
    queue: { url: queueUrl(project), names: queueNames, note: queueNote },
    activity: { url: activityUrl(project), names: assetNames, note: activityNote },
  };
  for (const view of Object.values(views)) {
    const reader = () => new Reader(t, view.url, project.apiKey, view.note);
    Object.assign(view, { steady: reader(), restless: reader() });
  }
  const readers = Object.values(views).flatMap(({ steady, restless }) => [steady, restless]);
  await Promise.all(readers.map((reader) => reader.begun()));

  const restless = Object.values(views).map((view) => view.restless);
  const jobs = await work(project, () => Promise.all(restless.map((reader) => reader.cut())));
  const logs = await Promise.all(jobs.map((job) => job.log()));

  for (const { steady, restless, names } of Object.values(views)) {
    const expected = new Map(jobs.map((job, index) => [job.id, names(logs[index])]));
    const count = [...expected.values()].flat().length;
    await Promise.all([steady, restless].map((reader) => reader.has(count)));
    assert.equal(restless.cuts, CUTS);
    assert.deepEqual(restless.seen, steady.seen);
    assert.ok(steady.seen.every(({ id }, at) => at === 0 || id > steady.seen[at - 1].id), "nothing came twice or late");
    for (const [id, told] of expected) assert.deepEqual(steady.seen.filter(({ job }) => job === id).map(({ name }) => name), told);
  }
});

const NOT_COMPARED = ["connected", "heartbeat", "job:progress"];

function queueNote({ event, id, data }) {
  return NOT_COMPARED.includes(event) ? undefined : { id: Number(id), job: JSON.parse(data).jobId, name: event };
}

function activityNote({ event, id, data }) {
  return { id: Number(id), job: JSON.parse(data).asset_id, name: event };
}

/** Lives all jobs, several at a time, and calls `cut` after random steps. Gives the jobs. */
async function work(project, cut) {
  const stories = Object.values(STORIES);
  const plan = Array.from({ length: JOBS }, (_, index) => stories[index % stories.length]);
  const moments = randomMoments(plan.flat().length);
  const jobs = [];
  let begun = 0;
  let steps = 0;
  const lane = async () => {
    while (begun < JOBS) {
      const story = plan[begun++];
      const job = await project.create({ name: crypto.randomUUID() });
      jobs.push(job);
      for (const [step, ...rest] of story) {
        await (step === "again" ? again(job) : job.report(...rest));
        if (moments.has((steps += 1))) await cut();
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return jobs;
}

async function again(job) {
  await job.project.polled({ names: [job.created.name], waitSeconds: 20 });
  await job.report("ack");
}

/** After which steps the restless readers are cut: anywhere. */
function randomMoments(steps) {
  const moments = new Set();
  while (moments.size < CUTS) moments.add(1 + Math.floor(Math.random() * steps));
  return moments;
}
