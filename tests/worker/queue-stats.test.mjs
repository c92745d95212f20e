// GET /queue/stats: how many of a project's jobs are in which state, in the queue's words.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { STATES } from "./states.mjs";

const NONE = { total: 0, pending: 0, running: 0, completed: 0, error: 0, cancelled: 0 };

const stats = async (project, options) => accepted(await project.ask("GET", "/queue/stats", options));
const holds = async (project, counts) => assert.deepEqual(await stats(project), { ...NONE, ...counts });

describe("the queue's statistics", { concurrency: true }, () => {
  test("are six counts and nothing else, zero in a new project", async () => {
    assert.deepEqual(Object.entries(await stats(await newProject())), Object.entries(NONE));
  });

  test("count every state under its word, and nothing of another project", async () => {
    const [project, other] = await Promise.all([newProject(), newProject()]);
    for (const make of Object.values(STATES)) await make(project);
    await holds(project, { total: 7, pending: 3, running: 1, completed: 1, error: 1, cancelled: 1 });
    await holds(other, {});
  });

  test("follow a job through its life, at once", async () => {
    const project = await newProject();
    const job = await project.create({ name: "counted" });
    const is = (word) => holds(project, { total: 1, [word]: 1 });
    await is("pending");
    await job.report("claim");
    await is("pending");
    await job.report("ack");
    await is("running");
    await job.report("fail", { error: "disk full" });
    await is("pending");
    await project.polled({ names: ["counted"], waitSeconds: 20 });
    await job.report("ack");
    await job.report("fail", { error: "disk full", retry: false });
    await is("error");
    await job.report("retry");
    await is("pending");
    await job.report("ack");
    await job.report("complete");
    await is("completed");
    await job.ask("DELETE");
    await holds(project, {});
  });

  test("are right when many jobs change at once", async () => {
    const project = await newProject();
    const { jobs } = accepted(await project.ask("POST", "/api/v1/jobs", { json: Array(60).fill({}) }), 201);
    await Promise.all(jobs.map(async ({ id }, index) => {
      if (index % 3 === 0) return accepted(await project.ask("POST", `/queue/jobs/${id}/cancel`));
      if (index % 3 === 1) return accepted(await project.ask("DELETE", `/queue/jobs/${id}`));
    }));
    await holds(project, { total: 40, pending: 20, cancelled: 20 });
  });

  test("need jobs:read, and name it", async () => {
    const project = await newProject();
    refused(await project.ask("GET", "/queue/stats", { key: undefined }), 401);
    const key = await project.key(["jobs:read:progress"]);
    assert.match(refused(await project.ask("GET", "/queue/stats", { key }), 403).error, /jobs:read\b/);
    await stats(project, { key: await project.key(["jobs:read"]) });
  });
});
