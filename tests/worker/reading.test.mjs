// What can be read of one job: itself, its progress, its checkpoints, its log as pages.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";

const JSON_ONLY = { headers: { accept: "application/json" } };

describe("reading a job", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject({ publicRead: true })));

  test("the job shows its stages, its attempt, its progress and its times", async () => {
    const job = await project.running({ stages: ["research"], timeoutSeconds: 60 });
    await job.report("stages/research", { type: "complete", detail: "5 key facts", durationSec: 4.2 });
    await job.report("progress", { percent: 65, message: "Encoding", subProgress: { a: { percent: 1 } } });
    const now = await job.now();
    assert.deepEqual(now.stages.research, { status: "done", detail: "5 key facts", durationSec: 4.2 });
    const { status, attempt, progress, message, subProgress } = now;
    assert.deepEqual({ status, attempt, progress, message, subProgress },
      { status: "running", attempt: 1, progress: 65, message: "Encoding", subProgress: { a: { percent: 1 } } });
    assert.ok(Date.parse(now.deliveredAt) <= Date.parse(now.startedAt) && Date.parse(now.startedAt) <= Date.parse(now.updatedAt));
    assert.ok(Date.parse(now.deadline) > Date.parse(now.updatedAt) && Date.parse(now.deadline) <= Date.parse(now.updatedAt) + 60_000);
  });

  test("a completed job shows its result, a failed one its error and code", async () => {
    const good = await project.running();
    await good.report("complete", { result: { url: "s3://out" } });
    const done = await good.now();
    assert.deepEqual([done.result, done.error, done.deadline, typeof done.completedAt], [{ url: "s3://out" }, null, null, "string"]);
    const bad = await project.running();
    await bad.report("fail", { error: "disk full", code: "enospc", retry: false });
    const { error, errorCode, result } = await bad.now();
    assert.deepEqual({ error, errorCode, result }, { error: "disk full", errorCode: "enospc", result: null });
  });

  test("/progress is the last progress", async () => {
    const job = await project.running();
    const last = async () => accepted(await job.ask("GET", "/progress"));
    assert.equal((await last()).percent, 0);
    await job.report("progress", { percent: 10, message: "ten" });
    await job.report("progress", { percent: 65, message: "Encoding", subProgress: { a: { percent: 1 } } });
    const { percent, message, subProgress } = await last();
    assert.deepEqual({ percent, message, subProgress }, { percent: 65, message: "Encoding", subProgress: { a: { percent: 1 } } });
  });

  test("checkpoints come oldest first, in pages that `after` continues", async () => {
    const job = await project.running();
    const saved = [];
    for (const count of [1, 2, 3, 4, 5]) saved.push((await job.report("checkpoint", { checkpoint: "frames", count })).id);
    const page = async (query) => accepted(await job.ask("GET", `/checkpoints?${query}`));
    const first = await page("limit=3");
    assert.deepEqual(first.checkpoints.map((entry) => [entry.id, entry.data.count]), [[saved[0], 1], [saved[1], 2], [saved[2], 3]]);
    const second = await page(`limit=3&after=${first.nextAfter}`);
    assert.deepEqual([second.checkpoints.map((entry) => entry.data.count), second.nextAfter], [[4, 5], null]);
  });

  test("checkpoints outlive the attempt that saved them", async () => {
    const job = await project.running({ name: "resumes" });
    await job.report("checkpoint", { count: 1500 });
    await job.report("fail", { error: "lost" });
    await project.polled({ names: ["resumes"], waitSeconds: 20 });
    await job.report("ack");
    await job.report("checkpoint", { count: 3000 });
    assert.deepEqual((await job.checkpoints()).map((entry) => [entry.attempt, entry.data.count]), [[1, 1500], [2, 3000]]);
  });

  test("the log is told in canonical words, oldest first", async () => {
    const job = await project.create({ name: "story" });
    await job.report("ack");
    await job.report("stages/research", { type: "start" });
    await job.report("logs", ["a line"]);
    await job.report("complete");
    const log = await job.log();
    assert.equal(log[0].type, "job.created");
    for (const type of ["stage.started", "log.appended"]) assert.ok(log.some((event) => event.type === type), type);
    assert.ok(log.every((event) => /^[a-z]+\.[a-z_]+$/.test(event.type)), log.map((event) => event.type).join());
    assert.ok(log.every((event, at) => at === 0 || event.id > log[at - 1].id));
    for (const event of log) assert.deepEqual(Object.keys(event).toSorted(), ["attempt", "data", "id", "ts", "type"]);
    assert.ok(log.every((event) => event.attempt === 1 && Date.parse(event.ts) > 0));
  });

  test("the log comes in pages that `after` continues, each event once", async () => {
    const job = await project.running();
    for (const percent of [1, 2, 3, 4, 5]) await job.report("progress", { percent });
    const whole = await job.log();
    const seen = [];
    for (let after = 0; after !== null; ) {
      const page = await job.page(`after=${after}&limit=2`);
      assert.ok(page.events.length <= 2);
      seen.push(...page.events);
      after = page.nextAfter;
    }
    assert.deepEqual(seen, whole);
    assert.deepEqual((await job.page(`after=${whole.at(-2).id}`)).events, [whole.at(-1)]);
  });

  test("a page whose cursor the log cannot continue says so, as a stream would", async () => {
    const job = await project.running();
    const tail = (await job.log()).at(-1).id;
    assert.equal((await job.page(`after=${tail}`)).reset, undefined);
    const { reset, events } = await job.page(`after=${tail + 1_000_000}`);
    assert.deepEqual([Object.keys(reset).toSorted(), events], [["oldest", "reason"], []]);
  });

  test("the ids of the log are those that reports got, and those of the stream", async () => {
    const job = await project.running();
    const ids = [];
    for (const part of ["progress", "checkpoint", "event"]) ids.push((await job.report(part, { percent: 1 })).id);
    assert.deepEqual((await job.log()).slice(-3).map((event) => event.id), ids);
  });

  test("the log's public part has no payload, checkpoint, custom event or line", async () => {
    const job = await project.create({ payload: { secret: 1 }, meta: { shown: 1 } });
    await job.report("ack");
    await job.report("checkpoint", { secret: 2 });
    await job.report("event", { secret: 3 });
    await job.report("logs", ["secret"]);
    await job.report("progress", { percent: 1, message: "shown" });
    const key = await project.key(["jobs:read:progress"]);
    const page = await job.page("", { key });
    assert.ok(page.events.some((event) => event.type === "job.created") && page.events.at(-1).data.percent === 1);
    assert.ok(!JSON.stringify(page).includes("secret"), JSON.stringify(page));
    assert.ok(JSON.stringify(await job.log()).includes("secret"));
  });

  for (const part of ["/events", "/checkpoints", "/logs"]) {
    test(`a limit of ${part} above its cap is the cap, and the answer says so`, async () => {
      const page = accepted(await (await project.create()).ask("GET", `${part}?limit=99999999`, JSON_ONLY));
      assert.ok(page.limit > 0 && page.limit < 99_999_999, `limit ${page.limit}`);
    });

    for (const [field, value] of [["limit", "0"], ["limit", "x"], ["after", "-1"], ["after", "x"]]) {
      test(`${part}?${field}=${value} is refused by name`, async () => {
        refused(await (await project.create()).ask("GET", `${part}?${field}=${value}`, JSON_ONLY), 400, { field });
      });
    }
  }
});
