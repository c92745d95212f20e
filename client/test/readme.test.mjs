// The README's examples, run as they stand there.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Attempt, createJob, getJob, watchJob } from "jobcast-client";
import { newName, service } from "./place.mjs";

const FOLDER = new URL("..", import.meta.url);
const readme = readFileSync(new URL("README.md", FOLDER), "utf8");

/** The block of that name as a module beside the package, so that its imports are found as a user's would be. */
async function run(t, name, given, { change = (text) => text, gives = [] } = {}) {
  const [, text] = new RegExp(`\`\`\`js ${name}\n(.*?)\`\`\``, "s").exec(readme);
  assert.ok(text.trimEnd().split("\n").length <= 12, "it is longer than it says");
  const file = new URL(`test/example-${name}-${process.pid}.mjs`, FOLDER);
  t.after(() => rmSync(file, { force: true }));
  globalThis.given = given;
  writeFileSync(file, `const { ${Object.keys(given)} } = globalThis.given;\n${change(text)}\nexport { ${gives} };\n`);
  return import(pathToFileURL(file.pathname));
}

test("the watcher's example tells how the job ends", async (t) => {
  const job = await createJob({ name: newName() }, service);
  const attempt = await Attempt.begin(job, service);
  t.after(() => attempt.end());
  const lines = [];
  t.mock.method(console, "log", (...words) => {
    lines.push(words.join(" "));
    // It watches: now something may happen.
    if (words[0] === "now:") attempt.progress(65, "Encoding"), attempt.complete("a film");
  });
  await run(t, "watch", { eventsUrl: job.eventsUrl });
  assert.deepEqual(lines, ["connection: live", "now: running", "65 Encoding", "done: a film", "connection: ended"]);
});

test("the producer's example does its job", async (t) => {
  // A name of its own, so that it takes no other test's job.
  const name = JSON.stringify(newName());
  const change = (text) => text.replaceAll('"encode"', name);
  const { worker, job } = await run(t, "produce", service, { change, gives: ["worker", "job"] });
  t.after(() => worker.stop({ abort: true }));
  await watchJob(job.id, { ...service, onEvent() {} }).done;
  const { status, result, stages } = await getJob(job.id, service);
  assert.deepEqual([status, result.url, stages.fetch.detail], ["completed", "https://cdn.example/clip.mp4", "fetched clip.mp4"]);
});
