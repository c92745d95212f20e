// Every example of seeds 000 and 002 runs as it stands, with only host, id and key changed.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { defaultProject, place } from "./place.mjs";
import { newProject, Project } from "./project.mjs";
import { runPage } from "./page.mjs";
import { ANSWERS, CURLS, EVENT_SOURCE, EVENTS, LIST } from "./seed-queue.mjs";
import { follow, shell } from "./shell.mjs";
import { STATES } from "./states.mjs";

const HOST = "http://localhost:3000";
const CLIP = { filePath: "videos/clip.mp4", priority: 1 };
const ERROR = "FFmpeg process exited with code 1";

const here = (text) => text.replace(HOST, place.url);

// The stream has no credential in the seed: it is the default project's, where other tests create jobs too.
const shown = () => new Project(place, defaultProject);

describe("the EventSource of seed 000", { concurrency: true }, () => {
  /** Runs the page, and waits until it is connected. */
  const openPage = async (t) => {
    const bars = [];
    const page = runPage(t, here(EVENT_SOURCE), { updateProgressBar: (...args) => bars.push(args) });
    const [, client] = await page.line(([word]) => word === "Connected:");
    assert.match(client, /^client_\w+$/);
    return { page, bars };
  };

  test("tells of the connection, of progress and of completion", async (t) => {
    const { page, bars } = await openPage(t);
    const job = await shown().running(CLIP);
    await job.report("progress", { percent: 47 });
    await page.line(([line]) => line === `Job ${job.id} : 47 %`);
    assert.deepEqual(bars.filter(([id]) => id === job.id), [[job.id, 47]]);
    await job.report("complete");
    await page.line(([word, id]) => word === "Done:" && id === job.id);
  });

  test("tells of a failure", async (t) => {
    const { page } = await openPage(t);
    const job = await shown().running(CLIP);
    await job.report("fail", { error: ERROR, retry: false });
    const line = await page.line(([word]) => word === `Job ${job.id} failed:`);
    assert.equal(line[1], ERROR);
  });
});

describe("the curl of seed 000", { concurrency: true }, () => {
  test("shows the seed's events as they happen", async (t) => {
    const { lines } = follow(t, "sh", "-c", `exec ${here(CURLS.events)}`);
    const until = async (test) => {
      for (let line; ; ) {
        line = await lines.next();
        assert.ok(!line.done, "curl ended");
        if (test(line.value)) return line.value;
      }
    };
    /** The next event of this name whose data is the seed's, but for the job's id. */
    const shows = async (name, jobId) => {
      const data = JSON.stringify({ ...EVENTS[name], jobId });
      await until((line) => line === `event: ${name}`);
      while ((await until((line) => line.startsWith("data: "))) !== `data: ${data}`) await until((line) => line === `event: ${name}`);
    };
    await until((line) => line === "event: connected");
    assert.match(await until((line) => line.startsWith("data: ")), /^data: \{"clientId":"client_\w+"\}$/);
    const job = await shown().create(CLIP);
    await shows("job:created", job.id);
    await job.report("ack");
    await shows("job:started", job.id);
    await job.report("progress", { percent: 47 });
    await shows("job:progress", job.id);
    await job.report("complete");
    await shows("job:completed", job.id);
    const bad = await shown().running(CLIP);
    await bad.report("fail", { error: ERROR, retry: false });
    await shows("job:error", bad.id);
  });
});

describe("the curl of seed 002", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  const run = async (name, job, own = project) => {
    const script = here(CURLS[name]).replace("job_abc123", job?.id).replace("<api_key>", own.apiKey);
    const { code, output } = await shell(script);
    assert.equal(code, 0);
    return JSON.parse(output);
  };

  test("lists all failed jobs, with the fields of the seed", async () => {
    const own = await newProject();
    const failed = [await STATES.failed(own), await STATES.failed(own)];
    await STATES.completed(own);
    const { jobs, limit, offset, count } = await run("list", undefined, own);
    assert.deepEqual(jobs.map((job) => [job.id, job.status]), failed.toReversed().map((job) => [job.id, "error"]));
    assert.deepEqual([limit, offset, count], [20, 0, 2]);
    assert.deepEqual(Object.keys(jobs[0]).slice(0, 8), Object.keys(LIST.jobs[0]));
  });

  for (const [name, state, after] of [["retry", "failed", "pending"], ["cancel", "pending", "cancelled"]]) {
    test(`for ${name} is answered as the seed has it`, async () => {
      const job = await STATES[state](project);
      assert.deepEqual(await run(name, job), ANSWERS[name]);
      assert.equal((await job.now()).status, after);
    });
  }

  test("for delete is answered as the seed has it, and the job is gone", async () => {
    const job = await STATES.completed(project);
    assert.deepEqual(await run("delete", job), ANSWERS.delete);
    assert.equal((await job.ask("GET")).status, 404);
  });

  for (const [name, state] of [["retry", "completed"], ["cancel", "running"], ["delete", "running"]]) {
    test(`for ${name} of a ${state} job shows an error`, async () => {
      const { error, code, success } = await run(name, await STATES[state](project));
      assert.deepEqual([typeof error, typeof code, success], ["string", "string", undefined]);
    });
  }
});
