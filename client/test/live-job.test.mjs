// A job as it is drawn, when its log is read from the beginning.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveJob } from "jobcast-client";
import { ManualClock } from "./fake/clock.mjs";
import { FakeStream, frame, ScriptedService } from "./fake/service.mjs";

test("who asks for the whole log sees the state now while it comes, and each event of it", async () => {
  const [stream, service, clock] = [new FakeStream(), new ScriptedService(), new ManualClock()];
  service.will(stream);
  const [heard, drawn] = [[], []];
  const live = new LiveJob("job_1", { url: "https://jobcast.example", fetch: service.fetch, clock, cursor: 0, onEvent: ({ type }) => void heard.push(type) });
  const leave = live.subscribe(() => drawn.push(live.get().job?.progress));
  await clock.pass(0);
  await stream.send(frame("job:snapshot", 0, { id: "job_1", status: "running", progress: 80, stages: {} }));
  await clock.pass(20);
  await stream.send(frame("job:started", 10, { attempt: 1, startedAt: "2026-01-01T00:00:00.000Z" }), frame("job:progress", 20, { percent: 40 }));
  await clock.pass(20);
  await stream.send(frame("job:progress", 30, { percent: 80 }));
  await clock.pass(400);
  assert.deepEqual([...new Set(drawn)], [80]);
  assert.equal(live.get().connection, "live");
  await stream.send(frame("job:progress", clock.time + 1, { percent: 81 }));
  await clock.pass(20);
  assert.equal(live.get().job.progress, 81);
  assert.deepEqual(heard, ["job:snapshot", "job:started", "job:progress", "job:progress", "job:progress"]);
  leave();
});
