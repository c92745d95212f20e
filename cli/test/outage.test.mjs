// jobcast run while the service is away: the command never notices, and what can still be told is told, once.
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { BrokenNetwork } from "../../client/test/proxy.mjs";
import { jobOf, messagesOf, newName, until, url } from "./place.mjs";
import { folder, jobcast } from "./program.mjs";

/** A shell that waits for a file, so that the test says when it goes on. */
function gate(t) {
  const path = join(folder(t), "open");
  return { wait: `while [ ! -e ${path} ]; do sleep 0.05; done`, open: () => writeFileSync(path, "") };
}

const behind = (network) => ({ env: { JOBCAST_URL: network.url } });

test("an outage in the middle loses nothing and doubles nothing", async (t) => {
  const [network, gone, back] = [await BrokenNetwork.to(t, url), gate(t), gate(t)];
  const script = `echo before; ${gone.wait}; for i in 1 2 3; do echo during $i; done; ${back.wait}; echo after`;
  const program = jobcast(t, ["run", "--name", newName(), "--", "sh", "-c", script], behind(network));
  const id = await program.job();
  await until(id, ({ type, data }) => type === "job:log" && data.lines.some(({ message }) => message === "before"));
  network.down();
  gone.open();
  await program.said(/during 3/, "stdout");
  await program.said(/What there is to tell waits/);
  network.up();
  await program.said(/The service answers again/);
  back.open();
  assert.equal((await program.ended).code, 0);
  assert.deepEqual(await messagesOf(id), ["before", "during 1", "during 2", "during 3", "after"]);
  assert.equal((await jobOf(id)).status, "completed");
});

test("cut connections double no line", async (t) => {
  const network = await BrokenNetwork.to(t, url);
  const program = jobcast(t, ["run", "--name", newName(), "--", "sh", "-c", "for i in $(seq 40); do echo $i; sleep 0.05; done"], behind(network));
  const cutting = setInterval(() => network.cut(), 150);
  assert.equal((await program.ended.finally(() => clearInterval(cutting))).code, 0);
  assert.ok(network.cuts > 3);
  assert.deepEqual(await messagesOf(await program.job()), Array.from({ length: 40 }, (_, index) => `${index + 1}`));
});

test("a service that is away at the start gets its job when it is back", async (t) => {
  const [network, back] = [await BrokenNetwork.to(t, url), gate(t)];
  network.down();
  const program = jobcast(t, ["run", "--name", newName(), "--", "sh", "-c", `echo early; ${back.wait}; exit 4`], behind(network));
  await program.said(/The command begins all the same/);
  await program.said(/early/, "stdout");
  network.up();
  const id = await program.job();
  back.open();
  assert.equal((await program.ended).code, 4);
  assert.deepEqual([await messagesOf(id), (await jobOf(id)).errorCode], [["early"], "exit_4"]);
});

test("a service that does not come back costs no exit code, and what was lost is said", async (t) => {
  const network = await BrokenNetwork.to(t, url);
  network.down();
  const program = jobcast(t, ["run", "--patience", "1", "--name", newName(), "--", "sh", "-c", "echo one; echo two"], behind(network));
  const { code, stderr } = await program.ended;
  assert.equal(code, 0);
  assert.match(stderr, /was not told of the job, which was never made that it completed: Nothing answers/);
  assert.match(stderr, /2 log lines did not reach the service/);
});

test("a signal ends the waiting for a service that is away", async (t) => {
  const network = await BrokenNetwork.to(t, url);
  network.down();
  const program = jobcast(t, ["run", "--json", "--patience", "600", "--name", newName(), "--", "true"], behind(network));
  await program.said(/What there is to tell waits|The command begins all the same/);
  await program.said(/What there is to tell waits/);
  // The first may still find the command.
  const asking = setInterval(() => program.signal("SIGINT"), 200);
  const { code, stdout } = await program.ended.finally(() => clearInterval(asking));
  const { told, jobId } = JSON.parse(stdout);
  assert.deepEqual([code, told, jobId], [0, false, null]);
});

// Longer than a request may hang would be too long.
test("a signal also ends the waiting for a service that hangs", { timeout: 20_000 }, async (t) => {
  const [network, last] = [await BrokenNetwork.to(t, url), gate(t)];
  const program = jobcast(t, ["run", "--json", "--patience", "600", "--name", newName(), "--", "sh", "-c", `${last.wait}; echo last words; exit 5`], behind(network));
  const id = await program.job();
  network.stall();
  last.open();
  await program.said(/last words/);
  // The first may still find the command.
  const asking = setInterval(() => program.signal("SIGTERM"), 200);
  const { told, jobId } = JSON.parse((await program.ended.finally(() => clearInterval(asking))).stdout);
  assert.deepEqual([told, jobId], [false, id]);
});

test("a job that timed out meanwhile does not stop its command, and that is said", async (t) => {
  const [network, back, file] = [await BrokenNetwork.to(t, url), gate(t), join(folder(t), "done")];
  const program = jobcast(t, ["run", "--timeout", "1", "--name", newName(), "--", "sh", "-c", `${back.wait}; echo late; touch ${file}`], behind(network));
  const id = await program.job();
  network.down();
  await until(id, ({ type }) => type === "job:failed");
  network.up();
  await program.said(/The attempt is over for the service: .*The command goes on/);
  back.open();
  const { code, stderr } = await program.ended;
  assert.equal(code, 0);
  assert.ok(existsSync(file));
  assert.match(stderr, new RegExp(`was not told of ${id} that it completed`));
  assert.deepEqual(await messagesOf(id), ["late"]);
});
