// Whether both promise the same: who checks less, stores less or tells less would be faster without being better. The same requests go to both,
// and what they answer is compared, but for what is theirs alone: ids, times, and the words in which they refuse.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";

const NDJSON = { "content-type": "application/x-ndjson" };
const HEADERS = ["content-type", "cache-control", "x-accel-buffering", "www-authenticate"];

export async function assertEqual([first, second]) {
  assert.deepEqual(await transcript(second), await transcript(first), `The ${second.name} answers otherwise than ${first.name}.`);
}

async function transcript({ runtime, key }) {
  const heard = [];
  const ask = async (method, path, { json, body = json && JSON.stringify(json), headers = {} } = {}) => {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(runtime.url + path, { method, headers: { "x-api-key": key, ...type, ...headers }, body });
    const text = await answer.text();
    heard.push({ asked: `${method} ${common(path)} ${body ?? ""}`.slice(0, 200), status: answer.status, headers: told(answer.headers), ...said(text) });
    return text;
  };
  const { id } = JSON.parse(await ask("POST", "/api/v1/jobs", { json: { name: "equal", stages: ["fetch"], meta: { a: 1 } } }));
  await life(ask, `/api/v1/jobs/${id}`);
  await refusals(ask);
  return heard;
}

async function life(ask, job) {
  const report = (part, json, headers) => ask("POST", `${job}/${part}`, { json, headers });
  await ask("POST", "/api/v1/jobs/poll", { json: { count: 1 } });
  for (const part of ["ack", "ack"]) await report(part);
  for (const json of PROGRESS) await report("progress", json);
  await report("progress", { percent: 1 }, { "x-job-attempt": "2" });
  for (const json of BATCHES) await report("logs", json);
  await ask("POST", `${job}/logs`, { body: gzipSync(JSON.stringify(["packed"])), headers: { "content-encoding": "gzip" } });
  await ask("POST", `${job}/logs`, { body: "not packed", headers: { "content-encoding": "gzip" } });
  await ask("POST", `${job}/logs`, { body: gzipSync(JSON.stringify([" ".repeat(9_000_000)])), headers: { "content-encoding": "gzip" } });
  await ask("POST", `${job}/logs`, { body: '"a"\n\n{"message":"b"}\n', headers: NDJSON });
  for (const result of [{ a: 1 }, { a: 1 }, { a: 2 }]) await report("complete", { result });
  await report("progress", { percent: 1 });
  for (const cursor of ["0", "none", "999999999999999"]) await ask("GET", `${job}/events`, { headers: { "last-event-id": cursor } });
  const end = /.*^id: (\d+)$/ms.exec(await ask("GET", `${job}/events`))[1];
  await ask("GET", `${job}/events?lastEventId=${end}`);
}

async function refusals(ask) {
  for (const json of [{ priority: 9 }, { name: "" }, { stages: ["a", "a"] }, { timeoutSeconds: 0 }, { meta: [] }, []]) await ask("POST", "/api/v1/jobs", { json });
  await ask("POST", "/api/v1/jobs", { body: "{" });
  await ask("POST", "/api/v1/jobs", { body: `{"payload":${"[".repeat(70)}${"]".repeat(70)}}` });
  await ask("POST", "/api/v1/jobs", { json: { payload: "x".repeat(300_000) } });
  await ask("POST", "/api/v1/jobs", { body: "name=a", headers: { "content-type": "text/plain" } });
  await ask("POST", "/api/v1/jobs", { json: {}, headers: { "x-api-key": "jc_unknown" } });
  await ask("POST", "/api/v1/jobs/job_none/progress", { json: { percent: 1 } });
  await ask("POST", "/api/v1/jobs/poll", { json: { count: 51 } });
}

const PROGRESS = [
  { percent: 12, message: "begun", subProgress: { fetch: { percent: 3.5 } } }, { percent: 100 }, {}, { percent: 101 }, { percent: "1" },
  { percent: 1, message: "" }, { percent: 1, message: "a\0" }, [], { percent: 1, subProgress: { a: {} } }, { percent: 1, subProgress: 7 },
];
const BATCHES = [
  ["one", { message: "two", level: "WARNING", source: "s", metadata: { a: [1] }, timestamp: "2026-01-01T00:00:00Z" }], { logs: ["three", ""] }, [], {},
  [1], [{ level: "info" }], [{ message: "a", level: "loud" }], ["x".repeat(16_385)], Array(1_001).fill("x"), ["x".repeat(16_384)],
];

const told = (headers) => Object.fromEntries(HEADERS.map((name) => [name, headers.get(name)]).filter(([, value]) => value !== null));

/** A refusal by its code and its field, anything else as it stands. */
function said(text) {
  const body = common(text);
  if (!body.startsWith('{"error":"')) return { body };
  const { code, details } = JSON.parse(body);
  return { code, field: details?.field ?? null, jobStatus: details?.status ?? null };
}

/** Ids and times stand for themselves. */
const common = (text) =>
  text
    .replace(/job_[0-9A-Z]{26}/g, "<job>")
    .replace(/(?<!2026-01-01T.*)\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/\b1\d{12}\b/g, "<id>")
    .replace(/^retry: \d+/m, "retry: <ms>")
    .replace(/(127\.0\.0\.1|localhost):\d+/g, "<host>")
    .replace(/x{100,}/g, (run) => `<${run.length} x>`);
