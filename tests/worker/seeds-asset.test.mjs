// Every example of seed 003 runs as it stands, with only host, id, key and cookie changed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventSource } from "eventsource";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { runPage } from "./page.mjs";
import { CURL, EVENT_SOURCE, FETCH } from "./seed-asset.mjs";
import { signIn } from "./session.mjs";
import { follow } from "./shell.mjs";
import { Stream } from "./stream.mjs";
import { assetUrl } from "./urls.mjs";

const here = (text) => text.replace("https://motioness.com", place.url);

describe("the EventSource of seed 003", { concurrency: true }, () => {
  const openPage = (t, job) => runPage(t, here(EVENT_SOURCE), { PK: job.project.projectKey, ASSET_ID: job.id });

  test("tells of a stage and of the end, and closes", async (t) => {
    const job = await (await newProject()).running();
    const page = openPage(t, job);
    await job.report("stages/encode", { type: "start" });
    await job.report("stages/encode", { type: "complete", durationSec: 4.2 });
    await page.line(([line]) => line === "stage encode done in 4200ms");
    await job.report("complete");
    await page.line(([line]) => line === "mp4 hot");
    assert.equal(page.source.readyState, EventSource.CLOSED);
  });

  test("tells of a failure, and closes", async (t) => {
    const job = await (await newProject()).running();
    const page = openPage(t, job);
    await job.report("fail", { error: "out of memory", code: "oom", retry: false });
    const [failed] = await page.line(([data]) => data.error_code === "oom");
    assert.deepEqual([failed.asset_id, failed.error_msg], [job.id, "out of memory"]);
    assert.equal(page.source.readyState, EventSource.CLOSED);
  });
});

test("the fetch of seed 003 gets the whole log without an id, and with one what is newer", async (t) => {
  const Script = (async () => {}).constructor;
  const job = await (await newProject()).running();
  const script = new Script("url", "lastSeenId", "fetch", `${FETCH} return res;`);
  const stream = async (lastSeenId) => {
    const control = new AbortController();
    t.after(() => control.abort());
    const abortable = (url, init) => fetch(url, { ...init, signal: control.signal });
    return new Stream(await script(assetUrl(job), lastSeenId, abortable), control);
  };
  const queued = await (await stream(undefined)).event("queued");
  await job.report("stages/encode", { type: "start" });
  const next = await (await stream(Number(queued.id))).event();
  assert.equal(next.event, "stage_started");
});

test("the curl of seed 003 shows the project's activity to a session", async (t) => {
  const project = await newProject();
  const { cookie } = await signIn(project);
  const script = here(CURL).replace("better-auth.session_token=…", cookie).replace("$PROJECT_ID", project.id);
  const { lines } = follow(t, "sh", "-c", `exec ${script}`);
  const until = async (start) => {
    for (let line; !(line = await lines.next()).done; ) if (line.value.startsWith(start)) return line.value;
    assert.fail(`curl ended without ${start}`);
  };
  await until("id: ");
  for (const create of [() => project.create(), () => project.running()]) {
    const job = await create();
    await until("event: queued");
    assert.equal(JSON.parse((await until("data: ")).slice("data: ".length)).asset_id, job.id);
  }
});
