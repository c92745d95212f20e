// Cursors of an asset's stream: whoever comes back with one gets every event of the view after it, once, in order.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { listen } from "./listener.mjs";
import { newProject } from "./project.mjs";
import { beginning } from "./quiet.mjs";
import { refused, request } from "./request.mjs";
import { STATES } from "./states.mjs";
import { names, open } from "./stream.mjs";
import { assetUrl } from "./urls.mjs";

describe("an asset's stream with a cursor", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  /** A running job with started stages in its log, and the ids of those events. */
  const staged = async (stages) => {
    const job = await project.running();
    const ids = [];
    for (const stage of stages) ids.push(String((await job.report(`stages/${stage}`, { type: "start" })).id));
    return { job, ids };
  };
  const stages = (events) => events.map((event) => event.json().stage);

  test("brings the events newer than it in order, then live ones", async (t) => {
    const { job, ids } = await staged(["a", "b", "c", "d"]);
    const stream = await open(t, assetUrl(job), { cursor: ids[1] });
    assert.deepEqual(stages([await stream.event(), await stream.event()]), ["c", "d"]);
    await job.report("stages/e", { type: "start" });
    assert.deepEqual(stages([await stream.event()]), ["e"]);
  });

  test("may bring it as ?lastEventId=, and goes by the header where both are there", async (t) => {
    const { job, ids } = await staged(["a", "b", "c", "d"]);
    const url = `${assetUrl(job)}?lastEventId=${ids[0]}`;
    assert.deepEqual(stages([await (await open(t, url)).event()]), ["b"]);
    assert.deepEqual(stages([await (await open(t, url, { cursor: ids[2] })).event()]), ["d"]);
  });

  test("at the tail of a live asset begins with a block that has the id alone", async (t) => {
    const { job, ids } = await staged(["a", "b"]);
    const stream = await open(t, assetUrl(job), { cursor: ids[1] });
    const { id, event, data } = await beginning(stream);
    assert.deepEqual([id, event, data], [ids[1], undefined, undefined]);
    await job.report("stages/c", { type: "start" });
    assert.deepEqual(stages([await stream.event()]), ["c"]);
  });

  test("at an event that this view does not show goes on after it", async (t) => {
    const { job } = await staged(["a"]);
    const { id } = await job.report("progress", { percent: 1 });
    await job.report("stages/b", { type: "start" });
    assert.deepEqual(stages([await (await open(t, assetUrl(job), { cursor: String(id) })).event()]), ["b"]);
  });

  for (const [state, end] of [["completed", "ready"], ["failed", "failed"], ["cancelled", "cancelled"]]) {
    test(`at the end of a ${state} asset gets 204, and just before it the end`, async (t) => {
      const job = await STATES[state](project);
      const last = (await (await open(t, assetUrl(job))).until((event) => event.event === end)).at(-1);
      const gone = await open(t, assetUrl(job), { cursor: last.id });
      assert.deepEqual([gone.status, await gone.ended, gone.frames.length], [204, "clean", 0]);
      const before = await open(t, assetUrl(job), { cursor: String(Number(last.id) - 1) });
      assert.deepEqual(names([await before.event()]), [end]);
    });
  }

  test("at the end of an attempt that a person retried goes on with the retry", async (t) => {
    const job = await STATES.failed(project);
    const failed = await (await open(t, assetUrl(job))).event("failed");
    await job.report("retry");
    assert.deepEqual(names([await (await open(t, assetUrl(job), { cursor: failed.id })).event()]), ["retry_scheduled"]);
  });

  for (const bad of ["abc", "-1", "1.5", "1e3", "9".repeat(30)]) {
    test(`that is malformed is refused by name: ${bad}`, async () => {
      const job = await project.create();
      refused(await request(`${assetUrl(job)}?lastEventId=${bad}`), 400, { code: "invalid_cursor", field: "lastEventId" });
      refused(await request(assetUrl(job), { headers: { "last-event-id": bad } }), 400, { field: "Last-Event-ID" });
    });
  }

  test("newer than the log is told by reset, then goes on live", async (t) => {
    const { job, ids } = await staged(["a"]);
    const stream = await open(t, assetUrl(job), { cursor: String(Number(ids[0]) + 1_000_000) });
    const reset = await stream.event();
    assert.deepEqual([reset.event, reset.json().reason], ["reset", "cursor_ahead"]);
    await job.report("stages/b", { type: "start" });
    await stream.until((event) => event.event === "stage_started" && event.json().stage === "b");
  });

  test("is kept by an EventSource, which 204 stops when it comes back after the end", async (t) => {
    const job = await project.running();
    const listener = listen(t, assetUrl(job), ["queued", "ready"]);
    await job.report("complete");
    const { id } = await listener.event("ready");
    const again = listen(t, `${assetUrl(job)}?lastEventId=${id}`, ["queued", "ready"]);
    await again.closed();
    assert.deepEqual([again.seen, again.errors], [[], [204]]);
  });
});
