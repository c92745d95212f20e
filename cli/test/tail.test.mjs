// jobcast tail: a job's lines, those that there are and those that come.
import assert from "node:assert/strict";
import test from "node:test";
import { BrokenNetwork } from "../../client/test/proxy.mjs";
import { runningJob, url } from "./place.mjs";
import { jobcast } from "./program.mjs";

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

test("the lines that there are come first, then those that come, each once, until the job ends", async (t) => {
  const { id, report } = await runningJob();
  await report("logs", numbers(1, 1_000));
  await report("logs", numbers(1_001, 1_500));
  const program = jobcast(t, ["tail", id]);
  await program.said(/^1500$/m, "stdout");
  await report("logs", numbers(1_501, 1_600));
  await report("fail", { error: "no" });
  const { code, stdout } = await program.ended;
  assert.equal(code, 0);
  assert.deepEqual(stdout.trim().split("\n"), numbers(1, 1_600));
});

test("a network that breaks loses no line and doubles none", async (t) => {
  const network = await BrokenNetwork.to(t, url);
  const { id, report } = await runningJob();
  const program = jobcast(t, ["tail", id], { env: { JOBCAST_URL: network.url } });
  for (let batch = 0; batch < 8; batch++) {
    await report("logs", numbers(batch * 10 + 1, batch * 10 + 10));
    if (batch % 2) network.cut();
  }
  await program.said(/^80$/m, "stdout");
  await report("complete");
  assert.deepEqual((await program.ended).stdout.trim().split("\n"), numbers(1, 80));
});

test("levels are chosen, live and in what there is", async (t) => {
  const { id, report } = await runningJob();
  const lines = (word) => ["info", "warn", "error"].map((level) => ({ level, message: `${word} ${level}` }));
  await report("logs", lines("old"));
  const program = jobcast(t, ["tail", id, "--level", "warning,error"]);
  await program.said(/old error/, "stdout");
  await report("logs", lines("new"));
  await report("complete");
  assert.equal((await program.ended).stdout, "old warn\nold error\nnew warn\nnew error\n");
  assert.equal((await jobcast(t, ["tail", id, "--level", "loud"]).ended).code, 2);
});

test("without following it ends with the lines that there are, or the last few of them", async (t) => {
  const { id, report } = await runningJob();
  await report("logs", numbers(1, 20));
  assert.equal((await jobcast(t, ["tail", id, "--no-follow"]).ended).stdout, `${numbers(1, 20).join("\n")}\n`);
  const { stdout } = await jobcast(t, ["tail", id, "--no-follow", "-n", "2", "--json"]).ended;
  assert.deepEqual(stdout.trim().split("\n").map((line) => JSON.parse(line)).map(({ seq, message }) => [seq, message]), [[19, "19"], [20, "20"]]);
});

test("a job that is not there is 4", async (t) => {
  assert.equal((await jobcast(t, ["tail", "job_01J00000000000000000000000"]).ended).code, 4);
});
