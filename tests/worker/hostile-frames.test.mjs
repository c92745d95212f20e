// Nothing that a producer writes ends a line or an event early, in any view of any stream, as it happens and read again: every event comes
// once, under its own name, and has its text to the letter.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TEXTS } from "./hostile.mjs";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";
import { activityUrl, assetUrl, queueUrl } from "./urls.mjs";

/** A name for a stage that is as much of the text as a name may be. */
const nameOf = (text) => text.replaceAll(/[\p{Cc},*]/gu, " ").trim().slice(0, 64);

/** A job with the text in every field that takes one. */
const created = (project, text) =>
  project.create({ name: text, topic: text, filePath: text, stages: [nameOf(text)], payload: heldIn(text), meta: heldIn(text) });

/** And in every report on it, to its end. */
async function lives(job, text) {
  const [stage, held] = [nameOf(text), heldIn(text)];
  await job.report("ack");
  await job.report("progress", { percent: 5, message: text, subProgress: { [stage]: { percent: 1, message: text } } });
  for (const fields of stageReports(text)) await job.report(`stages/${encodeURIComponent(stage)}`, fields);
  await job.report("checkpoint", held);
  await job.report("event", held);
  await job.report("logs", [text, { message: text, source: text, metadata: held }]);
  await job.report("fail", { error: text, code: text, retry: false });
}

const heldIn = (text) => JSON.parse(JSON.stringify({ list: [text] }).replace("{", `{${JSON.stringify(text)}:${JSON.stringify(text)},`));
const stageReports = (text) => [
  { type: "start", ...heldIn(text) }, { type: text.slice(0, 64) }, { type: "error", error: text, code: text },
  { type: "complete", detail: text }, { type: "skipped", reason: text },
];

/** The streams of the job and of its project, each with the events that it has of that life, and what of their data the text is. */
const STREAMS = {
  "the job's": {
    url: (job) => job.eventsUrl,
    events: (text) => [
      ["job:started", {}],
      ["job:progress", { message: text, subProgress: { [nameOf(text)]: { percent: 1, message: text } } }],
      ...stageReports(text).map((fields) => [`stage:${nameOf(text)}`, { stage: nameOf(text), ...fields }]),
      ["job:checkpoint", { data: heldIn(text) }], ["job:event", { data: heldIn(text) }],
      ["job:log", { lines: [{ message: text }, { message: text, source: text, metadata: heldIn(text) }] }],
      ["job:failed", { error: text, code: text }],
    ],
  },
  "the queue's": {
    url: (job) => queueUrl(job.project),
    events: (text) => [["job:created", { filePath: text }], ["job:started", { filePath: text }], ["job:progress", {}], ["job:error", { filePath: text, error: text }]],
  },
  "the asset's": { url: assetUrl, events: asset },
  "the activity": { url: (job) => activityUrl(job.project), events: asset },
};

function asset(text) {
  const stage = nameOf(text);
  const failed = { error_msg: text, error_code: text };
  return [["queued", {}], ["stage_started", { stage }], ["stage_failed", { stage, ...failed }], ["stage_completed", { stage }], ["failed", failed]];
}

/** How a stream begins, which is no event of the log. */
const isOpening = ({ event }) => ["job:snapshot", "connected"].includes(event);
const isEnd = ({ event }) => ["job:failed", "job:error", "failed"].includes(event);

/** The events of a stream to the end of the job, but for its opening. */
const told = async (stream) => (await stream.until(isEnd)).filter((frame) => !isOpening(frame));
const asTold = ({ id, event, data }) => ({ id, event, data });

function hasTheText(frames, expected, where) {
  assert.deepEqual(frames.map(({ event }) => event), expected.map(([event]) => event), where);
  frames.forEach((frame, at) => {
    assert.ok(!/[\r\n\0]/.test(frame.data), "the data is one line");
    assert.partialDeepStrictEqual(frame.json(), expected[at][1], where);
  });
}

function isSnapshot(data, text) {
  assert.partialDeepStrictEqual(data, { name: text, topic: text, filePath: text, ...heldIn(text) });
  assert.deepEqual(Object.keys(data.stages), [nameOf(text)]);
}

describe("a producer who writes", { concurrency: 4 }, () => {
  for (const [what, text] of Object.entries(TEXTS)) {
    test(`${what} into every field adds no event to any stream, and is read as it was written`, async (t) => {
      const project = await newProject();
      const job = await created(project, text);
      const live = {};
      for (const [name, { url }] of Object.entries(STREAMS)) {
        live[name] = await open(t, url(job), { key: project.apiKey });
        await live[name].next();
      }
      isSnapshot((await live["the job's"].event("job:snapshot")).json(), text);
      await lives(job, text);
      for (const [name, { url, events }] of Object.entries(STREAMS)) {
        const again = await told(await open(t, url(job), { key: project.apiKey, cursor: "0" }));
        hasTheText(again, events(text), name);
        const came = await told(live[name]);
        assert.deepEqual(came.map(asTold), again.slice(-came.length).map(asTold), `${name}, as it happened and read again`);
      }
    });
  }
});
