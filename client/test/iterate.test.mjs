// A stream as an async iterator.
import assert from "node:assert/strict";
import { test } from "node:test";
import { watchJob } from "jobcast-client";
import { ManualClock, settle } from "./fake/clock.mjs";
import { FakeStream, frame, refusal, ScriptedService } from "./fake/service.mjs";

function open(...answers) {
  const [service, clock] = [new ScriptedService().will(...answers), new ManualClock()];
  return { service, clock, watch: watchJob("job_1", { url: "https://jobcast.example", fetch: service.fetch, clock }) };
}

const snapshot = frame("job:snapshot", 10, { status: "running", stages: {} });

test("the loop ends with the job", async () => {
  const stream = new FakeStream();
  const { watch } = open(stream);
  await stream.send(snapshot, frame("job:progress", 11, { percent: 50 }), frame("job:completed", 12));
  await stream.end();
  const told = [];
  for await (const { type, id } of watch) told.push(`${type} ${id}`);
  assert.deepEqual(told, ["job:snapshot 10", "job:progress 11", "job:completed 12"]);
  assert.deepEqual(await watch.done, { reason: "finished" });
});

test("leaving the loop closes the stream", async () => {
  const stream = new FakeStream();
  const { watch, clock } = open(stream);
  await stream.send(snapshot, frame("job:progress", 11));
  for await (const event of watch) if (event.type === "job:snapshot") break;
  assert.deepEqual(await watch.done, { reason: "closed" });
  assert.equal(stream.left, true);
  assert.deepEqual(clock.due, []);
});

test("the cursor is the event in hand, not what has come in behind it", async () => {
  const stream = new FakeStream();
  const { watch } = open(stream);
  await stream.send(snapshot, frame("job:progress", 11), frame("job:progress", 12));
  const events = watch[Symbol.asyncIterator]();
  await events.next();
  assert.equal(watch.cursor, "10");
  await events.next();
  assert.equal(watch.cursor, "11");
  await events.return();
});

test("a refusal is thrown after what came before it", async () => {
  const { watch } = open(refusal(404, "job_not_found"));
  await assert.rejects(async () => {
    for await (const event of watch) assert.fail(event);
  }, { name: "Refused", status: 404, code: "job_not_found" });
});

test("closing from outside ends the loop", async () => {
  const stream = new FakeStream();
  const { watch } = open(stream);
  await stream.send(snapshot);
  const told = [];
  for await (const { type } of watch) {
    told.push(type);
    setImmediate(() => watch.close());
  }
  assert.deepEqual(told, ["job:snapshot"]);
});

test("a reader that takes its time holds about a thousand events in memory, and gets all of them", async () => {
  const EVENTS = 20_000;
  let sent = 0;
  const body = new ReadableStream({
    async pull(controller) {
      await settle();
      if (sent === EVENTS) return controller.close();
      const piece = Array.from({ length: 100 }, () => frame("job:progress", 100 + sent++, { percent: 1 })).join("");
      controller.enqueue(new TextEncoder().encode(sent === EVENTS ? piece + frame("job:completed", 100 + sent) : piece));
    },
  });
  const { watch } = open(new Response(body, { headers: { "content-type": "text/event-stream" } }));
  let next = 100;
  for await (const { id } of watch) {
    assert.equal(Number(id), next++);
    assert.ok(sent - (next - 100) < 2_000, `${sent} sent when ${next - 100} were read`);
  }
  assert.equal(next, 100 + EVENTS + 1);
});

test("a stream with onEvent cannot be iterated too", async () => {
  const watch = watchJob("job_1", { url: "https://jobcast.example", onEvent() {}, fetch: new ScriptedService().fetch, clock: new ManualClock() });
  await assert.rejects(watch[Symbol.asyncIterator]().next(), /onEvent/);
  watch.close();
});
