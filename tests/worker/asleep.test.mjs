// A job, and a project, on which nothing happens while somebody watches: the object goes, the stream stays. The only tests that wait for time.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "./eventually.mjs";
import { happenings } from "./happenings.mjs";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";
import { activityUrl, queueUrl } from "./urls.mjs";

const HEARTBEAT_MS = 15_000;
const SLACK_MS = 3_000;
// Several, of which the quickest counts: the tests beside this one keep the machine busy, which is not the service's delay.
const WATCHED = 5;

async function watch(t, project) {
  const job = await project.running();
  const stream = await open(t, job.eventsUrl, { key: project.apiKey });
  await stream.event("job:snapshot");
  return { job, stream };
}

const timesWoken = (job) => happenings("object.woken", job).length;

describe("a stream on which nothing happens", { concurrency: true }, () => {
  test("is pinged every 15 seconds by a comment that carries no id and dispatches nothing", async (t) => {
    const { stream } = await watch(t, await newProject());
    for (const beat of [1, 2]) {
      const since = Date.now();
      const frame = await stream.next();
      assert.deepEqual([frame.comments, frame.event, frame.id, frame.data], [["ping"], undefined, undefined, undefined]);
      assert.ok(Date.now() - since < HEARTBEAT_MS + SLACK_MS, `beat ${beat} took ${Date.now() - since} ms`);
    }
  });

  test("stays open while the object is evicted, and brings the next event within a second", async (t) => {
    const project = await newProject();
    const watched = await Promise.all(Array.from({ length: WATCHED }, () => watch(t, project)));
    await sleep(60_000);
    const delays = [];
    for (const { job, stream } of watched) {
      const wokenBefore = timesWoken(job);
      const since = performance.now();
      const [{ id }, frame] = await Promise.all([job.report("progress", { percent: 50 }), stream.event()]);
      delays.push(performance.now() - since);
      assert.deepEqual([frame.event, frame.id], ["job:progress", String(id)]);
      await eventually("the report built the object anew", () => timesWoken(job), (woken) => woken === wokenBefore + 1, 5);
      const beats = stream.frames.filter((each) => each.comments.includes("ping")).length;
      assert.ok(beats >= 3, `${beats} heartbeats in 60 s`);
    }
    assert.ok(Math.min(...delays) < 1_000, `the events took ${delays.map(Math.round)} ms`);
  });

  test("of a whole project stays open while its feed is evicted, and nobody misses what comes then", async (t) => {
    const project = await newProject();
    await project.create();
    const streams = await Promise.all([queueUrl(project), activityUrl(project)].map((url) => open(t, url, { key: project.apiKey })));
    await Promise.all(streams.map((stream) => stream.event()));
    await sleep(30_000);
    const wokenBefore = happenings("feed.woken", project).length;
    const { id } = await project.create();
    const [created, queued] = await Promise.all([streams[0].event("job:created"), streams[1].event("queued")]);
    assert.deepEqual([created.json().jobId, queued.json().asset_id, queued.id], [id, id, created.id]);
    await eventually("the notice built the feed anew", () => happenings("feed.woken", project).length, (woken) => woken > wokenBefore, 5);
  });

  test("hears of a time-out for which the object has to be woken", async (t) => {
    const project = await newProject();
    const job = await project.create({ timeoutSeconds: 40, maxAttempts: 1 });
    await job.report("ack");
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await stream.event("job:snapshot");
    await sleep(25_000);
    const wokenBefore = timesWoken(job);
    assert.equal((await stream.event("job:failed")).json().code, "timeout");
    await eventually("the alarm built the object anew", () => timesWoken(job), (woken) => woken > wokenBefore, 5);
  });
});
