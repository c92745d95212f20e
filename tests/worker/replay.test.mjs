// Cursors: whoever comes back with one gets every event after it, once, in order, and then what follows.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { refused, request } from "./request.mjs";
import { STATES } from "./states.mjs";
import { names, open } from "./stream.mjs";

const percents = (events) => events.filter((event) => event.event === "job:progress").map((event) => event.json().percent);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A running job with progress 1 to `count` in its log, and the ids of those reports. */
async function reported(project, count, fields) {
  const job = await project.running(fields);
  const ids = [];
  for (const percent of range(1, count)) ids.push((await job.report("progress", { percent })).id);
  return { job, ids };
}

describe("a stream with a cursor", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject({ publicRead: true })));

  test("brings a snapshot of now, the missed events in order, then live ones", async (t) => {
    const { job, ids } = await reported(project, 5);
    const stream = await open(t, job.eventsUrl, { cursor: String(ids[1]) });
    const caughtUp = await stream.until((event) => event.id === String(ids[4]) && event.event === "job:progress");
    assert.deepEqual(names(caughtUp), ["job:snapshot", "job:progress", "job:progress", "job:progress"]);
    assert.equal(caughtUp[0].json().progress, 5);
    await job.report("progress", { percent: 6 });
    await job.report("complete");
    assert.deepEqual(percents([...caughtUp, ...(await stream.remaining())]), [3, 4, 5, 6]);
  });

  test("may bring it as ?lastEventId=", async (t) => {
    const { job, ids } = await reported(project, 4);
    await job.report("complete");
    const stream = await open(t, `${job.eventsUrl}?lastEventId=${ids[2]}`);
    assert.deepEqual(percents(await stream.remaining()), [4]);
  });

  test("goes by the header where both are there", async (t) => {
    const { job, ids } = await reported(project, 4);
    await job.report("complete");
    const stream = await open(t, `${job.eventsUrl}?lastEventId=${ids[0]}`, { cursor: String(ids[2]) });
    assert.deepEqual(percents(await stream.remaining()), [4]);
  });

  test("counts an empty header as none", async (t) => {
    const { job, ids } = await reported(project, 4);
    await job.report("complete");
    const stream = await open(t, `${job.eventsUrl}?lastEventId=${ids[2]}`, { headers: { "last-event-id": "" } });
    assert.deepEqual(percents(await stream.remaining()), [4]);
  });

  test("brings the whole log for cursor 0", async (t) => {
    const { job } = await reported(project, 3);
    await job.report("complete");
    const events = await (await open(t, job.eventsUrl, { cursor: "0" })).remaining();
    assert.deepEqual(names(events.slice(1)), ["job:started", "job:progress", "job:progress", "job:progress", "job:completed"]);
  });

  test("loses nothing when the reader drops right after the snapshot", async (t) => {
    const { job, ids } = await reported(project, 4);
    const first = await open(t, job.eventsUrl, { cursor: String(ids[0]) });
    const snapshot = await first.event("job:snapshot");
    await first.close();
    await job.report("complete");
    const again = await open(t, job.eventsUrl, { cursor: snapshot.id });
    assert.deepEqual(percents(await again.remaining()), [2, 3, 4]);
  });

  for (const bad of ["abc", "-1", "1.5", "1e3", "9".repeat(30), "0x10", " 1 2", "١٢"]) {
    test(`a malformed cursor is refused by name: ${bad}`, async () => {
      const job = await project.create();
      const query = await request(`${job.eventsUrl}?lastEventId=${encodeURIComponent(bad)}`);
      refused(query, 400, { code: "invalid_cursor", field: "lastEventId" });
      if (/^[\x20-\x7e]*$/.test(bad)) {
        refused(await request(job.eventsUrl, { headers: { "last-event-id": bad } }), 400, { field: "Last-Event-ID" });
      }
    });
  }

  test("newer than the log is told by reset, then snapshot, then live", async (t) => {
    const { job, ids } = await reported(project, 2);
    const stream = await open(t, job.eventsUrl, { cursor: String(ids[1] + 1_000_000) });
    const [reset, snapshot] = [await stream.event(), await stream.event()];
    assert.deepEqual([reset.event, snapshot.event, snapshot.id], ["reset", "job:snapshot", String(ids[1])]);
    assert.deepEqual(Object.keys(reset.json()).toSorted(), ["oldest", "reason"]);
    await job.report("progress", { percent: 3 });
    assert.deepEqual(percents([await stream.event()]), [3]);
  });

  for (const [state, end] of [["completed", "job:completed"], ["failed", "job:failed"], ["cancelled", "job:failed"]]) {
    test(`of a ${state} job at its end gets 204, and just before it the end`, async (t) => {
      const job = await STATES[state](project);
      const last = (await (await open(t, job.eventsUrl)).remaining()).at(-1);
      const gone = await open(t, job.eventsUrl, { cursor: last.id });
      assert.deepEqual([gone.status, await gone.ended, gone.frames.length], [204, "clean", 0]);
      const before = await open(t, job.eventsUrl, { cursor: String(Number(last.id) - 1) });
      assert.deepEqual(names(await before.remaining()), ["job:snapshot", end]);
    });
  }

  test("of a job that a person retried goes on with the retry", async (t) => {
    const job = await STATES.failed(project);
    const end = (await (await open(t, job.eventsUrl)).remaining()).at(-1);
    await job.report("retry");
    const stream = await open(t, job.eventsUrl, { cursor: end.id });
    assert.deepEqual(names(await stream.until((event) => event.event === "job:retry")), ["job:snapshot", "job:retry"]);
  });

  test("of another reader's scope goes on without what this one may not see", async (t) => {
    const { job, ids } = await reported(project, 1);
    const { id } = await job.report("event", { note: "hidden" });
    await job.report("progress", { percent: 2 });
    await job.report("complete");
    assert.deepEqual(percents(await (await open(t, job.eventsUrl, { cursor: String(id) })).remaining()), [2]);
    assert.deepEqual(percents(await (await open(t, job.eventsUrl, { cursor: String(ids[0]) })).remaining()), [2]);
  });
});

describe("a replay", { concurrency: true }, () => {
  const framed = (stream) => stream.frames.filter((frame) => frame.dispatches && frame.event !== "job:snapshot");

  test("is what live readers got, byte for byte, of every kind of event", async (t) => {
    const project = await newProject({ publicRead: true });
    const job = await project.create({ stages: ["encode"], maxAttempts: 2 });
    const readers = [{ key: project.apiKey }, {}];
    const narrowings = ["", "?events=stage:*", "?events=job:log,job:progress"];
    const all = (cursor) => Promise.all(readers.flatMap((reader) => narrowings.map((query) => open(t, job.eventsUrl + query, { ...reader, cursor }))));
    const live = await all();
    for (const stream of live) await stream.event("job:snapshot");
    await job.report("ack");
    await job.report("progress", { percent: 12.5, message: "a \"b\"\n\u2028 ü 😀", subProgress: { "x y": { percent: 1e-7 } } });
    await job.report("stages/encode", { type: "start", detail: "\\" });
    await job.report("stages/say%20%22hi%22", { type: "note", data: { stage: "encode" } });
    await job.report("checkpoint", { frames: [1, 2.0, -0.5, 1e30] });
    await job.report("event", { note: "job:progress" });
    await job.report("logs", [{ message: "a\tb", level: "warn", timestamp: "2026-03-01T09:21:01Z", source: "w", metadata: { n: 1.0 } }, ""]);
    await job.report("fail", { error: "once more" });
    await job.report("kill", { reason: "enough" });
    for (const stream of live) await stream.ended;
    const replayed = await all("0");
    for (const [index, stream] of replayed.entries()) {
      await stream.ended;
      assert.deepEqual(framed(stream), framed(live[index]), `reader ${index}`);
    }
    assert.ok(framed(replayed[0]).length > framed(replayed[3]).length);
  });

  test("brings events of any size, small ones before and after the largest", async (t) => {
    const project = await newProject();
    const { job } = await reported(project, 90);
    for (const index of range(1, 30)) await job.report("checkpoint", { index, text: "x".repeat(250_000) });
    for (const percent of range(1, 9)) await job.report("progress", { percent });
    await job.report("complete");
    const events = await (await open(t, job.eventsUrl, { key: project.apiKey, cursor: "0" })).remaining();
    const saved = events.filter((event) => event.event === "job:checkpoint").map((event) => event.json().data.index);
    assert.deepEqual(saved, range(1, 30));
    assert.deepEqual(percents(events), [...range(1, 90), ...range(1, 9)]);
    assert.equal(events.at(-1).event, "job:completed");
  });

  test("brings the log as it is now, whatever was replayed before and to whom", async (t) => {
    const project = await newProject({ publicRead: true });
    const job = await project.running({ maxAttempts: 1 });
    const readers = [{ key: project.apiKey }, {}, { key: project.apiKey }, {}];
    const expected = ["job:started"];
    const replayed = async (take) => {
      for (const reader of readers) {
        const events = await take(await open(t, job.eventsUrl, { ...reader, cursor: "0" }));
        assert.deepEqual(names(events.slice(1)), expected.filter((name) => reader.key || name !== "job:event"));
      }
    };
    for (const number of range(1, 3)) {
      await job.report("event", { number });
      // Large enough that its page would be worth keeping.
      const { id } = await job.report("stages/encode", { type: "note", number, text: "x".repeat(50_000) });
      expected.push("job:event", "stage:encode");
      await replayed((stream) => stream.until((event) => event.id === String(id) && event.event === "stage:encode"));
    }
    await job.report("fail", { error: "enough" });
    expected.push("job:failed");
    await replayed((stream) => stream.remaining());
    await job.report("retry");
    expected.push("job:retry");
    await replayed((stream) => stream.until((event) => event.event === "job:retry"));
  });
});

describe("the seam between replay and live", { concurrency: true }, () => {
  const REPORTS = 300;
  const READERS = 24;

  test("neither loses nor doubles an event while reports run, with and without a cursor", async (t) => {
    const project = await newProject({ publicRead: true });
    const job = await project.running();
    const readers = [];
    const ids = [];
    for (const index of range(1, REPORTS)) {
      ids.push((await job.report("event", { index })).id);
      if (index % Math.floor(REPORTS / READERS) === 0) {
        const cursor = readers.length % 2 ? String(ids[Math.floor(Math.random() * index)]) : undefined;
        readers.push({ cursor, stream: open(t, job.eventsUrl, { key: project.apiKey, cursor }) });
      }
    }
    await job.report("complete");
    for (const { cursor, stream } of readers) {
      const [snapshot, ...events] = await (await stream).remaining();
      const expected = ids.filter((id) => id > Number(cursor ?? snapshot.id)).map(String);
      assert.deepEqual(events.slice(0, -1).map((event) => event.id), expected, `cursor ${cursor}, snapshot ${snapshot.id}`);
      assert.equal(events.at(-1).event, "job:completed");
    }
  });

  test("holds when many producers' calls report at once", async (t) => {
    const project = await newProject();
    const job = await project.running();
    const ids = [];
    const producer = async (count) => {
      while (ids.length < count) ids.push((await job.report("progress", { percent: 1 })).id);
    };
    const producers = Array.from({ length: 8 }, () => producer(200));
    await producer(50);
    const stream = await open(t, job.eventsUrl, { key: project.apiKey, cursor: "0" });
    await Promise.all(producers);
    await job.report("complete");
    const seen = percents(await stream.remaining()).length;
    assert.equal(seen, ids.length);
    const progress = stream.frames.filter((frame) => frame.event === "job:progress").map((frame) => frame.id);
    assert.deepEqual(progress, ids.toSorted((a, b) => a - b).map(String));
  });
});

describe("a log that is longer than what is kept", { concurrency: true }, () => {
  const BATCH = 1_000;

  test("answers a cursor from before with reset, and says what the oldest kept event is", async (t) => {
    const project = await newProject({ publicRead: true });
    const { job, ids } = await reported(project, 2);
    const logs = Array.from({ length: BATCH }, (_, index) => `line ${index}`);
    for (let sent = 0; sent < 115_000; sent += BATCH) await job.report("logs", { logs });
    await job.report("progress", { percent: 3 });

    const full = await open(t, job.eventsUrl, { key: project.apiKey, cursor: String(ids[0]) });
    const reset = await full.event();
    assert.equal(reset.event, "reset");
    assert.ok(reset.json().oldest > ids[1]);
    assert.equal((await full.event()).event, "job:snapshot");
    const kept = await open(t, job.eventsUrl, { cursor: String(ids[0]) });
    assert.deepEqual(percents(await kept.until((event) => event.event === "job:progress" && event.json().percent === 3)), [2, 3]);
    const oldest = (await job.lines("limit=1"))[0].seq;
    assert.ok(oldest > 1 && oldest <= 115_000 - 100_000 + 1, `the oldest kept line is ${oldest}`);
  });
});
