// How one stream is followed over many connections: cursor, snapshot, end, back-off, states.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, FakeStream, json, noContent, refusal } from "./fake/service.mjs";
import { settle } from "./fake/clock.mjs";
import { watchingJob, watchingProject } from "./fake/watching.mjs";

const LOST = new TypeError("fetch failed");
const snapshot = (id, data = {}) => frame("job:snapshot", id, { status: "running", stages: {}, ...data });

test("events come with their type, id and data, and the cursor is the last one's id", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await stream.send("retry: 1500\n\n", snapshot(10), frame("job:progress", 11, { percent: 5 }));
  assert.deepEqual(seen.events[1], { type: "job:progress", id: "11", data: { percent: 5 } });
  assert.equal(seen.watch.cursor, "11");
  assert.equal(seen.watch.state, "live");
  assert.deepEqual(seen.service.cursors, [null]);
  seen.watch.close();
});

test("the address carries cursor, token and narrowing; the key goes as a header", async () => {
  const seen = watchingJob({ cursor: 7, token: "jct_a", key: "jc_k", events: ["job:progress", "stage:*"] });
  seen.service.will(new FakeStream());
  await seen.begin();
  const [{ url, headers }] = seen.service.requests;
  assert.equal(url.pathname, "/api/v1/jobs/job_1/events");
  assert.deepEqual(Object.fromEntries(url.searchParams), { lastEventId: "7", token: "jct_a", events: "job:progress,stage:*" });
  assert.equal(headers.get("x-api-key"), "jc_k");
  seen.watch.close();
});

test("after a break it goes on from the last event that came whole, and shows no second snapshot", async () => {
  const [seen, first, second] = [watchingJob(), new FakeStream(), new FakeStream()];
  seen.service.will(first, second);
  await seen.begin();
  await first.send("retry: 2000\n\n", snapshot(10), frame("job:progress", 11), "id: 12\nevent: job:progress\ndata: {");
  await first.break();
  await seen.clock.pass(2_000);
  await second.send(snapshot(11), frame("job:progress", 12), frame("job:progress", 13));
  assert.deepEqual(seen.service.cursors, [null, "11"]);
  assert.deepEqual(seen.told, ["job:snapshot 10", "job:progress 11", "job:progress 12", "job:progress 13"]);
  seen.watch.close();
});

test("a connection that ends in order (the cap) comes back after retry, and is never called offline", async () => {
  const [seen, first, second] = [watchingJob(), new FakeStream(), new FakeStream()];
  seen.service.will(first, second);
  await seen.begin();
  await first.send("retry: 1200\n\n", snapshot(10), ": ping\n\n");
  await first.end();
  assert.equal(seen.watch.state, "connecting");
  await seen.clock.pass(1_199);
  assert.equal(seen.service.requests.length, 1);
  await seen.clock.pass(1);
  await second.send(snapshot(10), ": ping\n\n");
  assert.deepEqual(seen.states, ["live", "connecting", "catching-up", "live"]);
  seen.watch.close();
});

test("a block of id alone moves the cursor without an event", async () => {
  const [seen, first] = [watchingProject({ view: "activity", project: "prj_1" }), new FakeStream()];
  seen.service.will(first, new FakeStream());
  await seen.begin();
  await first.send("id: 40\n\n");
  assert.equal(seen.watch.cursor, "40");
  await first.break();
  await seen.clock.pass(1_000);
  assert.deepEqual(seen.service.cursors, [null, "40"]);
  assert.deepEqual(seen.events, []);
  seen.watch.close();
});

test("the stream's end after the last event is the end, and nobody asks again", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await stream.send(snapshot(10), frame("job:completed", 11, { result: 1 }));
  assert.equal(seen.ending, undefined);
  await stream.end();
  assert.deepEqual(seen.ending, { reason: "finished" });
  assert.equal(seen.watch.state, "ended");
  assert.deepEqual(seen.clock.due, []);
});

test("a failure of the past in a replay is not the end", async () => {
  const [seen, first, second] = [watchingJob({ cursor: "0" }), new FakeStream(), new FakeStream()];
  seen.service.will(first, second);
  await seen.begin();
  await first.send(snapshot(0), frame("job:failed", 11, { error: "x" }), frame("job:retry", 12), frame("job:started", 13));
  await first.end();
  await seen.clock.pass(1_000);
  await second.send(snapshot(13), frame("job:completed", 14));
  await second.end();
  assert.deepEqual(seen.ending, { reason: "finished" });
  assert.equal(seen.told.at(-1), "job:completed 14");
});

test("a break right after a failure asks once more whether it was the last event, and 204 says yes", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(stream, noContent());
  await seen.begin();
  await stream.send(snapshot(10), frame("job:failed", 11, { error: "x" }));
  await stream.break();
  assert.equal(seen.watch.state, "live");
  await seen.clock.pass(1_000);
  assert.deepEqual(seen.service.cursors, [null, "11"]);
  assert.deepEqual(seen.ending, { reason: "finished" });
  assert.deepEqual(seen.states, ["live", "ended"]);
});

test("204 at once is the end", async () => {
  const seen = watchingJob({ cursor: "99" });
  seen.service.will(noContent());
  await seen.begin();
  assert.deepEqual(seen.ending, { reason: "finished" });
});

for (const [status, code] of [[400, "invalid_cursor"], [401, "invalid_credential"], [403, "missing_scope"], [404, "job_not_found"]]) {
  test(`${status} ends it, with the service's words`, async () => {
    const seen = watchingJob();
    seen.service.will(refusal(status, code));
    await seen.begin();
    assert.equal(seen.ending.reason, "refused");
    const { error } = seen.ending;
    assert.deepEqual([error.name, error.status, error.code, error.message, error.requestId], ["Refused", status, code, `No: ${code}.`, "req_1"]);
    assert.deepEqual(seen.clock.due, []);
  });
}

test("waits double while nothing comes of it, up to half a minute, and begin anew after a good connection", async () => {
  const [seen, good] = [watchingJob(), new FakeStream()];
  seen.service.will(...Array(7).fill(LOST), good, LOST);
  await seen.begin();
  assert.equal(seen.watch.state, "offline");
  for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    assert.deepEqual(seen.clock.due, [ms]);
    await seen.clock.pass(ms);
  }
  await good.send(snapshot(10), frame("job:progress", 11));
  await good.break();
  assert.deepEqual(seen.clock.due, [1_000]);
  seen.watch.close();
});

test("a service that opens every stream and drops it at once is asked less and less often", async () => {
  const seen = watchingJob();
  const doomed = () => {
    const stream = new FakeStream();
    stream.send(snapshot(10));
    stream.end();
    return stream;
  };
  seen.service.will(doomed, doomed, doomed);
  await seen.begin();
  for (const ms of [1_000, 2_000]) {
    assert.deepEqual(seen.clock.due, [ms]);
    await seen.clock.pass(ms);
  }
  assert.deepEqual(seen.clock.due, [4_000]);
  seen.watch.close();
});

test("chance makes waits longer, never shorter than what the service asked for", async () => {
  const seen = watchingJob();
  seen.clock.chance = 0.999;
  seen.service.will(LOST);
  await seen.begin();
  assert.ok(seen.clock.due[0] > 1_400 && seen.clock.due[0] <= 1_500);
  seen.watch.close();
});

test("429 and 503 pass: Retry-After is waited for, in full", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(refusal(429, "rate_limited", { "retry-after": "7" }), refusal(503, "unavailable"), stream);
  await seen.begin();
  assert.deepEqual(seen.clock.due, [7_000]);
  await seen.clock.pass(7_000);
  assert.deepEqual(seen.clock.due, [2_000]);
  await seen.clock.pass(2_000);
  await stream.send(snapshot(10));
  assert.equal(seen.watch.state, "live");
  seen.watch.close();
});

test("a page of somebody in between is no stream and no refusal: it passes", async () => {
  const seen = watchingJob();
  seen.service.will(new Response("<h1>Welcome to our hotel</h1>", { headers: { "content-type": "text/html" } }), json(200, {}));
  await seen.begin();
  assert.equal(seen.watch.state, "offline");
  seen.watch.close();
});

test("reset is told, and the state that comes with it too", async () => {
  const [seen, first, second] = [watchingJob(), new FakeStream(), new FakeStream()];
  seen.service.will(first, second);
  await seen.begin();
  await first.send(snapshot(10), frame("job:progress", 11));
  await first.break();
  await seen.clock.pass(1_000);
  await second.send(frame("reset", undefined, { reason: "cursor_too_old", oldest: 500 }), snapshot(600), frame("job:progress", 601));
  assert.deepEqual(seen.told.slice(2), ["reset 11", "job:snapshot 600", "job:progress 601"]);
  assert.deepEqual(seen.events[2].data, { reason: "cursor_too_old", oldest: 500 });
  assert.equal(seen.watch.cursor, "601");
  seen.watch.close();
});

test("catching up ends with quiet, with a heartbeat, or with an event of the present", async () => {
  for (const sign of ["quiet", "heartbeat", "present"]) {
    const [seen, stream] = [watchingJob({ cursor: "5" }), new FakeStream()];
    seen.service.will(stream);
    await seen.begin();
    await stream.send(snapshot(5), frame("job:progress", 6));
    await seen.clock.pass(299);
    await stream.send(frame("job:progress", 7));
    assert.equal(seen.watch.state, "catching-up", sign);
    if (sign === "quiet") await seen.clock.pass(300);
    if (sign === "heartbeat") await stream.send(": ping\n\n");
    if (sign === "present") await stream.send(frame("job:progress", seen.clock.now() + 10));
    assert.equal(seen.watch.state, "live", sign);
    seen.watch.close();
  }
});

test("the project's stream greets once, and its heartbeats are no events", async () => {
  const [seen, first, second] = [watchingProject({ projectKey: "pk_1" }), new FakeStream(), new FakeStream()];
  seen.service.will(first, second);
  await seen.begin();
  await first.send(frame("connected", 10, { clientId: "c" }), frame("heartbeat", undefined, { timestamp: "…" }), frame("job:created", 11, { jobId: "j" }));
  await first.end();
  await seen.clock.pass(1_000);
  await second.send(frame("connected", 11, { clientId: "d" }), frame("job:deleted", 12, { jobId: "j" }));
  assert.deepEqual(seen.told, ["connected 10", "job:created 11", "job:deleted 12"]);
  assert.equal(seen.service.requests[0].url.href, "https://jobcast.example/queue/events?key=pk_1");
  seen.watch.close();
});

test("an event that is not JSON ends the stream: nothing may be left out in silence", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await stream.send(snapshot(10), "event: job:progress\nid: 11\ndata: {oops\n\n");
  assert.equal(seen.ending.reason, "refused");
  assert.match(seen.ending.error.message, /not JSON: \{oops/);
});

test("closing ends the connection, the waits and the timers", async () => {
  const [seen, stream] = [watchingJob(), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await stream.send(snapshot(10));
  seen.watch.close();
  await settle();
  assert.equal(stream.left, true);
  assert.deepEqual(seen.ending, { reason: "closed" });
  assert.deepEqual(seen.clock.due, []);
});

test("an aborted signal closes it, also during a wait and before it began", async () => {
  const abort = new AbortController();
  const seen = watchingJob({ signal: abort.signal });
  seen.service.will(LOST);
  await seen.begin();
  abort.abort();
  assert.deepEqual(await seen.watch.done, { reason: "closed" });
  assert.deepEqual(seen.clock.due, []);
  const late = await watchingJob({ signal: abort.signal }).begin();
  assert.deepEqual(await late.watch.done, { reason: "closed" });
  assert.equal(late.service.requests.length, 0);
});

test("a browser that is online again does not wait any longer", async (t) => {
  const page = new EventTarget();
  for (const part of ["addEventListener", "removeEventListener"]) {
    globalThis[part] = page[part].bind(page);
    t.after(() => delete globalThis[part]);
  }
  const seen = watchingJob();
  seen.service.will(LOST, new FakeStream());
  await seen.begin();
  assert.equal(seen.watch.state, "offline");
  page.dispatchEvent(new Event("online"));
  await settle();
  assert.equal(seen.watch.state, "live");
  seen.watch.close();
});

test("a callback that throws is told as an uncaught error, and the stream goes on", async (t) => {
  const uncaught = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => uncaught.push(error.message));
  t.after(() => {
    process.removeAllListeners("uncaughtException");
    for (const other of others) process.on("uncaughtException", other);
  });
  const told = [];
  const [seen, stream] = [watchingJob({ onEvent: ({ id }) => {
    told.push(id);
    throw new Error(`at ${id}`);
  } }), new FakeStream()];
  seen.service.will(stream);
  await seen.begin();
  await stream.send(snapshot(10), frame("job:progress", 11));
  assert.deepEqual([told, uncaught], [["10", "11"], ["at 10", "at 11"]]);
  seen.watch.close();
});
