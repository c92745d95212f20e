// Every example of seeds 001 and 004 runs as it stands, with only host, id and key changed; and a stream reads well in a terminal.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { before, describe, test } from "node:test";
import { EventSource } from "eventsource";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { CURLS, EVENT_SOURCE, FETCHES } from "./seed.mjs";
import { follow, shell } from "./shell.mjs";

const PROGRESS = {
  percent: 65, message: "Encoding video",
  subProgress: { download: { percent: 100, message: "Source fetched" }, transcode: { percent: 42, message: "Pass 1/2" } },
};
const CHECKPOINT = { checkpoint: "processed_frames", count: 1500, last_offset: 45000 };
const EVENT = { phase: "encoder", host: "worker-3", note: "switched bitrate ladder" };
const said = (lines) => lines.map((line) => `${line.level} ${line.message}`);

describe("the curl of seed 004", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  const run = async (name, job) => {
    const { code, output } = await shell(CURLS[name].replace("https://emit.run", place.url), { JOB_ID: job.id, EMIT_KEY: project.apiKey });
    assert.equal(code, 0);
    const answer = JSON.parse(output);
    assert.equal(answer.success, true, output);
    return answer;
  };

  for (const [name, data] of [["progress", PROGRESS], ["checkpoint", CHECKPOINT], ["event", EVENT]]) {
    test(`for ${name} is taken`, async () => {
      const job = await project.running();
      const { id } = await run(name, job);
      const last = (await job.log()).at(-1);
      assert.deepEqual([last.id, last.data], [id, data]);
    });
  }

  test("for keepalive moves the deadline", async () => {
    const job = await project.running();
    const before = await job.now();
    const { deadline } = await run("keepalive", job);
    assert.ok(Date.parse(deadline) > Date.parse(before.deadline));
  });

  test("for logs appends three lines", async () => {
    const job = await project.running();
    const { inserted, fromSeq, toSeq } = await run("logs", job);
    assert.deepEqual([inserted, fromSeq, toSeq], [3, 1, 3]);
    assert.deepEqual(said(await job.lines()), ["info worker boot", "warn fallback codec selected", "info done with preflight"]);
  });

  test("for gzip, a pipeline of printf, gzip and curl, appends two lines", async () => {
    const job = await project.running();
    const answer = await run("gzip", job);
    assert.deepEqual(answer, { success: true, inserted: 2, fromSeq: 1, toSeq: 2 });
    assert.deepEqual(said(await job.lines()), ["debug started", "error disk full"]);
  });
});

describe("the JavaScript of seed 004", { concurrency: true }, () => {
  const Script = (async () => {}).constructor;
  let project;
  before(async () => (project = await newProject()));

  const run = (name, job, around = {}) => {
    const names = { API: `${place.url}/api/v1`, jobId: job.id, key: project.apiKey, ...around };
    return new Script(...Object.keys(names), FETCHES[name])(...Object.values(names));
  };

  for (const [name, data] of [["progress", PROGRESS], ["checkpoint", CHECKPOINT], ["event", EVENT]]) {
    test(`for ${name} is taken`, async () => {
      const job = await project.running();
      await run(name, job);
      assert.deepEqual((await job.log()).at(-1).data, data);
    });
  }

  test("for logs appends two lines", async () => {
    const job = await project.running();
    await run("logs", job);
    assert.deepEqual(said(await job.lines()), ["info worker boot", "debug download 42%"]);
  });

  test("for keepalive moves the deadline while the work goes on, and completes the job", async () => {
    const job = await project.running();
    const { deadline } = await job.now();
    let beat;
    await run("keepalive", job, {
      headers: { "x-api-key": project.apiKey, "Content-Type": "application/json" },
      setInterval: (work) => void (beat = work()),
      doLongRunningWork: async () => {
        await beat;
        assert.ok(Date.parse((await job.now()).deadline) > Date.parse(deadline));
      },
    });
    assert.equal((await job.now()).status, "completed");
  });
});

describe("the EventSource of seed 001", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject({ publicRead: true })));

  /** Runs the seed's page script; what it writes to the console arrives as `line`. */
  const page = (t, job) => {
    const output = new EventEmitter();
    const write = (...words) => output.emit("line", words.join(" "));
    class PageEventSource extends EventSource {
      constructor(path) {
        super(new URL(path, place.url));
        output.source = this;
        t.after(() => this.close());
      }
    }
    const run = new Function("EventSource", "console", EVENT_SOURCE.replace("/jobs/1/", `/jobs/${job.id}/`));
    run(PageEventSource, { log: write, error: write });
    return output;
  };
  const line = async (output) => (await once(output, "line", { signal: AbortSignal.timeout(30_000) }))[0];

  test("tells of the state, of the research and of the end", async (t) => {
    const job = await project.running();
    const output = page(t, job);
    assert.equal(await line(output), "Current state: running");
    await job.report("stages/research", { type: "start" });
    const complete = { type: "complete", detail: "5 key facts", durationSec: 4.2 };
    const [done] = await Promise.all([line(output), job.report("stages/research", complete)]);
    assert.equal(done, "Research done in 4.2s");
    const [end] = await Promise.all([line(output), job.report("complete")]);
    assert.equal(end, "Job finished!");
    assert.equal(output.source.readyState, EventSource.CLOSED);
  });

  test("tells of a failure", async (t) => {
    const job = await project.running();
    const output = page(t, job);
    await line(output);
    const [end] = await Promise.all([line(output), job.report("fail", { error: "ANTHROPIC_API_KEY is required", retry: false })]);
    assert.equal(end, "Job failed: ANTHROPIC_API_KEY is required");
  });
});

describe("a stream in a terminal", { concurrency: true }, () => {
  test("curl -N shows the seed's text as it happens, and ends with the job", async (t) => {
    const project = await newProject({ publicRead: true });
    const job = await project.running();
    const { lines, exited } = follow(t, "curl", "-sN", job.eventsUrl);
    const until = async (text) => {
      for (let line; (line = await lines.next()).value !== text; ) assert.ok(!line.done, `curl ended without “${text}”`);
    };
    await until("event: job:snapshot");
    const report = { type: "complete", detail: "5 key facts", durationSec: 4.2 };
    await job.report("stages/research", report);
    await until("event: stage:research");
    const data = (await lines.next()).value;
    assert.deepEqual(JSON.parse(data.slice("data: ".length)), { stage: "research", ...report });
    assert.match((await lines.next()).value, /^id: \d+$/);
    await job.report("complete");
    await until("event: job:completed");
    await until("data: {}");
    assert.equal(await exited, 0);
  });

  test("curl -i shows the status and the headers at once", async (t) => {
    const project = await newProject({ publicRead: true });
    const { lines } = follow(t, "curl", "-siN", (await project.create()).eventsUrl);
    const head = [];
    for (let line; (line = (await lines.next()).value.trim().toLowerCase()) !== ""; ) head.push(line);
    assert.equal(head[0], "http/1.1 200 ok");
    for (const header of ["content-type: text/event-stream", "cache-control: no-cache", "x-accel-buffering: no"]) {
      assert.ok(head.includes(header), header);
    }
  });

  test("the polling fallback is a curl with Accept: application/json", async () => {
    const project = await newProject();
    const job = await project.running();
    const script = `curl -s -H "x-api-key: $KEY" -H "Accept: application/json" "${job.eventsUrl}?limit=1"`;
    const { output } = await shell(script, { KEY: project.apiKey });
    assert.equal(JSON.parse(output).events[0].type, "job.created");
  });
});
