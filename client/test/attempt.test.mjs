// How one attempt reports: throttled, in order, once, and no more when it is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./fake/clock.mjs";
import { producing } from "./fake/producing.mjs";
import { json, refusal } from "./fake/service.mjs";

const parts = (service) => service.reports.map(([part]) => part);
/** Packing takes real time. */
const packed = (attempt) => attempt.flush();

test("of many values of progress the first goes out at once, then the newest of each beat", async () => {
  const { attempt, service, clock } = producing();
  for (let percent = 0; percent <= 50; percent++) attempt.progress(percent);
  await settle();
  assert.deepEqual(service.reports, [["progress", { percent: 0 }]]);
  await clock.pass(250);
  attempt.progress(51.26, "Encoding", { encode: { percent: 3 } });
  attempt.progress(52.26, "Encoding", { encode: { percent: 4 } });
  await clock.pass(250);
  assert.deepEqual(service.reports.slice(1), [["progress", { percent: 50 }], ["progress", { percent: 52.3, message: "Encoding", subProgress: { encode: { percent: 4 } } }]]);
  await clock.pass(1_000);
  assert.equal(service.requests.length, 3);
  attempt.end();
});

test("what waits is sent before the end, in the order in which it was made", async () => {
  const { attempt, service } = producing();
  attempt.progress(1);
  await settle();
  attempt.progress(2);
  attempt.progress(99);
  attempt.log("last words", "warn");
  await attempt.complete({ ok: true });
  assert.deepEqual(service.reports.map(([part, body]) => (part === "logs" ? [part, body[0].message, body[0].level] : [part, body])), [
    ["progress", { percent: 1 }], ["logs", "last words", "warn"], ["progress", { percent: 99 }], ["complete", { result: { ok: true } }],
  ]);
  attempt.end();
});

test("no job fails for what it says of itself: 0 of 0, an empty message, a NUL, half a character", async () => {
  const { attempt, service, clock } = producing();
  attempt.progress(40);
  await settle();
  attempt.progress(0 / 0, "");
  await clock.pass(250);
  attempt.progress(50, "a\0b\ud83d");
  attempt.log("cut \ud83d", "warn");
  await attempt.event({ word: "\udc00", whole: "😀" });
  await attempt.fail(new Error("a\0b"));
  const bodies = service.reports.map(([part, body]) => [part, part === "logs" ? body[0].message : body]);
  assert.deepEqual(bodies, [
    ["progress", { percent: 40 }], ["progress", { percent: 40 }], ["logs", "cut \ufffd"], ["progress", { percent: 50, message: "a\ufffdb\ufffd" }],
    ["event", { word: "\ufffd", whole: "😀" }], ["fail", { error: "a\ufffdb" }],
  ]);
  attempt.end();
});

test("every report names its attempt and carries the key", async () => {
  const { attempt, service } = producing();
  await attempt.checkpoint({ frame: 1 });
  const [{ headers, method }] = service.requests;
  assert.deepEqual([method, headers.get("x-job-attempt"), headers.get("x-api-key"), headers.get("content-type")], ["POST", "2", "jc_k", "application/json"]);
  attempt.end();
});

test("a report whose answer got lost is repeated with the same Idempotency-Key, and the next has another", async () => {
  const { attempt, service, clock } = producing();
  service.will(new TypeError("fetch failed"), refusal(503, "unavailable", { "retry-after": "2" }), json(200, { success: true, id: 1 }));
  const told = attempt.event({ n: 1 });
  await settle();
  await clock.pass(250);
  assert.equal(service.requests.length, 2);
  await clock.pass(2_000);
  await told;
  await attempt.event({ n: 2 });
  const keys = service.requests.map(({ headers }) => headers.get("idempotency-key"));
  assert.equal(keys.length, 4);
  assert.equal(new Set(keys.slice(0, 3)).size, 1);
  assert.notEqual(keys[3], keys[0]);
  assert.deepEqual(service.reports.map(([, body]) => body), [{ n: 1 }, { n: 1 }, { n: 1 }, { n: 2 }]);
  attempt.end();
});

test("a report that waits for the network does not let a later one pass", async () => {
  const { attempt, service, clock } = producing();
  service.will(new TypeError("fetch failed"));
  const [first, second] = [attempt.event({ n: 1 }), attempt.checkpoint({ n: 2 })];
  await settle();
  assert.deepEqual(parts(service), ["event"]);
  await clock.pass(250);
  await Promise.all([first, second]);
  assert.deepEqual(parts(service), ["event", "event", "checkpoint"]);
  attempt.end();
});

for (const code of ["job_cancelled", "attempt_superseded", "job_not_running", "job_finished"]) {
  test(`409 ${code} aborts the work, and nothing more is sent`, async () => {
    const { attempt, service, clock } = producing();
    service.will(refusal(409, code));
    attempt.progress(5);
    await settle();
    assert.equal(attempt.signal.aborted, true);
    assert.equal(attempt.signal.reason.code, code);
    await assert.rejects(attempt.event({ late: true }), { code });
    attempt.log("late");
    await clock.pass(60_000);
    assert.equal(service.requests.length, 1);
    attempt.end();
  });
}

test("a handler that is silent learns of a kill by the keepalive", async () => {
  const { attempt, service, clock } = producing();
  await clock.pass(9_999);
  assert.equal(service.requests.length, 0);
  service.will(json(200, { success: true, deadline: "…" }), refusal(409, "job_cancelled"));
  await clock.pass(251);
  assert.deepEqual(service.reports, [["keepalive", undefined]]);
  await clock.pass(10_500);
  assert.equal(attempt.signal.aborted, true);
  attempt.end();
});

test("a short time-out makes the keepalive come sooner, and log lines do not put it off", async () => {
  const { attempt, service, clock } = producing({ job: { timeoutSeconds: 3 } });
  for (let i = 0; i < 3; i++) {
    attempt.log("still here");
    await attempt.flush();
    await clock.pass(250);
  }
  assert.ok(!parts(service).includes("keepalive"));
  await clock.pass(250);
  assert.ok(parts(service).includes("keepalive"));
  attempt.end();
});

test("log lines of one beat are one batch, gzipped, each with its own time", async () => {
  const { attempt, service, clock } = producing();
  attempt.log("first");
  await packed(attempt);
  for (let i = 0; i < 100; i++) attempt.log({ message: `line ${i}`, level: "debug", source: "ffmpeg", metadata: { i } });
  clock.time += 10;
  attempt.log("a time of its own");
  await packed(attempt);
  const [, [part, lines]] = service.reports;
  assert.equal(part, "logs");
  assert.equal(lines.length, 101);
  assert.deepEqual(lines[7], { message: "line 7", level: "debug", source: "ffmpeg", metadata: { i: 7 }, timestamp: "2026-01-01T00:00:00.000Z" });
  assert.equal(lines[100].timestamp, "2026-01-01T00:00:00.010Z");
  assert.equal(service.requests[1].headers.get("content-encoding"), "gzip");
  assert.equal(service.requests[1].headers.get("content-type"), "application/x-ndjson");
  attempt.end();
});

test("no batch is above the service's caps, whatever is logged", async () => {
  const { attempt, service } = producing();
  for (let i = 0; i < 2_500; i++) attempt.log(`short ${i}`);
  for (let i = 0; i < 200; i++) attempt.log(`${i} ${"ü".repeat(20_000)}`);
  await packed(attempt);
  const batches = service.reports.map(([, lines]) => lines);
  assert.deepEqual(batches.slice(0, 3).map((lines) => lines.length), [1, 1_000, 1_000]);
  assert.equal(batches.flat().length, 2_700);
  for (const lines of batches) {
    assert.ok(lines.length <= 1_000);
    assert.ok(Buffer.byteLength(lines.map((line) => JSON.stringify(line)).join("\n")) <= 1_048_576);
    for (const { message } of lines) assert.ok(Buffer.byteLength(message) <= 16_384);
  }
  attempt.end();
});

test("a stage tells its start and its end, or its error", async () => {
  const { attempt, service } = producing();
  assert.equal(await attempt.stage("fetch", () => "12 MB"), "12 MB");
  assert.deepEqual(await attempt.stage("encode", async () => ({ frames: 3 })), { frames: 3 });
  await assert.rejects(attempt.stage("up load", () => Promise.reject(Object.assign(new Error("No space."), { code: "ENOSPC" }))), /No space/);
  assert.deepEqual(service.reports, [
    ["stages/fetch", { type: "start" }], ["stages/fetch", { type: "complete", detail: "12 MB" }],
    ["stages/encode", { type: "start" }], ["stages/encode", { type: "complete" }],
    ["stages/up%20load", { type: "start" }], ["stages/up%20load", { type: "error", error: "No space.", code: "ENOSPC" }],
  ]);
  attempt.end();
});

test("a refusal that says nothing of the attempt's end is thrown to who reported", async () => {
  const { attempt, service } = producing();
  service.will(refusal(400, "invalid_request"));
  await assert.rejects(attempt.event({}), { status: 400, code: "invalid_request" });
  attempt.end();
});
