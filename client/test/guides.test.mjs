// What the guides and the README show in JavaScript, run as it stands there on the real service.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { EventSource } from "eventsource";
import { Window } from "happy-dom";
import { Attempt, call, checkpointsOf, createJob, createToken, getJob, JobError, watchJob } from "jobcast-client";
import { act, createElement } from "react";
import { fence, fences } from "../../tests/guides/fences.mjs";
import { newName, projectKey, service } from "./place.mjs";

// React looks for its page when it is loaded; the library has been, without one.
const window = new Window();
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
const { createRoot } = await import("react-dom/client");
after(() => window.happyDOM.close());

const [README, PRODUCER, WATCHER] = ["README.md", "docs/guides/producer.md", "docs/guides/watcher.md"];
const TRIED = [];
const NODE = { timeout: 60_000 };

/** The block as a module beside the package, so that its imports are found as a user's would be; `given` are its free names. */
async function run(t, document, kind, given = {}, { change = (text) => text, gives = [] } = {}) {
  TRIED.push(`${document} ${kind}`);
  const file = new URL(`example-guide-${TRIED.length}-${process.pid}.mjs`, import.meta.url);
  t.after(() => rmSync(file, { force: true }));
    globalThis.given = given;
  writeFileSync(file, `const { ${Object.keys(given)} } = globalThis.given;\n${change(fence(document, kind))}\nexport { ${gives} };\n`);
  return import(pathToFileURL(file.pathname));
}

async function begun(t, fields) {
  const job = await createJob({ name: newName(), ...fields }, service);
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  t.after(() => attempt.end());
  return attempt;
}

/** A page's `EventSource`, closed with the test. */
const sourceOf = (t) => class extends EventSource {
  constructor(url) {
    super(url);
    t.after(() => this.close());
  }
};

test("the README's EventSource draws, and stops with the job", NODE, async (t) => {
  const attempt = await begun(t);
  const { url } = await createToken(attempt.job.id, { ...service, scopes: ["jobs:read"] });
  const page = new EventEmitter();
  const told = (name) => (value) => page.emit(name, value);
  const first = once(page, "draw");
  const { stream } = await run(t, README, "js event-source", {
    EventSource: sourceOf(t), eventsUrl: url, draw: told("draw"), bar: told("bar"), stage: told("stage"), fail: told("fail"),
  }, { gives: ["stream"] });
  assert.equal((await first)[0].status, "running");
  const [bar, stage] = [once(page, "bar"), once(page, "stage")];
  await attempt.stage("encode", () => attempt.progress(65));
  assert.deepEqual([(await bar)[0], (await stage)[0].type], [65, "start"]);
  const failed = once(page, "fail");
  await attempt.fail(new JobError("no space", { retry: false }));
  assert.equal((await failed)[0], "no space");
  assert.equal(stream.readyState, EventSource.CLOSED);
});

test("the ten lines of the watcher's guide show what happens", NODE, async (t) => {
  const attempt = await begun(t);
  const { url } = await createToken(attempt.job.id, { ...service, scopes: ["jobs:read"] });
  const shown = new EventEmitter();
  const seen = [];
  const show = (...words) => (seen.push(words.filter((word) => word !== undefined)), shown.emit("shown"));
  const first = once(shown, "shown");
  const { stream } = await run(t, WATCHER, "js event-source", { EventSource: sourceOf(t), url, show }, { gives: ["stream"] });
  await first;
  await attempt.stage("encode", () => "2 passes");
  attempt.progress(65, "Encoding");
  attempt.log("pass 1 of 2");
  await attempt.complete("a film");
  while (stream.readyState !== EventSource.CLOSED) await once(shown, "shown");
  assert.deepEqual(seen[0], ["running", 0]);
  for (const wanted of [["start"], ["complete", "2 passes"], ["Encoding", 65], ["pass 1 of 2"], ["done", "a film"]]) {
    assert.ok(seen.some((words) => words.join() === wanted.join()), `${wanted} in ${JSON.stringify(seen)}`);
  }
});

test("watchJob asks the page's server for tokens and tells how the job ends", NODE, async (t) => {
  const { job } = await begun(t);
  const lines = [];
  t.mock.method(console, "log", (...words) => {
    lines.push(words.join(" "));
    if (words[0] === "now:") call({ method: "POST", path: `/jobs/${job.id}/complete`, json: { result: "a film" } }, service);
  });
  let asked = 0;
  const tokenFromYourServer = async (id) => (asked++, createToken(id, { ...service, ttlSeconds: 600, scopes: ["jobs:read"] }));
  await run(t, WATCHER, "js watch-job", { job, tokenFromYourServer });
  assert.deepEqual([asked, lines.filter((line) => !line.startsWith("connection:"))], [1, ["now: running", "done: a film"]]);
});

test("watchProject hears of each job that is done", NODE, async (t) => {
  const done = new Set();
  let heard = false;
  t.mock.method(console, "log", (id) => {
    heard ||= done.has(id);
    if (heard) throw new Error("enough");
  });
  const watching = assert.rejects(run(t, WATCHER, "js watch-project", { projectKey }), /enough/);
  // It does not say when it listens: whatever is done after that, it hears of.
  while (!heard) {
    const attempt = await begun(t);
    done.add(attempt.job.id);
    await attempt.complete();
  }
  await watching;
});

test("the producer does its job", NODE, async (t) => {
  const name = JSON.stringify(newName());
  const { worker, job } = await run(t, PRODUCER, "js", {}, {
    // A name of its own, so that it takes no other test's job.
    change: (text) => text.replace('name: "encode"', `name: ${name}`).replace('names: ["encode"]', `names: [${name}]`),
    gives: ["worker", "job"],
  });
  t.after(() => worker.stop({ abort: true }));
  await watchJob(job.id, { ...service, onEvent() {} }).done;
  const { status, result, stages } = await getJob(job.id, service);
  assert.deepEqual([status, result.url, stages.fetch.detail], ["completed", "https://cdn.example/clip.mp4", "fetched clip.mp4"]);
  const { logs } = await call({ method: "GET", path: `/jobs/${job.id}/logs` }, service);
  assert.deepEqual(logs.map(({ level, message }) => `${level} ${message}`), ["info pass 1 of 2", "warn fallback codec selected"]);
  assert.deepEqual((await checkpointsOf(job.id, service)).map(({ data }) => data), [{ segment: 7 }]);
});

test("the React component shows the job, and says why it may not", NODE, async (t) => {
  const change = (text) => transformSync(text, { loader: "jsx", jsx: "automatic" }).code;
  const { Progress } = await run(t, WATCHER, "jsx", {}, { change });
  const attempt = await begun(t, { stages: ["encode"] });
  const { token } = await createToken(attempt.job.id, service);
  const shows = async (props, pattern) => {
    const main = document.createElement("main");
    const root = createRoot(main);
    t.after(() => act(async () => root.unmount()));
    await act(async () => root.render(createElement(Progress, { id: attempt.job.id, url: service.url, ...props })));
    while (!pattern.test(main.innerHTML)) await act(() => new Promise((later) => setTimeout(later, 10)));
  };
  attempt.progress(65, "Encoding");
  await attempt.flush();
  await shows({ token }, /value="65".*Encoding.*encode: pending/);
  await shows({ token: "jct_wrong" }, /role="alert"/);
});

test("each example in JavaScript is run here", () => {
  const shown = fences.filter(({ kind }) => /^jsx?\b/.test(kind)).map(({ document, kind }) => `${document} ${kind}`);
  assert.deepEqual(TRIED.toSorted(), shown.toSorted());
});
