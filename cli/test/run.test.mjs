// jobcast run: one command as one job.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { api, jobOf, linesOf, messagesOf, newName, until } from "./place.mjs";
import { folder, jobcast } from "./program.mjs";

const shell = (script) => ["--", "sh", "-c", script];

test("a command that succeeds completes its job, and its output is the log", async (t) => {
  const name = newName();
  const program = jobcast(t, ["run", "--name", name, "--path", "a.mp4", "--payload", '{"a":1}', ...shell("echo out; echo 'warning: odd' >&2; echo $JOBCAST_JOB_ID")]);
  const { code, stdout, stderr } = await program.ended;
  const id = await program.job();
  assert.equal(code, 0);
  assert.equal(stdout, `out\n${id}\n`);
  assert.match(stderr, /^warning: odd$/m);
  const { status, name: called, filePath, payload, result } = await jobOf(id);
  assert.deepEqual({ status, called, filePath, payload, result }, { status: "completed", called: name, filePath: "a.mp4", payload: { a: 1 }, result: { exitCode: 0 } });
  const lines = (await linesOf(id)).map(({ message, source, level }) => [message, source, level]);
  assert.deepEqual(new Set(lines.map(String)), new Set([["out", "stdout", "info"], ["warning: odd", "stderr", "warn"], [id, "stdout", "info"]].map(String)));
});

test("a command that fails fails its job, and passes its exit code on", async (t) => {
  const program = jobcast(t, ["run", "--name", newName(), ...shell("echo 'no space' >&2; exit 7")]);
  assert.equal((await program.ended).code, 7);
  const { status, errorCode, error, attempt } = await jobOf(await program.job());
  assert.deepEqual([status, errorCode, error, attempt], ["failed", "exit_7", "sh ended with exit code 7. Its last words: no space", 1]);
});

test("a command that a signal ended is told as a shell would tell it", async (t) => {
  const program = jobcast(t, ["run", "--name", newName(), ...shell("kill -KILL $$")]);
  assert.equal((await program.ended).code, 137);
  assert.equal((await jobOf(await program.job())).errorCode, "sigkill");
});

test("a program that is not there ends with 127, and its job says so", async (t) => {
  const program = jobcast(t, ["run", "--name", newName(), "--", "no-such-program"]);
  const { code, stderr } = await program.ended;
  assert.equal(code, 127);
  assert.match(stderr, /“no-such-program” cannot be started/);
  assert.equal((await jobOf(await program.job())).errorCode, "not_started");
});

test("what is drawn over is progress and no line of the log", async (t) => {
  const program = jobcast(t, ["run", "--name", newName(), ...shell("printf '10%%\\r'; printf '20%%\\r'; printf '55%%\\r\\n'; echo done")]);
  assert.equal((await program.ended).stdout, "10%\r20%\r55%\r\ndone\n");
  const id = await program.job();
  assert.deepEqual(await messagesOf(id), ["55%", "done"]);
  assert.equal((await jobOf(id)).progress, 100);
});

test("a pattern tells progress, and stages begin by their lines", async (t) => {
  const script = "echo 'step 1 of 4'; echo 'Linking'; echo 'step 3 of 4'; exit 1";
  const how = ["--progress", "step (?P<current>\\d+) of (?P<total>\\d+)", "--stage", "compile", "--stage", "link=^Linking", "--stage", "pack=^Packing"];
  const program = jobcast(t, ["run", "--name", newName(), ...how, ...shell(script)]);
  await program.ended;
  const { progress, stages } = await jobOf(await program.job());
  assert.equal(progress, 75);
  assert.deepEqual(Object.entries(stages).map(([name, { status }]) => [name, status]), [["compile", "done"], ["link", "error"], ["pack", "pending"]]);
});

test("what comes on stdin reaches the command", async (t) => {
  const program = jobcast(t, ["run", "--name", newName(), "--logs", "none", "--", "cat"], { input: "\0binary\n" });
  assert.equal((await program.ended).stdout, "\0binary\n");
  assert.deepEqual(await messagesOf(await program.job()), []);
});

test("with --json stdout is one document, and the command's own words go to stderr", async (t) => {
  const program = jobcast(t, ["run", "--json", "--name", newName(), ...shell("echo hello; exit 3")]);
  const { code, stdout, stderr } = await program.ended;
  const { jobId, status, exitCode, told, lostLines } = JSON.parse(stdout);
  assert.deepEqual([code, jobId, status, exitCode, told, lostLines], [3, await program.job(), "failed", 3, true, 0]);
  assert.match(stderr, /^hello$/m);
});

test("a key that is refused starts nothing, and is not shown", async (t) => {
  const file = join(folder(t), "made");
  const program = jobcast(t, ["run", "--name", newName(), "--", "touch", file], { env: { JOBCAST_API_KEY: "jc_notakey" } });
  const { code, stdout, stderr } = await program.ended;
  assert.equal(code, 125);
  assert.match(stderr, /invalid_credential, req_.*\) The command was not started/);
  assert.doesNotMatch(stdout + stderr, /jc_notakey/);
  assert.equal(existsSync(file), false);
});

test("a kill stops the command and what it started", async (t) => {
  const child = "trap 'echo child stopped; exit' TERM; echo ready; while :; do sleep 0.1; done";
  const program = jobcast(t, ["run", "--name", newName(), ...shell(`sh -c "${child}" & exec sleep 600`)]);
  await program.said(/ready/, "stdout");
  const id = await program.job();
  await api("POST", `/jobs/${id}/kill`, { reason: "enough" });
  const { code, stdout, stderr } = await program.ended;
  assert.deepEqual([code, stdout], [143, "ready\nchild stopped\n"]);
  assert.match(stderr, /The command is stopped: .*job_cancelled/);
  assert.equal((await jobOf(id)).status, "cancelled");
});

test("a command that will not stop is killed after its grace, and its last lines are kept", async (t) => {
  const program = jobcast(t, ["run", "--grace", "1", "--name", newName(), ...shell("trap 'echo never' TERM; echo ready; while :; do sleep 0.1; done")]);
  await program.said(/ready/, "stdout");
  const id = await program.job();
  await api("POST", `/jobs/${id}/kill`, {});
  assert.equal((await program.ended).code, 137);
  assert.ok((await messagesOf(id)).includes("never"));
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]]) {
  test(`${signal} is passed on, and the job fails as interrupted`, async (t) => {
    const program = jobcast(t, ["run", "--name", newName(), ...shell("echo ready; exec sleep 600")]);
    await program.said(/ready/, "stdout");
    program.signal(signal);
    assert.equal((await program.ended).code, code);
    const { status, errorCode } = await jobOf(await program.job());
    assert.deepEqual([status, errorCode], ["failed", "interrupted"]);
  });
}

test("a command that says all is well after a signal did not do its work", async (t) => {
  const program = jobcast(t, ["run", "--name", newName(), ...shell("trap 'exit 0' INT; echo ready; while :; do sleep 0.1; done")]);
  await program.said(/ready/, "stdout");
  program.signal("SIGINT");
  assert.equal((await program.ended).code, 130);
  assert.equal((await jobOf(await program.job())).errorCode, "interrupted");
});

test("a silent command is kept alive longer than its job's time-out", async (t) => {
  const program = jobcast(t, ["run", "--timeout", "1", "--name", newName(), "--", "sh", "-c", "sleep 3"]);
  assert.equal((await program.ended).code, 0);
  const events = await until(await program.job(), ({ type }) => type === "job:completed");
  assert.deepEqual(events.map(({ type }) => type), ["job:started", "job:completed"]);
});
