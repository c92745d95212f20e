// Who sees what of a stream: the public part and the whole, and `?events=` to see less.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { names, open } from "./stream.mjs";

/** One of everything that a producer can report, and the end. */
async function wholeStory(job) {
  await job.report("ack");
  await job.report("progress", { percent: 10 });
  await job.report("checkpoint", { secret: "checkpoint" });
  await job.report("stages/research", { type: "start" });
  await job.report("event", { secret: "event" });
  await job.report("logs", ["secret log"]);
  await job.report("keepalive");
  await job.report("complete", { result: { ok: true } });
}

const PUBLIC = ["job:snapshot", "job:started", "job:progress", "stage:research", "job:completed"];
const FULL = [
  "job:snapshot", "job:started", "job:progress", "job:checkpoint", "stage:research", "job:event", "job:log", "job:completed",
];

describe("what a reader sees", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject({ publicRead: true })));

  const told = async (t, query = "", options = {}) => {
    const job = await project.create({ name: "story", payload: { secret: "payload" } });
    const live = await open(t, job.eventsUrl + query, options);
    await wholeStory(job);
    const replayed = await open(t, job.eventsUrl + query, { ...options, cursor: String(Number((await live.event()).id) - 1) });
    const [first, again] = [await live.remaining(), await replayed.remaining()];
    assert.deepEqual(names(again), ["job:snapshot", ...names(first)], "live and replay tell the same");
    return { names: names(again), text: JSON.stringify(again) };
  };

  test("with jobs:read: everything", async (t) => {
    assert.deepEqual((await told(t, "", { key: project.apiKey })).names, FULL);
  });

  test("without a credential: the public part", async (t) => {
    const seen = await told(t);
    assert.deepEqual(seen.names, PUBLIC);
    assert.ok(!seen.text.includes("secret"));
  });

  test("with the project key: the public part", async (t) => {
    assert.deepEqual((await told(t, `?key=${project.projectKey}`)).names, PUBLIC);
  });

  test("with jobs:read:progress alone: the public part", async (t) => {
    const key = await project.key(["jobs:read:progress"]);
    assert.deepEqual((await told(t, "", { key })).names, PUBLIC);
  });

  for (const [scope, expected] of [["jobs:read:progress", PUBLIC], ["jobs:read", FULL]]) {
    test(`with a token for ${scope}: ${expected === FULL ? "everything" : "the public part"}`, async (t) => {
      const job = await project.create();
      const { token } = accepted(await job.post("tokens", { ttlSeconds: 60, scopes: [scope] }), 201);
      const stream = await open(t, `${job.eventsUrl}?token=${token}`);
      await wholeStory(job);
      assert.deepEqual(names(await stream.remaining()), expected);
    });
  }

  test("checkpoints, custom events and log lines bring what the producer said", async (t) => {
    const job = await project.create();
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await wholeStory(job);
    const said = Object.fromEntries((await stream.remaining()).map((event) => [event.event, event.json()]));
    assert.deepEqual(said["job:checkpoint"].data, { secret: "checkpoint" });
    assert.deepEqual(said["job:event"].data, { secret: "event" });
    assert.deepEqual(said["job:log"].lines.map((line) => [line.level, line.message]), [["info", "secret log"]]);
    assert.deepEqual(said["job:completed"].result, { ok: true });
  });

  test("?events= leaves only what is named, the snapshot and the end", async (t) => {
    const seen = await told(t, "?events=job:progress,job:log", { key: project.apiKey });
    assert.deepEqual(seen.names, ["job:snapshot", "job:progress", "job:log", "job:completed"]);
  });

  test("?events= can name a stage", async (t) => {
    assert.deepEqual((await told(t, "?events=stage:research")).names, ["job:snapshot", "stage:research", "job:completed"]);
  });

  test("?events=stage:* names every stage", async (t) => {
    assert.deepEqual((await told(t, "?events=stage:*")).names, ["job:snapshot", "stage:research", "job:completed"]);
  });

  test("?events= gives nobody what he may not see", async (t) => {
    assert.deepEqual((await told(t, "?events=job:log,job:checkpoint,job:event")).names, ["job:snapshot", "job:completed"]);
  });

  test("?events= with a name that this stream does not have is refused", async () => {
    refused(await request(`${(await project.create()).eventsUrl}?events=job:progres`), 400, { field: "events" });
  });
});
