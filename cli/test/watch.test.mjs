// jobcast watch: a job's stages and progress as lines or JSON, and its outcome as the exit code.
import assert from "node:assert/strict";
import test from "node:test";
import { BrokenNetwork } from "../../client/test/proxy.mjs";
import { api, createJob, runningJob, url } from "./place.mjs";
import { jobcast } from "./program.mjs";

test("stages and progress are told as they happen, and the end is the exit code", async (t) => {
  const { id, report } = await runningJob({ name: "film", stages: ["fetch", "encode"] });
  const program = jobcast(t, ["watch", id]);
  await program.said(/film: running, 0%/, "stdout");
  await report("stages/fetch", { type: "start" });
  await program.said(/fetch: running/, "stdout");
  await report("stages/fetch", { type: "complete", detail: "12 MB" });
  await report("progress", { percent: 40, message: "pass 1" });
  await report("progress", { percent: 41 });
  await report("complete");
  const { code, stdout } = await program.ended;
  assert.equal(code, 0);
  assert.match(stdout, /^film: running, 0%\nfetch: running\nfetch: done in [\d.]+ s: 12 MB\n40% pass 1\nfilm: completed\n$/);
});

const endings = [
  ["fails", ({ report }) => report("fail", { error: "no space" }), 10, /failed: no space/],
  ["is killed", ({ report }) => report("kill", { reason: "by hand" }), 11, /cancelled: by hand/],
];
for (const [how, end, exit, words] of endings) {
  test(`a job that ${how} ends the watch with ${exit}, also for who comes late`, async (t) => {
    const job = await runningJob();
    const early = jobcast(t, ["watch", job.id]);
    await early.said(/running/, "stdout");
    await end(job);
    for (const { code, stdout } of [await early.ended, await jobcast(t, ["watch", job.id]).ended]) {
      assert.equal(code, exit);
      assert.match(stdout, words);
    }
  });
}

test("a job that is not there is 4, a refused key 3, a slip of the hand 2", async (t) => {
  const missing = await jobcast(t, ["watch", "job_01J00000000000000000000000"]).ended;
  assert.equal(missing.code, 4);
  assert.match(missing.stderr, /No such job: .*job_not_found, req_/);
  const refused = await jobcast(t, ["watch", "job_01J00000000000000000000000"], { env: { JOBCAST_API_KEY: "jc_wrong" } }).ended;
  assert.equal(refused.code, 3);
  assert.equal((await jobcast(t, ["watch", "film"]).ended).code, 2);
});

test("a service that stays away is 1", async (t) => {
  const network = await BrokenNetwork.to(t, url);
  network.down();
  const { code, stderr } = await jobcast(t, ["watch", "job_01J00000000000000000000000", "--patience", "0"], { env: { JOBCAST_URL: network.url } }).ended;
  assert.equal(code, 1);
  assert.match(stderr, /Nothing answers at .*Is the service up/);
});

test("with --json each event is one line, once, however often the network breaks", async (t) => {
  const network = await BrokenNetwork.to(t, url);
  const { id, report } = await runningJob();
  const program = jobcast(t, ["watch", "--json", id], { env: { JOBCAST_URL: network.url } });
  await program.said(/job:snapshot/, "stdout");
  for (let percent = 1; percent <= 6; percent++) {
    if (percent % 2 === 0) network.cut();
    await report("progress", { percent });
  }
  await program.said(/"percent":6/, "stdout");
  network.down();
  await report("complete", { result: { ok: true } });
  await program.said(/Trying again/);
  network.up();
  const { code, stdout } = await program.ended;
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(code, 0);
  assert.deepEqual(events.map(({ type, data }) => data.percent ?? type), ["job:snapshot", 1, 2, 3, 4, 5, 6, "job:completed"]);
  assert.deepEqual(events.at(-1).data, { result: { ok: true } });
});

test("a failed attempt is not the end while another one comes", async (t) => {
  const { id, report } = await runningJob({ maxAttempts: 2 });
  const program = jobcast(t, ["watch", id]);
  await program.said(/running/, "stdout");
  await report("fail", { error: "once" });
  await program.said(/attempt 2 comes: once/, "stdout");
  await api("POST", `/jobs/${id}/kill`, {});
  assert.equal((await program.ended).code, 11);
});

test("a job of a public project is watched without a key", async (t) => {
  const { id } = await createJob();
  const program = jobcast(t, ["watch", id], { env: { JOBCAST_API_KEY: "" } });
  await program.said(/queued/, "stdout");
});
