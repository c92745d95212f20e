// Cursors of the queue's stream: whoever comes back with one gets every event after it, once, in order, and then what follows.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newProject } from "./project.mjs";
import { connect, news, newsUntil } from "./queue.mjs";
import { refused } from "./request.mjs";
import { names, open } from "./stream.mjs";
import { queueUrl } from "./urls.mjs";

const about = (events) => events.map((event) => [event.event, event.json().jobId]);

describe("the queue stream with a cursor", { concurrency: true }, () => {
  /** A project with `count` jobs, and the ids of their `job:created`. */
  const withJobs = async (t, count) => {
    const project = await newProject();
    const stream = await connect(t, project);
    const jobs = [];
    const ids = [];
    while (jobs.length < count) {
      jobs.push((await project.create()).id);
      ids.push((await stream.event("job:created")).id);
    }
    await stream.close();
    return { project, jobs, ids };
  };
  const missed = async (stream, count) => {
    const events = [];
    while (events.length < count) events.push(await news(stream));
    return about(events);
  };
  const created = (jobs) => jobs.map((job) => ["job:created", job]);

  test("brings connected with that cursor, the missed events in order, then live ones", async (t) => {
    const { project, jobs, ids } = await withJobs(t, 5);
    const stream = await connect(t, project, { cursor: ids[1] });
    assert.equal(stream.connected.id, ids[1]);
    assert.deepEqual(await missed(stream, 3), created(jobs.slice(2)));
    const next = await project.create();
    assert.deepEqual(await missed(stream, 1), created([next.id]));
  });

  test("may bring it as ?lastEventId=, and goes by the header where both are there", async (t) => {
    const { project, jobs, ids } = await withJobs(t, 4);
    const url = `${queueUrl(project)}?lastEventId=${ids[0]}`;
    for (const [cursor, expected] of [[undefined, jobs.slice(1)], [ids[2], jobs.slice(3)]]) {
      const stream = await open(t, url, { key: project.apiKey, cursor });
      await stream.event("connected");
      assert.deepEqual(await missed(stream, expected.length), created(expected));
    }
  });

  test("replays with the same ids and data as were told live", async (t) => {
    const project = await newProject();
    const live = await connect(t, project);
    const job = await project.running();
    await job.report("progress", { percent: 47 });
    await job.report("fail", { error: "disk full", retry: false });
    await job.report("retry");
    await job.report("cancel");
    const told = await newsUntil(live, (event) => event.event === "job:cancelled");
    const again = await connect(t, project, { cursor: live.connected.id });
    const lifecycle = (events) => events.filter((event) => event.event !== "job:progress").map(({ event, id, data }) => [event, id, data]);
    assert.deepEqual(lifecycle(await newsUntil(again, (event) => event.event === "job:cancelled")), lifecycle(told));
  });

  test("loses nothing when the reader drops right after `connected`, even where nothing had happened yet", async (t) => {
    const project = await newProject();
    const first = await connect(t, project);
    await first.close();
    const job = await project.create();
    const again = await connect(t, project, { cursor: first.connected.id });
    assert.deepEqual(await missed(again, 1), created([job.id]));
    await again.close();
    const third = await connect(t, project, { cursor: again.connected.id });
    assert.deepEqual(await missed(third, 1), created([job.id]));
  });

  for (const bad of ["abc", "-1", "1.5", "1e3", "9".repeat(30)]) {
    test(`a malformed one is refused by name: ${bad}`, async () => {
      const project = await newProject();
      const query = await project.ask("GET", `/queue/events?lastEventId=${bad}`);
      refused(query, 400, { code: "invalid_cursor", field: "lastEventId" });
      const header = await project.ask("GET", "/queue/events", { headers: { "last-event-id": bad } });
      refused(header, 400, { code: "invalid_cursor", field: "Last-Event-ID" });
    });
  }

  /** The stream begins with a reset, tells where it is, and goes on live. */
  const isReset = async (t, project, cursor) => {
    const stream = await open(t, queueUrl(project), { key: project.apiKey, cursor });
    const [reset, connected] = [await stream.event(), await stream.event()];
    assert.deepEqual(names([reset, connected]), ["reset", "connected"]);
    assert.deepEqual(Object.keys(reset.json()).toSorted(), ["oldest", "reason"]);
    const job = await project.create();
    assert.deepEqual(await missed(stream, 1), created([job.id]));
    return reset.json().reason;
  };

  test("newer than the feed is told by reset, then connected, then live", async (t) => {
    const { project, ids } = await withJobs(t, 2);
    assert.equal(await isReset(t, project, String(Number(ids[1]) + 1_000_000)), "cursor_ahead");
  });

  test("of another project's feed is reset, not silence, whether it is older, between or newer", async (t) => {
    const own = await newProject();
    const other = await newProject();
    const [ours, theirs] = [await connect(t, own), await connect(t, other)];
    const foreign = [];
    for (const time of ["older", "between", "newer"]) {
      await other.create();
      foreign.push((await theirs.event("job:created")).id);
      if (time === "newer") break;
      await own.create();
      await ours.event("job:created");
    }
    const reasons = [];
    // The newest first: what `isReset` creates makes the feed longer.
    for (const cursor of foreign.toReversed()) reasons.push(await isReset(t, own, cursor));
    assert.equal(reasons[0], "cursor_ahead");
    assert.equal(reasons[1], "cursor_unknown");
    assert.match(reasons[2], /^cursor_(unknown|too_old)$/);
  });
});
