// The service under a load that a test can wait for. `node tests/torture/load.mjs` is the same, and more of it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { runtimeBehind } from "../torture/load/runtime.mjs";
import { BATCHES } from "./batch.mjs";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { Job } from "./job.mjs";
import { newProject } from "./project.mjs";
import { Reader } from "./reader.mjs";
import { accepted } from "./request.mjs";
import { names, open } from "./stream.mjs";

const range = (count) => Array.from({ length: count }, (_, index) => index + 1);
const progressIds = (events) => events.filter(({ event }) => event === "job:progress").map(({ id }) => Number(id));

test("200 subscribers of one job see each of 20 events once, in order, and then its end", async (t) => {
  const project = await newProject();
  const job = await project.running();
  const streams = await Promise.all(range(200).map(() => open(t, job.eventsUrl, { key: project.apiKey })));
  await Promise.all(streams.map((stream) => stream.event("job:snapshot")));
  const reports = await Promise.all(range(20).map((percent) => job.report("progress", { percent })));
  await job.report("complete");
  const ids = reports.map(({ id }) => id).toSorted((a, b) => a - b);
  for (const stream of streams) {
    const events = await stream.remaining();
    assert.deepEqual(progressIds(events), ids);
    assert.deepEqual([events.at(-1).event, await stream.ended], ["job:completed", "clean"]);
  }
});

test("100 jobs at once, each with a subscriber, are told each to its own", async (t) => {
  const project = await newProject();
  const created = accepted(await project.ask("POST", "/api/v1/jobs", { json: range(100).map((number) => ({ name: `job ${number}` })) }), 201);
  const jobs = created.jobs.map((job) => new Job(project, job));
  await Promise.all(jobs.map((job) => job.report("ack")));
  const streams = await Promise.all(jobs.map((job) => open(t, job.eventsUrl, { key: project.apiKey })));
  await Promise.all(jobs.map(async (job, at) => {
    await streams[at].event("job:snapshot");
    const ids = [];
    for (const percent of range(2)) ids.push((await job.report("progress", { percent })).id);
    await job.report("complete");
    const events = await streams[at].remaining();
    assert.deepEqual(progressIds(events), ids);
    assert.deepEqual(names(events), ["job:progress", "job:progress", "job:completed"]);
  }));
});

test("50,000 lines on one job, as fast as they are taken, reach a reader that comes back when it is cut", async (t) => {
  const [batches, size] = [50, 1_000];
  const project = await newProject();
  const job = await project.running();
  const note = ({ event, data }) => (event === "job:log" ? JSON.parse(data).lines.map(({ seq }) => seq) : event === "reset" ? event : undefined);
  const reader = new Reader(t, job.eventsUrl, project.apiKey, note);
  await reader.begun();
  const forms = Object.values(BATCHES);
  for (const batch of range(batches)) {
    const lines = range(size).map((number) => `line ${(batch - 1) * size + number}`);
    accepted(await job.ask("POST", "/logs", forms[batch % forms.length](lines)));
  }
  await reader.when(() => reader.seen.at(-1)?.at(-1) === batches * size);
  assert.deepEqual(reader.seen.flat(), range(batches * size));
});

describe("200 connections that open and leave", () => {
  const at = instanceOfSuite();

  test("leave nothing behind, however and whenever they leave", async () => {
    const project = await newProject({ at });
    const job = await project.running();
    const runtime = await runtimeBehind(at.url);
    const before = await runtime.inspector.settled();
    // Who leaves between asking and the first byte is the long form's: of that the runtime tells late (docs/LOAD.md).
    for (const moment of [begun, halfAsked]) {
      for (const leave of [(socket) => socket.resetAndDestroy(), (socket) => socket.destroy()]) {
        await Promise.all(range(50).map(() => comeAndGo(at, job, moment, leave)));
      }
    }
    // What is written tells that a reader has left, the second time or the third; without reports the heartbeats do.
    const left = async () => {
      await job.report("progress", { percent: 1 });
      return runtime.inspector.settled();
    };
    const { sockets } = await eventually("their sockets go", left, ({ sockets }) => sockets <= before.sockets, 40);
    assert.equal(sockets, before.sockets);
  });
});

async function comeAndGo(at, job, moment, leave) {
  const { hostname, port, host } = new URL(at.url);
  const socket = connect({ host: hostname, port: Number(port) });
  const closed = new Promise((close) => socket.on("error", () => {}).once("close", close));
  await once(socket, "connect");
  const head = `GET ${job.path}/events HTTP/1.1\r\nhost: ${host}\r\nx-api-key: ${job.project.apiKey}\r\n\r\n`;
  await moment(socket, head);
  leave(socket);
  await closed;
}

/** The first frame is there. */
async function begun(socket, head) {
  socket.setEncoding("utf8").write(head);
  for (let text = ""; !text.includes("id: "); ) text += (await once(socket, "data"))[0];
}

async function halfAsked(socket, head) {
  await new Promise((written) => socket.write(head.slice(0, head.length / 2), written));
}
