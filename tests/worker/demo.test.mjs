// `npm run demo` as somebody runs it: a process of its own, read from its output.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";

const DEMO = fileURLToPath(new URL("../../examples/demo/demo.mjs", import.meta.url));

test("the demo does its work and shows the stream to its end", async (t) => {
  const project = await newProject();
  const demo = started(t, { JOBCAST_API_KEY: project.apiKey });
  const code = await demo.exit;
  assert.equal(code, 0, demo.output());
  for (const stage of ["scan", "hash", "compress", "verify"]) assert.match(demo.output(), new RegExp(`▸ ${stage}\n[^]*✓ ${stage} \\(`));
  assert.match(demo.output(), /100 %  Done\n✓ completed/);

  const [job] = (await project.list()).jobs;
  assert.ok(demo.output().includes(`curl -N -H "x-api-key: ${project.apiKey}" ${job.eventsUrl}`), "the line to watch it elsewhere");
  const manifest = JSON.parse(readFileSync(job.result.manifest));
  assert.deepEqual([manifest.length, job.status], [job.result.files, "completed"]);
});

test("a killed demo stops, and says why", async (t) => {
  const project = await newProject();
  const demo = started(t, { JOBCAST_API_KEY: project.apiKey, DEMO_SECONDS: "60" });
  const id = await demo.says(/Job (job_\w+)/);
  const url = `${place.url}/api/v1/jobs/${id}`;
  const stream = await open(t, `${url}/events`, { key: project.apiKey });
  await stream.event("job:log");
  await project.ask("POST", `/api/v1/jobs/${id}/kill`, { json: { reason: "seen enough" } });
  assert.equal(await demo.exit, 1);
  assert.match(demo.output(), /✗ seen enough\n$/);
});

test("Ctrl-C leaves no job behind", async (t) => {
  const project = await newProject();
  const demo = started(t, { JOBCAST_API_KEY: project.apiKey, DEMO_SECONDS: "60" });
  await demo.says(/(▸ compress)/);
  demo.child.kill("SIGINT");
  assert.equal(await demo.exit, 1);
  assert.equal((await project.list()).jobs[0].status, "cancelled");
});

test("without a service the demo says what to start", async (t) => {
  const demo = started(t, { JOBCAST_URL: "http://localhost:9" });
  assert.equal(await demo.exit, 1);
  assert.match(demo.output(), /Nothing answers at http:\/\/localhost:9\. Start the service in another terminal: npm start/);
});

function started(t, env) {
  const folder = mkdtempSync(join(tmpdir(), "jobcast-demo-test-"));
  const child = spawn(process.execPath, [DEMO], { env: { ...process.env, TMPDIR: folder, JOBCAST_URL: place.url, DEMO_SECONDS: "2", ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const exit = once(child, "close").then(([code]) => code);
  t.after(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  return { child, exit, output: () => output, says: (pattern) => said(child, exit, pattern, () => output) };
}

/** Waits for the output to match; gives the first group. */
async function said(child, exit, pattern, output) {
  for (;;) {
    const found = pattern.exec(output());
    if (found) return found[1];
    const over = await Promise.race([once(child.stdout, "data"), exit.then(() => "over")]);
    assert.notEqual(over, "over", output());
  }
}
