// GET /video-status/{filePath}: how far the newest job of a file is, by the file's path.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { defaultProject, place } from "./place.mjs";
import { newProject, Project } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { STATES } from "./states.mjs";

const WORDS = {
  scheduled: "pending", pending: "pending", delivered: "pending", running: "running", completed: "completed", failed: "error",
  cancelled: "cancelled",
};

const bySegment = (path) => path.split("/").map(encodeURIComponent).join("/");

const ask = (project, path, options) => project.ask("GET", `/video-status/${path}`, options);
const status = async (project, path, options) => accepted(await ask(project, path, options));

/** The answer is exactly the contract's, which is not the form of our other errors. */
const notFound = (answer) => assert.deepEqual([answer.status, answer.body], [404, { status: "not_found" }]);

describe("a video's status", { concurrency: true }, () => {
  let project;
  let other;
  before(async () => ([project, other] = await Promise.all([newProject(), newProject()])));

  test("has six fields", async () => {
    const job = await project.create({ filePath: "new/clip.mp4" });
    const fields = { status: "pending", progress: 0, jobId: job.id, startedAt: null, completedAt: null, error: null };
    assert.deepEqual(Object.entries(await status(project, "new/clip.mp4")), Object.entries(fields));
  });

  test("follows the job: its progress soon, its transitions at once", async () => {
    const path = "followed/clip.mp4";
    const job = await project.running({ filePath: path });
    const running = await status(project, path);
    assert.deepEqual([running.status, running.startedAt, running.completedAt], ["running", (await job.now()).startedAt, null]);
    await job.report("progress", { percent: 47 });
    await eventually("it shows the progress", () => status(project, path), ({ progress }) => progress === 47);
    const { completedAt } = await job.report("complete");
    const done = await status(project, path);
    assert.deepEqual([done.status, done.completedAt, done.error], ["completed", completedAt, null]);
  });

  for (const [state, word] of Object.entries(WORDS)) {
    test(`says ${word} of a ${state} job`, async () => {
      const path = `states/${state}.mp4`;
      const named = (fields) => ({ filePath: path, ...fields });
      const job = await STATES[state]({ create: (fields) => project.create(named(fields)), running: () => project.running(named()) });
      const told = await status(project, path);
      assert.deepEqual([told.status, told.jobId, told.error], [word, job.id, state === "failed" ? "disk full" : null]);
    });
  }

  test("is of the newest job of that path, whatever became of the older ones", async () => {
    const path = "again/clip.mp4";
    const jobs = [];
    for (const end of ["cancel", "kill", undefined]) {
      jobs.push(await project.create({ filePath: path }));
      if (end) await jobs.at(-1).report(end);
      assert.equal((await status(project, path)).jobId, jobs.at(-1).id);
    }
    await jobs[0].ask("DELETE");
    assert.equal((await status(project, path)).jobId, jobs[2].id);
    await jobs[2].ask("DELETE");
    assert.equal((await status(project, path)).jobId, jobs[1].id);
  });

  const PATHS = [
    "clip.mp4", "videos/2024/march/clip.mp4", "my videos/holiday clip.mp4", "видео/клип.mp4", "日本/🎬.mp4", "cafe\u0301/café.mp4",
    "100%/50%25.mp4", "%2F/clip.mp4", "a+b/c++.mp4", ".hidden/.clip.mp4", "...mp4", "a//b.mp4", "trailing/", "/absolute.mp4",
    "what?/is#this&that=1.mp4", "semi;colon:at@.mp4", "quotes'\"\\.mp4", "video-status/clip.mp4",
  ];
  for (const path of PATHS) {
    test(`finds ${path}, with its slashes as they are and encoded`, async () => {
      const job = await project.create({ filePath: path });
      for (const written of [bySegment(path), encodeURIComponent(path)]) {
        assert.equal((await status(project, written)).jobId, job.id, written);
      }
    });
  }

  for (const path of ["../up.mp4", "./here.mp4", "a/../b.mp4", "a/./b.mp4"]) {
    test(`finds ${path} with its slashes encoded, because clients resolve the dots of a plain path`, async () => {
      const job = await project.create({ filePath: path });
      assert.equal((await status(project, encodeURIComponent(path))).jobId, job.id);
    });
  }

  test("takes a plus for a plus, and not for a space", async () => {
    const [plus, space] = [await project.create({ filePath: "plus/a+b.mp4" }), await project.create({ filePath: "plus/a b.mp4" })];
    assert.equal((await status(project, "plus/a+b.mp4")).jobId, plus.id);
    assert.equal((await status(project, "plus/a%2Bb.mp4")).jobId, plus.id);
    assert.equal((await status(project, "plus/a%20b.mp4")).jobId, space.id);
  });

  test("of an unknown path, of a part of a path and of another project's is not_found", async () => {
    await project.create({ filePath: "only/here.mp4" });
    for (const path of ["nowhere.mp4", "only", "only/", "only/here", "here.mp4", "only/here.mp4/", "ONLY/here.mp4", "only/here%00.mp4"]) {
      notFound(await ask(project, path));
    }
    notFound(await ask(other, "only/here.mp4"));
  });

  test("of a job without a path is found by no path", async () => {
    const own = await newProject();
    await own.create();
    for (const path of ["null", "", "undefined"]) assert.equal((await ask(own, path)).status, 404);
  });

  test("of bytes that are no text is not found", async () => {
    for (const path of ["%ff.mp4", "%c3%28.mp4", "%.mp4", "%zz.mp4"]) assert.equal((await ask(project, path)).status, 404, path);
  });

  test("is told to a project key, and to a key with jobs:read:progress", async () => {
    const job = await project.create({ filePath: "doors/clip.mp4" });
    const byProjectKey = await request(`${place.url}/video-status/doors/clip.mp4?key=${project.projectKey}`);
    assert.equal(accepted(byProjectKey).jobId, job.id);
    const key = await project.key(["jobs:read:progress"]);
    assert.equal((await status(project, "doors/clip.mp4", { key })).jobId, job.id);
  });

  test("is told to anybody for the default project, which shows nothing of another, publicRead or not", async () => {
    const [shown, open] = [new Project(place, defaultProject), await newProject({ publicRead: true })];
    const path = `anybody/${crypto.randomUUID()}.mp4`;
    await open.create({ filePath: path });
    notFound(await request(`${place.url}/video-status/${path}`));
    const job = await shown.create({ filePath: path });
    assert.equal(accepted(await request(`${place.url}/video-status/${path}`)).jobId, job.id);
  });

  test("is refused to a bad credential, although anybody may ask", async () => {
    for (const query of ["?key=pk_AAAAAAAAAAAAAAAAAAAAAA", "?token=jct_wrong"]) {
      refused(await request(`${place.url}/video-status/clip.mp4${query}`), 401);
    }
    refused(await ask(project, "clip.mp4", { key: "jc_wrong" }), 401);
    const key = await project.key(["jobs:create"]);
    assert.match(refused(await ask(project, "clip.mp4", { key }), 403).error, /jobs:read/);
  });
});
