// What the service counts of itself, as Prometheus scrapes it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { randomSecret } from "../../scripts/secrets.mjs";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite, startInstance } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { open } from "./stream.mjs";

const MONITOR = randomSecret();
const PERIOD_MS = 1_000;

describe("the figures", () => {
  const at = instanceOfSuite({ METRICS_TOKEN: MONITOR, METRICS_SECONDS: "0" });
  const scrape = () => read(at, MONITOR);

  test("are a text that Prometheus reads: each family with its head, each series once", async () => {
    const answer = await ask(at, MONITOR);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const families = new Set();
    const series = [];
    for (const line of answer.text.trimEnd().split("\n")) {
      const head = /^# (?:HELP|TYPE) ([a-z_]+) \S/.exec(line);
      if (head) families.add(head[1]);
      else series.push(/^([a-z_]+(?:\{[a-z]+="[^"\\]*"\})?) [0-9.]+$/.exec(line)?.[1] ?? assert.fail(line));
    }
    assert.equal(new Set(series).size, series.length);
    for (const name of series) assert.ok(families.has(name.replace(/\{.*|_(bucket|sum|count)(\{.*)?$/g, "")), name);
  });

  test("count events, entries, answers, streams, replays and resets", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const before = await scrape();
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    const { id } = await stream.event("job:snapshot");
    await job.report("progress", { percent: 5 });
    await stream.event("job:progress");
    assert.equal((await scrape()).jobcast_open_streams, 1);
    await stream.close();
    await (await open(t, job.eventsUrl, { key: project.apiKey, cursor: id })).event("job:progress");
    await (await open(t, job.eventsUrl, { key: project.apiKey, cursor: "9999999999999" })).event("reset");
    refused(await request(`${at.url}/api/v1/jobs/${job.id}`), 401);
    await job.report("complete");
    const grown = async () => difference(await scrape(), before);
    const counted = await eventually("all three streams have ended", grown, (now) => ended(now) === 3, 5);
    assert.equal(counted.jobcast_events_total, 2);
    assert.equal(counted.jobcast_streams_opened_total, 3);
    assert.equal(counted.jobcast_replays_total, 1);
    assert.equal(counted.jobcast_resets_total, 1);
    assert.equal(counted['jobcast_answers_total{status="401"}'], 1);
    assert.ok(counted.jobcast_feed_entries_total >= 1);
    assert.ok(counted.jobcast_outbox_lag_seconds_count >= 1 && counted.jobcast_directory_lag_seconds_count >= 1);
  });

  test("tell how many projects there are, and how many jobs in each state", async () => {
    const before = await scrape();
    const project = await newProject({ at });
    await project.create();
    await project.running();
    const added = difference(await scrape(), before);
    assert.deepEqual([added.jobcast_projects, added['jobcast_jobs{status="pending"}'], added['jobcast_jobs{status="running"}']], [1, 1, 1]);
  });

  test("tell how late a time-out was carried out", async (t) => {
    const project = await newProject({ at });
    const before = await scrape();
    const job = await project.running({ timeoutSeconds: 1, maxAttempts: 1 });
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await stream.event("job:failed");
    const late = async () => difference(await scrape(), before);
    await eventually("the lag is in the figures", late, (now) => now.jobcast_deadline_lag_seconds_count === 1, 5);
  });

  test("are for the metrics token and the admin token, and for nobody else", async () => {
    const { apiKey, projectKey } = await newProject({ at });
    accepted(await ask(at, at.adminToken));
    for (const token of [apiKey, projectKey, "wrong", ""]) refused(await ask(at, token), 401);
    refused(await request(`${at.url}/api/metrics`), 401);
  });

  test("are all that the metrics token opens", async () => {
    const headers = { authorization: `Bearer ${MONITOR}` };
    for (const [method, path] of [["GET", "/api/projects"], ["POST", "/api/projects"], ["GET", "/api/v1/jobs"]]) {
      refused(await request(at.url + path, { method, headers, json: method === "POST" ? { name: "x" } : undefined }), 401);
    }
  });
});

describe("the totals", () => {
  const at = instanceOfSuite({ METRICS_SECONDS: String(PERIOD_MS / 1_000) });

  test("outlive the process, because each isolate adds what it counted while it works", async () => {
    const project = await newProject({ at });
    const job = await project.running();
    // Each request looks whether it is time to tell; only what was told is there after a kill.
    const told = async () => {
      for (const end = Date.now() + 2 * PERIOD_MS; Date.now() < end; ) await job.report("progress", { percent: 1 });
      await at.kill();
      await at.start();
      return read(at, at.adminToken);
    };
    const { jobcast_events_total: events } = await eventually("events were added up", told, (now) => now.jobcast_events_total >= 2, 20);
    assert.ok(events <= (await job.log()).length, "none is counted twice");
  });
});

test("where Analytics Engine is bound, what is told is a data point too", async (t) => {
  const main = fileURLToPath(new URL("with-analytics.mjs", import.meta.url));
  const at = await startInstance(t, { METRICS_SECONDS: "0" }, undefined, { main });
  const job = await (await newProject({ at })).running();
  await read(at, at.adminToken);
  await job.report("progress", { percent: 1 });
  await read(at, at.adminToken);
  const points = await eventually("two data points", () => at.lines("data.point"), ({ length }) => length === 2, 5);
  const [{ indexes, doubles }, later] = points;
  // docs/OPERATIONS.md names the columns: answers, answers 4xx, answers 5xx, events; the streams that are open come last.
  assert.deepEqual([doubles.length, doubles.slice(0, 4), doubles.at(-1)], [17, [4, 0, 0, 3], 0]);
  assert.deepEqual(later.doubles.slice(0, 4), [2, 0, 0, 1]);
  assert.deepEqual([indexes.length, later.indexes], [1, indexes]);
});

/** However each came to its end: a reader that left is noticed by the next write. */
const ended = (figures) => Object.keys(figures).filter((series) => series.startsWith("jobcast_streams_ended_total")).reduce((sum, series) => sum + figures[series], 0);

const ask = (at, token) => request(`${at.url}/api/metrics`, { headers: { authorization: `Bearer ${token}` } });

/** The figures by series. */
async function read(at, token) {
  const answer = await ask(at, token);
  accepted(answer);
  return Object.fromEntries(answer.text.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

const difference = (now, before) => Object.fromEntries(Object.entries(now).map(([series, figure]) => [series, figure - (before[series] ?? 0)]));
