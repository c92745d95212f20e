// POST /api/v1/jobs: what a job is made of, what it gets where nothing is said, and what makes no job.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";

const FIELDS = [
  "id", "name", "filePath", "topic", "status", "priority", "progress", "message", "subProgress", "stages", "attempt", "maxAttempts",
  "timeoutSeconds", "payload", "meta", "result", "error", "errorCode", "createdAt", "scheduledFor", "deliveredAt", "startedAt",
  "completedAt", "updatedAt", "deadline", "eventsUrl",
];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("creating jobs", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));
  const post = (json, options) => project.ask("POST", "/api/v1/jobs", { json, ...options });

  test("a job of which nothing is said has the contract's defaults", async () => {
    const { created } = await project.create({});
    assert.deepEqual(Object.keys(created).toSorted(), FIELDS.toSorted());
    assert.match(created.id, /^job_[0-9A-HJKMNP-TV-Z]{26}$/);
    const { status, priority, maxAttempts, timeoutSeconds, attempt, progress } = created;
    assert.deepEqual({ status, priority, maxAttempts, timeoutSeconds, attempt, progress },
      { status: "pending", priority: 2, maxAttempts: 3, timeoutSeconds: 300, attempt: 1, progress: 0 });
  });

  test("times are ISO 8601 with milliseconds, and null where they do not apply", async () => {
    const { created } = await project.create({});
    for (const field of ["createdAt", "updatedAt"]) assert.match(created[field], ISO, field);
    for (const field of ["scheduledFor", "deliveredAt", "startedAt", "completedAt", "deadline"]) assert.equal(created[field], null, field);
  });

  test("everything that a producer says of a job comes back", async () => {
    const said = {
      name: "transcode", filePath: "videos/clip.mp4", topic: "Black holes", priority: 1, payload: { url: "s3://in", n: [1, null] },
      meta: { owner: "ada" }, maxAttempts: 25, timeoutSeconds: 86_400,
    };
    const { created } = await project.create({ ...said, stages: ["research", "director"] });
    assert.deepEqual(Object.fromEntries(Object.keys(said).map((field) => [field, created[field]])), said);
    assert.deepEqual(created.stages, { research: { status: "pending" }, director: { status: "pending" } });
  });

  test("the created job is the job that GET shows", async () => {
    const job = await project.create({ name: "same", payload: "text", meta: { a: 1 } });
    assert.deepEqual(await job.now(), job.created);
  });

  test("the answer says under which URL the job's events are", async () => {
    const { created, path } = await project.create({});
    assert.equal(new URL(created.eventsUrl).pathname, `${path}/events`);
  });

  test("an empty body makes a job with every default", async () => {
    assert.equal(accepted(await project.ask("POST", "/api/v1/jobs"), 201).status, "pending");
  });

  test("an array makes that many jobs, in its order", async () => {
    const { jobs } = accepted(await post([{ name: "a" }, { name: "b" }, { name: "c" }]), 201);
    assert.deepEqual(jobs.map((job) => job.name), ["a", "b", "c"]);
    assert.equal(new Set(jobs.map((job) => job.id)).size, 3);
  });

  test("an array's order is the order of age: poll hands the first out first, the list shows the last first", async () => {
    const own = await newProject();
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    await own.ask("POST", "/api/v1/jobs", { json: names.map((name) => ({ name })) });
    assert.deepEqual((await own.list()).jobs.map((job) => job.name), names.toReversed());
    assert.deepEqual((await own.polled({ count: 50 })).map((job) => job.name), names);
  });

  test("a hundred jobs can be made at once, and not one more", async () => {
    const own = await newProject();
    const send = (count) => own.ask("POST", "/api/v1/jobs", { json: Array(count).fill({ name: "many" }) });
    refused(await send(101), 400);
    assert.equal((await own.list()).total, 0);
    assert.equal(accepted(await send(100), 201).jobs.length, 100);
    assert.equal((await own.list()).total, 100);
  });

  test("one bad entry makes no job at all", async () => {
    const own = await newProject();
    const answer = await own.ask("POST", "/api/v1/jobs", { json: [{ name: "good" }, { priority: 9 }, { name: "good" }] });
    refused(answer, 400);
    assert.match(answer.body.details.field, /1.*priority/);
    assert.equal((await own.list()).total, 0);
  });

  test("fields that nobody knows are ignored", async () => {
    assert.equal((await project.create({ name: "x", colour: "red" })).created.colour, undefined);
  });

  test("a job for later is scheduled, and one for the past is pending", async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const { created } = await project.create({ scheduledFor: later });
    assert.deepEqual([created.status, created.scheduledFor], ["scheduled", later]);
    assert.equal((await project.create({ scheduledFor: "2020-01-01T00:00:00.000Z" })).created.status, "pending");
  });

  const BAD = {
    name: [1, "", {}], filePath: [[], ""], topic: [false], priority: [0, 4, 1.5, "high"], meta: ["text", [1]],
    stages: ["research", [1], [""]], maxAttempts: [0, 26, "3"], timeoutSeconds: [0, 86_401, 1.5], scheduledFor: ["tomorrow", 5],
  };
  for (const [field, values] of Object.entries(BAD)) {
    test(`a bad ${field} is refused by name`, async () => {
      const own = await newProject();
      for (const value of values) {
        const answer = await own.ask("POST", "/api/v1/jobs", { json: { name: "x", [field]: value } });
        assert.ok(refused(answer, 400).details.field.startsWith(field), `${JSON.stringify(value)}: ${answer.text}`);
      }
      assert.equal((await own.list()).total, 0);
    });
  }
});

describe("Idempotency-Key on create", { concurrency: true }, () => {
  const send = (project, json, key = "once") => project.ask("POST", "/api/v1/jobs", { json, headers: { "idempotency-key": key } });

  test("a repeated creation gets the first answer and makes no second job", async () => {
    const project = await newProject();
    const first = await send(project, { name: "a", payload: { n: 1 } });
    const again = await send(project, { name: "a", payload: { n: 1 } });
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal((await project.list()).total, 1);
  });

  test("it is still the first answer when the job has moved on", async () => {
    const project = await newProject();
    const first = await send(project, { name: "a" });
    await project.ask("POST", `/api/v1/jobs/${first.body.id}/ack`);
    assert.deepEqual((await send(project, { name: "a" })).body, first.body);
  });

  test("the same key with another body is a conflict and makes nothing", async () => {
    const project = await newProject();
    accepted(await send(project, { name: "a" }), 201);
    refused(await send(project, { name: "b" }), 409);
    assert.equal((await project.list()).total, 1);
  });

  test("a repeated bulk creation gets the same jobs", async () => {
    const project = await newProject();
    const first = await send(project, [{ name: "a" }, { name: "b" }]);
    assert.deepEqual((await send(project, [{ name: "a" }, { name: "b" }])).body, first.body);
    assert.equal((await project.list()).total, 2);
  });

  test("of ten creations at once with one key one job comes", async () => {
    const project = await newProject();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(project, { name: "a" })));
    assert.equal(new Set(answers.map((answer) => accepted(answer, 201).id)).size, 1);
    assert.equal((await project.list()).total, 1);
  });

  test("each project has its own keys", async () => {
    const [one, other] = await Promise.all([newProject(), newProject()]);
    const ids = await Promise.all([one, other].map(async (project) => accepted(await send(project, { name: "a" }), 201).id));
    assert.notEqual(ids[0], ids[1]);
  });
});
