// The longest life of the streams of a project and of an asset: here two seconds instead of five minutes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startInstance } from "./instance.mjs";
import { listen } from "./listener.mjs";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";
import { activityUrl, assetUrl, queueUrl } from "./urls.mjs";

const CAP_SECONDS = 2;
const CAPS = 3;

const create = async ({ project }) => (await project.create()).id;
const report = async (job) => String((await job.report("stages/encode", { type: "start" })).id);

/** `act` makes an event of this `name` happen, and gives that by which `seen` recognizes it. */
const STREAMS = {
  "the queue stream": { url: ({ project }) => queueUrl(project), name: "job:created", act: create, seen: ({ data }) => data.jobId },
  "the activity": { url: ({ project }) => activityUrl(project), name: "queued", act: create, seen: ({ data }) => data.asset_id },
  "an asset's stream": { url: assetUrl, name: "stage_started", act: report, seen: ({ id }) => id },
};

test("at its cap", { concurrency: true }, async (t) => {
  const at = await startInstance(t, { STREAM_CAP_SECONDS: CAP_SECONDS });

  await Promise.all(Object.entries(STREAMS).flatMap(([title, { url, name, act, seen }]) => [
    t.test(`${title} is closed cleanly, between two events`, async (t) => {
      const job = await (await newProject({ at })).running();
      const since = Date.now();
      const stream = await open(t, url(job), { key: job.project.apiKey });
      assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
      const lived = Date.now() - since;
      assert.ok(lived > (CAP_SECONDS - 0.5) * 1_000 && lived < (CAP_SECONDS + 3) * 1_000, `it lived for ${lived} ms`);
    }),

    t.test(`${title} is taken up again by an EventSource, which sees every event once through ${CAPS} caps`, async (t) => {
      const job = await (await newProject({ at })).running();
      const listener = listen(t, url(job), [name], { key: job.project.apiKey });
      while (listener.seen.length === 0) await act(job);
      const told = new Set();
      while (listener.errors.length < CAPS) told.add(await act(job));
      const got = () => listener.seen.filter((event) => told.has(seen(event)));
      await listener.when(() => got().length >= told.size);
      assert.deepEqual(got().map(seen).toSorted(), [...told].toSorted());
      assert.ok(listener.seen.every(({ id }, at) => at === 0 || Number(id) > Number(listener.seen[at - 1].id)), "in order");
      assert.ok(listener.errors.every((status) => status === undefined), listener.errors.join());
    }),
  ]));
});
