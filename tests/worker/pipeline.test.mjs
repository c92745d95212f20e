// GET /api/v1/jobs/{id}/events: how the stream begins, what it carries, how it ends. Seed 001 to the letter.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { listen } from "./listener.mjs";
import { newProject } from "./project.mjs";
import { report, SEED_REPORTS } from "./stages.mjs";
import { STATES } from "./states.mjs";
import { names, open } from "./stream.mjs";

describe("the pipeline stream", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject({ publicRead: true })));

  test("answers 200 with the headers of an event stream", async (t) => {
    const { status, headers } = await open(t, (await project.create()).eventsUrl);
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^text\/event-stream\b/);
    assert.equal(headers.get("cache-control"), "no-cache");
    assert.equal(headers.get("x-accel-buffering"), "no");
    assert.notEqual(headers.get("connection"), "close");
    assert.match(headers.get("x-request-id"), /\S/);
  });

  test("sends its first byte at once, a `retry:` that differs from reader to reader", async (t) => {
    const { eventsUrl } = await project.create();
    const streams = await Promise.all(Array.from({ length: 8 }, () => open(t, eventsUrl)));
    const pauses = await Promise.all(streams.map(async (stream) => Number((await stream.next()).retry)));
    assert.ok(pauses.every((pause) => pause >= 500 && pause <= 60_000), pauses.join());
    assert.ok(new Set(pauses).size > 1, `all the same: ${pauses}`);
  });

  test("begins with a snapshot that carries the id of the log's tail", async (t) => {
    const job = await project.running();
    const { id } = await job.report("progress", { percent: 5 });
    const first = await (await open(t, job.eventsUrl)).event();
    assert.deepEqual([first.event, first.id], ["job:snapshot", String(id)]);
  });

  test("the snapshot is the seed's: id, topic, status and a map of stages", async (t) => {
    const job = await project.running({ topic: "Black holes", stages: ["research", "director", "tts", "visuals", "critic"] });
    await report(job, { stage: "research", type: "complete", detail: "5 key facts", durationSec: 4.2 });
    await report(job, { stage: "director", type: "start" });
    await report(job, { stage: "visuals", type: "error", error: "Rate limit exceeded" });
    await report(job, { stage: "critic", type: "skipped", reason: "Dry run mode" });
    const { id, topic, status, stages } = (await (await open(t, job.eventsUrl)).event("job:snapshot")).json();
    assert.deepEqual({ id, topic, status }, { id: job.id, topic: "Black holes", status: "running" });
    assert.deepEqual(stages.research, { status: "done", detail: "5 key facts", durationSec: 4.2 });
    const words = Object.entries(stages).map(([name, stage]) => `${name} ${stage.status}`);
    assert.deepEqual(words, ["research done", "director running", "tts pending", "visuals error", "critic skipped"]);
  });

  test("the snapshot gathers what the stages brought", async (t) => {
    const job = await project.running();
    for (const entry of SEED_REPORTS) await report(job, entry);
    const snapshot = (await (await open(t, job.eventsUrl)).event("job:snapshot")).json();
    assert.equal(snapshot.researchData.mood, "epic_cinematic");
    assert.equal(snapshot.score.archetype, "...");
    assert.equal(snapshot.costEstimate.totalCost, 0.12);
    assert.equal(snapshot.musicTrack.provider, "lyria");
    assert.equal(snapshot.criticReview.score, 8.5);
  });

  test("the snapshot carries the fields of meta where no word of ours stands, and never the payload", async (t) => {
    const job = await project.create({ topic: "ours", meta: { owner: "ada", topic: "theirs" }, payload: { secret: 1 } });
    const snapshot = (await (await open(t, job.eventsUrl, { key: project.apiKey })).event("job:snapshot")).json();
    assert.deepEqual([snapshot.owner, snapshot.topic], ["ada", "ours"]);
    assert.ok(!("payload" in snapshot));
  });

  const WORDS = {
    scheduled: "queued", pending: "queued", delivered: "queued", running: "running", completed: "completed", failed: "failed",
    cancelled: "cancelled",
  };
  for (const [state, word] of Object.entries(WORDS)) {
    test(`a ${state} job is told as “${word}”`, async (t) => {
      const job = await STATES[state](project);
      assert.equal((await job.now()).status, state);
      assert.equal((await (await open(t, job.eventsUrl)).event("job:snapshot")).json().status, word);
    });
  }

  test("every report of seed 001 arrives as stage:<name> with exactly its fields, live", async (t) => {
    const job = await project.running();
    const stream = await open(t, job.eventsUrl);
    await stream.event("job:snapshot");
    for (const entry of SEED_REPORTS) {
      const { id } = await report(job, entry);
      const frame = await stream.event();
      assert.deepEqual([frame.event, frame.id, frame.json()], [`stage:${entry.stage}`, String(id), entry]);
    }
  });

  test("tells of start, progress and completion, then closes", async (t) => {
    const job = await project.create();
    const stream = await open(t, job.eventsUrl);
    await job.report("ack");
    const said = { percent: 65, message: "Encoding video", subProgress: { transcode: { percent: 42, message: "Pass 1/2" } } };
    await job.report("progress", said);
    await job.report("complete");
    const events = await stream.remaining();
    assert.deepEqual(names(events), ["job:snapshot", "job:started", "job:progress", "job:completed"]);
    assert.deepEqual([events[2].json(), events[3].json()], [said, {}]);
    assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
  });

  test("ids are times in milliseconds that grow strictly", async (t) => {
    const job = await project.running();
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await Promise.all(Array.from({ length: 30 }, (_, percent) => job.report("progress", { percent })));
    await job.report("complete");
    const ids = (await stream.remaining()).map((event) => Number(event.id));
    assert.equal(ids.length, 32);
    assert.ok(ids.every((id, at) => at === 0 || id > ids[at - 1]), ids.join());
    assert.ok(Math.abs(ids.at(-1) - Date.now()) < 60_000);
  });

  test("a failed job ends with job:failed and its error, then closes", async (t) => {
    const job = await project.running();
    const stream = await open(t, job.eventsUrl);
    await job.report("fail", { error: "ANTHROPIC_API_KEY is required", retry: false });
    const last = (await stream.remaining()).at(-1);
    assert.deepEqual([last.event, last.json()], ["job:failed", { error: "ANTHROPIC_API_KEY is required" }]);
    assert.equal(await stream.ended, "clean");
  });

  for (const [how, prepare] of [["killed", STATES.running], ["cancelled", STATES.pending]]) {
    test(`a ${how} job ends as job:failed with cancelled: true`, async (t) => {
      const job = await prepare(project);
      const stream = await open(t, job.eventsUrl);
      await job.report(how === "killed" ? "kill" : "cancel");
      const last = (await stream.remaining()).at(-1);
      assert.equal(last.event, "job:failed");
      assert.equal(last.json().cancelled, true);
      assert.equal(typeof last.json().error, "string");
    });
  }

  for (const [state, name] of [["completed", "job:completed"], ["failed", "job:failed"], ["cancelled", "job:failed"]]) {
    test(`who comes to a ${state} job without a cursor gets snapshot, end and close`, async (t) => {
      const stream = await open(t, (await STATES[state](project)).eventsUrl);
      assert.deepEqual(names(await stream.remaining()), ["job:snapshot", name]);
      assert.equal(await stream.ended, "clean");
    });
  }

  test("a failed attempt with another to come is job:retry, and the stream goes on to the end", async (t) => {
    const job = await project.running({ name: "fails once" });
    const stream = await open(t, job.eventsUrl);
    const failed = await job.report("fail", { error: "disk full" });
    const retry = (await stream.event("job:retry")).json();
    assert.deepEqual([retry.attempt, retry.error, failed.status], [2, "disk full", "scheduled"]);
    assert.equal(Date.parse(retry.retryAt), Date.parse(failed.scheduledFor));
    await project.polled({ waitSeconds: 20, names: ["fails once"] });
    await job.report("ack");
    await job.report("complete");
    assert.deepEqual(names(await stream.remaining()), ["job:started", "job:completed"]);
  });

  test("a deleted job's stream is closed", async (t) => {
    const job = await project.create();
    const stream = await open(t, job.eventsUrl);
    await stream.event("job:snapshot");
    await job.ask("DELETE");
    assert.equal(await stream.ended, "clean");
  });

  test("an EventSource that is not closed by its page is stopped by 204 after the end", async (t) => {
    const job = await project.running();
    const listener = listen(t, job.eventsUrl, ["job:snapshot", "job:completed"]);
    await listener.event("job:snapshot");
    await job.report("complete");
    await listener.closed();
    assert.deepEqual(listener.seen.map((event) => event.name), ["job:snapshot", "job:completed"]);
    assert.equal(listener.errors.at(-1), 204);
  });
});
