// /queue/jobs: a project's jobs as seed 002 lists them, and its three commands, whose conflicts are 400 here.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { ANSWERS, LIST } from "./seed-queue.mjs";
import { STATES } from "./states.mjs";

const WORDS = {
  scheduled: "pending", pending: "pending", delivered: "pending", running: "running", completed: "completed", failed: "error",
  cancelled: "cancelled",
};
const SEED_FIELDS = Object.keys(LIST.jobs[0]);
const SEED_ANSWER = Object.keys(LIST);
const NOBODY = "job_00000000000000000000000000";

const list = async (project, query = "") => accepted(await project.ask("GET", `/queue/jobs?${query}`));
const ids = (page) => page.jobs.map((job) => job.id);
const first = (count, object) => Object.keys(object).slice(0, count);

describe("the queue's list", { concurrency: true }, () => {
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

  test("shows a job with the seed's fields first, in the seed's order", async () => {
    const own = await newProject();
    const job = await own.running({ filePath: "videos/clip.mp4", priority: 1 });
    await job.report("progress", { percent: 100 });
    const { startedAt, completedAt } = await job.report("complete");
    const page = await list(own);
    assert.deepEqual(first(SEED_ANSWER.length, page), SEED_ANSWER);
    assert.deepEqual(first(SEED_FIELDS.length, page.jobs[0]), SEED_FIELDS);
    const told = Object.fromEntries(SEED_FIELDS.map((field) => [field, page.jobs[0][field]]));
    assert.deepEqual(told, { ...LIST.jobs[0], id: job.id, startedAt, completedAt });
    for (const time of [startedAt, completedAt]) assert.equal(new Date(time).toISOString(), time);
  });

  test("shows what a failed job failed of, and null for what has not been", async () => {
    const own = await newProject();
    await STATES.failed(own);
    await own.create();
    const [waiting, failed] = (await list(own)).jobs;
    assert.equal(failed.error, "disk full");
    const { filePath, startedAt, completedAt, error, progress, priority } = waiting;
    assert.deepEqual({ filePath, startedAt, completedAt, error, progress, priority },
      { filePath: null, startedAt: null, completedAt: null, error: null, progress: 0, priority: 2 });
  });

  test("is all of the project's jobs, newest first, with its size and the total", async () => {
    const page = await list(project);
    assert.deepEqual(ids(page), newestFirst);
    const { limit, offset, count, total } = page;
    assert.deepEqual({ limit, offset, count, total }, { limit: 50, offset: 0, count: 7, total: 7 });
  });

  test("goes on by limit and offset: count is the page's size, total the whole", async () => {
    const page = await list(project, "limit=3&offset=2");
    assert.deepEqual(ids(page), newestFirst.slice(2, 5));
    assert.deepEqual([page.limit, page.offset, page.count, page.total], [3, 2, 3, 7]);
    const beyond = await list(project, "offset=7");
    assert.deepEqual([beyond.jobs, beyond.count, beyond.total], [[], 0, 7]);
  });

  test("goes on by nextCursor to the end, each job once", async () => {
    const seen = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = await list(project, `limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...ids(page));
      cursor = page.nextCursor;
    }
    assert.deepEqual(seen, newestFirst);
  });

  test("can be narrowed by name and by filePath", async () => {
    assert.deepEqual([(await list(project, "name=n1")).total, (await list(project, "filePath=videos%2F0.mp4")).total], [3, 3]);
    assert.equal((await list(project, "name=n1&filePath=videos%2F1.mp4")).total, 1);
  });

  test("has 50 jobs where no limit is given, and never more than 100", async () => {
    const own = await newProject();
    for (const count of [100, 5]) accepted(await own.ask("POST", "/api/v1/jobs", { json: Array(count).fill({}) }), 201);
    const [page, most] = [await list(own), await list(own, "limit=5000")];
    assert.deepEqual([page.limit, page.count, page.total], [50, 50, 105]);
    assert.deepEqual([most.limit, most.count, most.total], [100, 100, 105]);
  });

  const BAD = [
    ["limit", "0"], ["limit", "abc"], ["limit", "-1"], ["limit", "1.5"], ["offset", "-1"], ["offset", "abc"], ["cursor", "abc"],
    ["status", "nonsense"], ["status", ""], ["status", "failed"], ["status", "scheduled"], ["status", "delivered"], ["status", "queued"],
    ["status", "Pending"], ["status", "pending,running"],
  ];
  for (const [field, value] of BAD) {
    test(`${field}=${value} is refused by name`, async () => {
      refused(await project.ask("GET", `/queue/jobs?${field}=${value}`), 400, { field });
    });
  }

  test("needs jobs:read, and names it", async () => {
    refused(await project.ask("GET", "/queue/jobs", { key: undefined }), 401);
    const key = await project.key(["jobs:read:progress"]);
    assert.match(refused(await project.ask("GET", "/queue/jobs", { key }), 403).error, /jobs:read\b/);
  });
});

describe("the queue's list by status", { concurrency: true }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    const made = await Promise.all(Object.entries(STATES).map(async ([state, make]) => [state, (await make(project)).id]));
    job = Object.fromEntries(made);
  });

  test("every state has its word", async () => {
    const words = Object.fromEntries((await list(project)).jobs.map(({ id, status }) => [id, status]));
    for (const [state, word] of Object.entries(WORDS)) assert.equal(words[job[state]], word, state);
  });

  for (const word of new Set(Object.values(WORDS))) {
    const states = Object.keys(WORDS).filter((state) => WORDS[state] === word);
    test(`status=${word} finds ${states.join(", ")}`, async () => {
      const page = await list(project, `status=${word}`);
      assert.deepEqual(ids(page).toSorted(), states.map((state) => job[state]).toSorted());
      assert.ok(page.jobs.every((each) => each.status === word));
      assert.deepEqual([page.count, page.total], [states.length, states.length]);
    });
  }

  test("takes `processing` for running", async () => {
    assert.deepEqual(ids(await list(project, "status=processing")), [job.running]);
  });

  test("status, offset, limit and cursor work together", async () => {
    const own = await newProject();
    const made = [];
    for (const make of ["failed", "pending", "failed", "running", "failed", "failed"]) made.push((await STATES[make](own)).id);
    const failed = [made[5], made[4], made[2], made[0]];
    const page = await list(own, "status=error&limit=2&offset=1");
    assert.deepEqual([ids(page), page.count, page.total], [failed.slice(1, 3), 2, 4]);
    const begin = await list(own, "status=error&limit=3");
    const rest = await list(own, `status=error&limit=3&cursor=${begin.nextCursor}`);
    assert.deepEqual([...ids(begin), ...ids(rest)], failed);
    assert.equal(rest.nextCursor, null);
  });

  test("follows each transition at once", async () => {
    const own = await newProject();
    const one = await own.running();
    assert.equal((await list(own, "status=running")).total, 1);
    await one.report("complete");
    assert.deepEqual([(await list(own, "status=running")).total, (await list(own, "status=completed")).total], [0, 1]);
  });
});

describe("a command of the queue", { concurrency: true }, () => {
  const COMMANDS = {
    retry: { method: "POST", part: "/retry", code: "job_not_failed", from: ["failed"] },
    // Cancelling what is cancelled has the same meaning again: it succeeds and adds nothing.
    cancel: { method: "POST", part: "/cancel", code: "job_not_cancellable", from: ["scheduled", "pending", "delivered", "cancelled"] },
    delete: { method: "DELETE", part: "", code: "job_active", from: ["scheduled", "pending", "completed", "failed", "cancelled"] },
  };
  const AFTER = { retry: "pending", cancel: "cancelled" };
  let project;
  let other;
  before(async () => ([project, other] = await Promise.all([newProject(), newProject()])));

  for (const [command, { method, part, code, from }] of Object.entries(COMMANDS)) {
    const call = (id, options) => project.ask(method, `/queue/jobs/${id}${part}`, options);

    for (const state of from) {
      test(`${command} of a ${state} job is answered as the seed has it, and done`, async () => {
        const job = await STATES[state](project);
        assert.deepEqual(Object.entries(accepted(await call(job.id))), Object.entries(ANSWERS[command]));
        if (AFTER[command]) assert.equal((await job.now()).status, AFTER[command]);
        else refused(await job.ask("GET"), 404);
      });
    }

    for (const state of Object.keys(STATES).filter((state) => !from.includes(state))) {
      test(`${command} of a ${state} job is 400 here and 409 in the producer API, and changes nothing`, async () => {
        const job = await STATES[state](project);
        await job.unchangedBy(async () => {
          assert.equal(refused(await call(job.id), 400, { code }).details.status, state);
          refused(await job.ask(method, part), 409, { code });
        });
      });
    }

    test(`${command} of an unknown job, of no id and of another project's job is 404`, async () => {
      const theirs = await STATES[from[0]](other);
      await theirs.unchangedBy(async () => {
        for (const id of [NOBODY, "job_abc123", "1", "%2e%2e%2fx", theirs.id]) refused(await call(id), 404, { code: "job_not_found" });
      });
    });

    test(`${command} needs jobs:manage, and names it`, async () => {
      const job = await STATES[from[0]](project);
      const key = await project.key(["jobs:read", "jobs:worker"]);
      await job.unchangedBy(async () => {
        refused(await call(job.id, { key: undefined }), 401);
        assert.match(refused(await call(job.id, { key }), 403).error, /jobs:manage/);
      });
    });
  }

  test("retry gives the job one more attempt, and the queue hands it out again", async () => {
    const own = await newProject();
    const job = await STATES.failed(own);
    accepted(await own.ask("POST", `/queue/jobs/${job.id}/retry`));
    const [again] = await own.polled();
    assert.deepEqual([again.id, again.attempt], [job.id, 2]);
  });

  test("delete takes the job out of the list", async () => {
    const own = await newProject();
    const job = await own.create();
    accepted(await own.ask("DELETE", `/queue/jobs/${job.id}`));
    assert.equal((await list(own)).total, 0);
  });
});
