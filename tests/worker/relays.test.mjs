// More readers of one job than one object is to hold: relays hold the others, and no reader can tell. docs/SCALE.md.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { accepted } from "./request.mjs";
import { open } from "./stream.mjs";
import { ownAssetUrl } from "./urls.mjs";

const READERS = 12;
const at = instanceOfSuite({ READERS_PER_OBJECT: "2" });

const relaysOf = (job) => at.lines("relay.woken").filter((line) => line.job === job.id).length;
const everybody = (open) => Promise.all(Array.from({ length: READERS }, (_, number) => open(number)));
const told = (stream) => stream.frames.filter(({ event, id }) => event && event !== "job:snapshot" && id).map(({ id }) => id);

async function crowded(t, project, job, query = "") {
  const streams = [];
  for (let number = 0; number < READERS; number += 1) {
    const stream = await open(t, job.eventsUrl + query, { key: project.apiKey });
    await stream.event("job:snapshot");
    streams.push(stream);
  }
  return streams;
}

describe("a job with more readers than its object holds", () => {
  test("tells each of them everything, once, in order, and ends their streams", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const streams = await crowded(t, project, job);
    const reported = [];
    for (let percent = 1; percent <= 20; percent += 1) reported.push((await job.report("progress", { percent })).id);
    reported.push((await job.report("logs", [{ level: "info", message: "a line" }])).id);
    await job.report("complete");
    const endings = await Promise.all(streams.map((stream) => stream.ended));
    assert.deepEqual([...new Set(endings)], ["clean"]);
    const [first, ...others] = streams.map(told);
    assert.equal(first.length, 22);
    assert.deepEqual(first.slice(0, 20), reported.slice(0, 20).map(String));
    others.forEach((ids) => assert.deepEqual(ids, first));
    assert.ok(relaysOf(job) >= 2, `${relaysOf(job)} relays for ${READERS} readers, two each`);
  });

  test("tells who comes back with a cursor what it missed, and then what comes", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const before = await crowded(t, project, job);
    const { id: cursor } = await job.report("progress", { percent: 1 });
    await Promise.all(before.map((stream) => stream.event("job:progress")));
    await Promise.all(before.map((stream) => stream.close()));
    const missed = [];
    for (let percent = 2; percent < 200; percent += 1) missed.push((await job.report("progress", { percent: percent / 2 })).id);
    const again = await everybody(() => open(t, job.eventsUrl, { key: project.apiKey, cursor: String(cursor) }));
    const { id: last } = await job.report("progress", { percent: 100 });
    const expected = [...missed, last].map(String);
    await Promise.all(again.map((stream) => eventually("it has everything", () => told(stream).length, (count) => count >= expected.length)));
    again.forEach((stream) => assert.deepEqual(told(stream), expected));
  });

  test("gives each lens its own, and more lines at once than go in one go", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const lines = await crowded(t, project, job, "?events=job:log");
    const all = await crowded(t, project, job);
    const asset = await everybody(() => open(t, ownAssetUrl(job), { key: project.apiKey }));
    const batch = Array.from({ length: 900 }, (_, number) => ({ level: "info", message: `${number} ${"x".repeat(900)}` }));
    await job.report("logs", batch);
    await job.report("complete");
    await Promise.all([...lines, ...all].map((stream) => stream.ended));
    const count = (stream) => stream.frames.filter(({ event }) => event === "job:log").flatMap((frame) => frame.json().lines ?? [frame.json()]).length;
    assert.deepEqual(lines.map(count), all.map(count));
    assert.deepEqual(lines.map((stream) => [...new Set(told(stream))].length === told(stream).length), lines.map(() => true));
    assert.ok(lines.every((stream) => stream.frames.at(-1).event === "job:completed"));
    await Promise.all(asset.map((stream) => stream.event("ready")));
  });

  test("is unknown to other projects at a relay too, and to everybody once it is deleted", async (t) => {
    const [project, other] = [await newProject({ at }), await newProject({ at })];
    const job = await project.create();
    const streams = await crowded(t, project, job);
    assert.equal((await open(t, job.eventsUrl, { key: other.apiKey })).status, 404);
    accepted(await project.ask("DELETE", `/api/v1/jobs/${job.id}`));
    await Promise.all(streams.map((stream) => stream.ended));
    assert.equal((await open(t, job.eventsUrl, { key: project.apiKey })).status, 404);
  });

  test("ends at a relay for who comes late, and who has seen the end is sent away", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const [stream] = await crowded(t, project, job);
    await job.report("complete");
    await stream.ended;
    const late = await open(t, job.eventsUrl, { key: project.apiKey });
    assert.equal((await late.event("job:completed")).event, "job:completed");
    assert.equal(await late.ended, "clean");
    assert.equal((await open(t, job.eventsUrl, { key: project.apiKey, cursor: late.frames.at(-1).id })).status, 204);
  });

  test("wakes its relays with the next event, after all of them have slept", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const streams = await crowded(t, project, job);
    await job.report("progress", { percent: 1 });
    await Promise.all(streams.map((stream) => stream.event("job:progress")));
    await sleep(30_000);
    const wokenBefore = relaysOf(job);
    const { id } = await job.report("progress", { percent: 2 });
    const frames = await Promise.all(streams.map((stream) => stream.event("job:progress")));
    assert.deepEqual(frames.map((frame) => frame.id), frames.map(() => String(id)));
    await eventually("relays were built anew", () => relaysOf(job), (woken) => woken > wokenBefore, 5);
  });
});
