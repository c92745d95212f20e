// A panic in one object. It takes the memory of every object and every stream's writer in its isolate, and leaves their connections
// open: each reader must be cut, come back with its cursor, and have seen every event once, in order. The Worker is the one that ships.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FRAGILE, firstPanic, panic } from "./doom.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { Reader } from "./reader.mjs";
import { open } from "./stream.mjs";
import { activityUrl, assetUrl, queueUrl } from "./urls.mjs";
import { queueNames } from "./views.mjs";

/** A heartbeat and a little: until then nobody knows that a writer is gone. */
const SILENCE_MS = 25_000;

const jobNote = ({ event, id }) => (event === "job:snapshot" ? undefined : id);
const queueNote = (frame) => (frame.event.startsWith("job:") ? [frame.json().jobId, frame.event] : undefined);

const within = (ms, promise) =>
  Promise.race([promise, new Promise((_, fail) => setTimeout(fail, ms, new Error(`Not within ${ms} ms`)).unref())]);

/** A report as a request of which nothing is ever answered. */
const reporting = (job, part, json, key) => [
  `${job.project.at.url}${job.path}/${part}`,
  {
    method: "POST", body: JSON.stringify(json),
    headers: { "x-api-key": job.project.apiKey, "content-type": "application/json", "idempotency-key": key },
  },
];

describe("a panic in an object", () => {
  const at = instanceOfSuite({}, undefined, { main: FRAGILE });

  test("leaves no stream of its isolate silent, and each reader sees every event once, in order", async (t) => {
    const project = await newProject({ at });
    const jobs = [await project.running(), await project.running()];
    const [struck, other] = jobs;
    const readers = jobs.map((job) => new Reader(t, job.eventsUrl, project.apiKey, jobNote));
    const feed = new Reader(t, queueUrl(project), project.apiKey, queueNote);
    await Promise.all([...readers, feed].map((reader) => reader.begun()));
    const urls = [...jobs.map((job) => job.eventsUrl), queueUrl(project), activityUrl(project), assetUrl(struck)];
    const streams = await Promise.all(urls.map((url) => open(t, url, { key: project.apiKey })));
    await Promise.all(streams.map((stream) => stream.next()));

    await panic({ at, name: struck.id, moment: "waitUntil" }, ...reporting(struck, "progress", { percent: 10 }, "panicked"));
    // Nothing else happens: only their own lifelines can end them.
    assert.deepEqual(await within(SILENCE_MS, Promise.all(streams.map(({ ended }) => ended))), urls.map(() => "cut"));
    assert.ok(at.lines("stream.lost").length >= urls.length, "the operator is told");

    await struck.report("progress", { percent: 10 }, { headers: { "idempotency-key": "panicked" } });
    for (const job of jobs) await job.report("progress", { percent: 50 });
    for (const job of jobs) await job.report("complete");
    for (const [index, job] of jobs.entries()) {
      const log = await job.log();
      const told = log.map(({ id }) => String(id)).slice(log.findIndex(({ type }) => type === "job.started") + 1);
      await readers[index].has(told.length);
      assert.deepEqual(readers[index].seen, told);
    }
    assert.deepEqual((await struck.log()).filter(({ type }) => type === "progress.reported").map(({ data }) => data.percent), [10, 50]);
    const steps = (job) => feed.seen.filter(([id, name]) => id === job.id && name !== "job:progress").map(([, name]) => name);
    await feed.when(() => jobs.every((job) => steps(job).at(-1) === "job:completed"));
    for (const job of jobs) assert.deepEqual(steps(job), queueNames(await job.log()).slice(2));
    assert.deepEqual(feed.seen.filter(([id]) => id === other.id).map(([, name]) => name), ["job:progress", "job:completed"]);
  });

  test("between an event's commit and its sending cuts even a bridge of another isolate, once the object is built again", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const lens = { pipeline: { visibility: "full", narrowing: [] } };
    const subscription = JSON.stringify({ job: job.id, project: project.id, lens, cursor: null });
    await firstPanic(project);
    const bridge = await open(t, `${at.url}/api/bridge?${new URLSearchParams({ subscription })}`);
    await bridge.event("job:snapshot");
    await panic({ at, name: job.id, moment: "commit" }, ...reporting(job, "progress", { percent: 30 }, "unsent"));
    const { id } = await job.report("progress", { percent: 30 }, { headers: { "idempotency-key": "unsent" } });
    assert.equal(await within(SILENCE_MS, bridge.ended), "clean");
    assert.deepEqual(bridge.frames.map(({ event }) => event), ["job:snapshot"], "what was stored before the panic was sent to nobody");
    assert.deepEqual((await job.log()).at(-1).id, id);
    const resumed = await open(t, job.eventsUrl, { key: project.apiKey, cursor: bridge.frames[0].id });
    await resumed.event("job:snapshot");
    assert.equal((await resumed.event("job:progress")).id, String(id));
  });
});
