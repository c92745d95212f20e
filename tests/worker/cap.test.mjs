// The longest life of a stream: here two seconds instead of five minutes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startInstance } from "./instance.mjs";
import { listen } from "./listener.mjs";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";

const CAP_SECONDS = 2;

test("a stream that has reached its cap", async (t) => {
  const at = await startInstance(t, { STREAM_CAP_SECONDS: CAP_SECONDS });
  const project = await newProject({ publicRead: true, at });

  await t.test("is closed cleanly, between two events, while reports run", async (t) => {
    const job = await project.running();
    const since = Date.now();
    const stream = await open(t, job.eventsUrl);
    const ids = await reportUntil(job, stream.ended);
    assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
    const lived = Date.now() - since;
    assert.ok(lived > (CAP_SECONDS - 0.5) * 1_000 && lived < (CAP_SECONDS + 3) * 1_000, `it lived for ${lived} ms`);
    const got = stream.frames.filter((frame) => frame.event === "job:progress").map((frame) => frame.id);
    assert.ok(got.length > 0);
    assert.deepEqual(got, ids.slice(0, got.length).map(String));
  });

  await t.test("is taken up again by an EventSource, which sees every event once through three caps", async (t) => {
    const job = await project.running();
    const listener = listen(t, job.eventsUrl, ["job:snapshot", "job:progress", "job:completed"]);
    const ids = await reportUntil(job, listener.when(({ seen }) => seen.filter((event) => event.name === "job:snapshot").length > 3));
    await job.report("complete");
    await listener.event("job:completed");
    const got = listener.seen.filter((event) => event.name === "job:progress").map((event) => event.id);
    assert.deepEqual(got, ids.filter((id) => id > Number(listener.seen[0].id)).map(String));
  });
});

/** Reports one after the other until `end` resolves; gives the ids. */
async function reportUntil(job, end) {
  const ids = [];
  let ended = false;
  end.then(() => (ended = true));
  while (!ended) ids.push((await job.report("progress", { percent: 1 })).id);
  return ids;
}
