// GET /api/v1/jobs: pages of a project's jobs, newest first.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { newProject } from "./project.mjs";
import { refused } from "./request.mjs";
import { STATES } from "./states.mjs";

const ids = (list) => list.jobs.map((job) => job.id);

describe("the list of jobs", { concurrency: true }, () => {
  let project;
  let newestFirst;
  before(async () => {
    project = await newProject();
    const made = [];
    for (const index of [0, 1, 2, 3, 4, 5, 6]) {
      made.push(await project.create({ name: `n${index % 2}`, filePath: `videos/${index % 3}.mp4` }));
    }
    newestFirst = made.map((job) => job.id).reverse();
  });

  test("shows all of the project's jobs, newest first, with its size and the total", async () => {
    const list = await project.list();
    assert.deepEqual(ids(list), newestFirst);
    const { limit, offset, count, total, nextCursor } = list;
    assert.deepEqual({ limit, offset, count, total, nextCursor }, { limit: 50, offset: 0, count: 7, total: 7, nextCursor: null });
  });

  test("shows each job as GET shows it", async () => {
    const job = await project.ask("GET", `/api/v1/jobs/${newestFirst[0]}`);
    assert.deepEqual((await project.list("limit=1")).jobs, [job.body]);
  });

  test("goes on by limit and offset", async () => {
    const list = await project.list("limit=3&offset=2");
    assert.deepEqual(ids(list), newestFirst.slice(2, 5));
    assert.deepEqual([list.limit, list.offset, list.count, list.total], [3, 2, 3, 7]);
    assert.deepEqual(ids(await project.list("offset=7")), []);
  });

  test("goes on by nextCursor to the end, each job once", async () => {
    const seen = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = await project.list(`limit=3${cursor && `&cursor=${cursor}`}`);
      assert.equal(page.total, 7);
      seen.push(...ids(page));
      cursor = page.nextCursor;
    }
    assert.deepEqual(seen, newestFirst);
  });

  test("keeps its place by cursor while new jobs come", async () => {
    const own = await newProject();
    const made = [await own.create(), await own.create(), await own.create()].map((job) => job.id);
    const first = await own.list("limit=2");
    await own.create();
    assert.deepEqual(ids(await own.list(`limit=2&cursor=${first.nextCursor}`)), [made[0]]);
  });

  test("can be narrowed by name and by filePath", async () => {
    const byName = await project.list("name=n1");
    assert.deepEqual([byName.count, byName.total, byName.jobs.every((job) => job.name === "n1")], [3, 3, true]);
    const byPath = await project.list("filePath=videos%2F0.mp4&limit=2");
    assert.deepEqual([byPath.count, byPath.total, byPath.jobs.every((job) => job.filePath === "videos/0.mp4")], [2, 3, true]);
    assert.equal((await project.list("name=n1&filePath=videos%2F1.mp4")).total, 1);
    assert.equal((await project.list("name=nobody")).total, 0);
  });

  test("a limit above its cap is the cap, and the answer says so", async () => {
    const own = await newProject();
    for (const count of [100, 5]) await own.ask("POST", "/api/v1/jobs", { json: Array(count).fill({}) });
    const list = await own.list("limit=5000");
    assert.deepEqual([list.limit, list.count, list.total], [100, 100, 105]);
  });

  for (const [field, value] of [["limit", "0"], ["limit", "-1"], ["limit", "x"], ["limit", "1.5"], ["offset", "-1"], ["offset", "x"],
    ["status", "sleeping"], ["status", ""], ["cursor", "abc"]]) {
    test(`${field}=${value} is refused by name`, async () => {
      refused(await project.ask("GET", `/api/v1/jobs?${field}=${value}`), 400, { field });
    });
  }
});

describe("the list by status", { concurrency: true }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    const made = await Promise.all(Object.entries(STATES).map(async ([state, make]) => [state, await make(project)]));
    job = Object.fromEntries(made);
  });

  for (const state of Object.keys(STATES)) {
    test(`status=${state} finds the ${state} job`, async () => {
      const list = await project.list(`status=${state}`);
      assert.deepEqual([ids(list), list.count, list.total], [[job[state].id], 1, 1]);
    });
  }

  test("takes `processing` for running", async () => {
    assert.deepEqual(ids(await project.list("status=processing")), [job.running.id]);
  });

  test("offset and status work together", async () => {
    const own = await newProject();
    const made = [];
    for (const make of ["cancelled", "pending", "cancelled", "running", "cancelled"]) made.push(await STATES[make](own));
    const list = await own.list("status=cancelled&limit=1&offset=1");
    assert.deepEqual([ids(list), list.count, list.total], [[made[2].id], 1, 3]);
  });

  test("follows each transition at once, and progress soon", async () => {
    const own = await newProject();
    const one = await own.running();
    assert.equal((await own.list("status=running")).total, 1);
    await one.report("progress", { percent: 40, message: "half way, nearly" });
    await eventually("the list shows the progress", () => own.list(), (list) => list.jobs[0].progress === 40);
    await one.report("complete");
    assert.deepEqual([(await own.list("status=running")).total, (await own.list("status=completed")).total], [0, 1]);
  });
});
