// jobcast work: jobs from the queue, a command for each.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { swallowing } from "../../tests/worker/swallow.mjs";
import { api, createJob, jobOf, messagesOf, newName, until, url } from "./place.mjs";
import { folder, jobcast } from "./program.mjs";

const over = (id) => until(id, ({ type }) => ["job:completed", "job:failed"].includes(type)).then(() => jobOf(id));

function script(t, text) {
  const path = join(folder(t), "script.sh");
  writeFileSync(path, text);
  return `sh ${path}`;
}

test("a payload reaches the command as a file and on stdin, whatever stands in it, and its result comes back", async (t) => {
  const name = newName();
  const payload = { text: "'; touch owned; $(id) `id` \n \" {job}" };
  const { id } = await createJob({ name, payload });
  const exec = `${script(t, 'cat "$1" > "$JOBCAST_RESULT"; cmp - "$1" && echo same "$2" "$JOBCAST_ATTEMPT"')} {payload} {job}`;
  const program = jobcast(t, ["work", "--name", name, "--max-jobs", "1", "--exec", exec]);
  assert.equal((await program.ended).code, 0);
  const { status, result } = await jobOf(id);
  assert.deepEqual({ status, result }, { status: "completed", result: payload });
  assert.deepEqual(await messagesOf(id), [`same ${id} 1`]);
});

test("a command that fails fails the attempt, and the next one is taken too", async (t) => {
  const name = newName();
  const { id } = await createJob({ name, maxAttempts: 2 });
  const program = jobcast(t, ["work", "--json", "--name", name, "--max-jobs", "2", "--exec", script(t, 'echo try $JOBCAST_ATTEMPT; [ "$JOBCAST_ATTEMPT" = 2 ]')]);
  const { stdout } = await program.ended;
  const told = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(told.map(({ event, attempt, jobId }) => [event, attempt, jobId]), [["started", 1, id], ["failed", 1, id], ["started", 2, id], ["completed", 2, id]]);
  assert.deepEqual([(await jobOf(id)).status, await messagesOf(id)], ["completed", ["try 1", "try 2"]]);
});

test("a job is worked on at once although the answer that brought it was lost", async (t) => {
  const name = newName();
  const { id } = await createJob({ name });
  let losses = 0;
  const network = await swallowing(t, url, ({ path, body }) => path.endsWith("/poll") && body.jobs.length > 0 && losses++ < 2);
  const program = jobcast(t, ["work", "--name", name, "--max-jobs", "1", "--exec", "true"], { env: { JOBCAST_URL: network.url } });
  assert.equal((await program.ended).code, 0);
  assert.deepEqual([losses, (await jobOf(id)).status], [3, "completed"]);
});

test("several at a time run beside each other", async (t) => {
  const [name, place] = [newName(), folder(t)];
  const jobs = await Promise.all([1, 2].map(() => createJob({ name })));
  // Each waits for the other.
  const exec = script(t, `touch ${place}/$JOBCAST_JOB_ID; while [ "$(ls ${place} | wc -l)" -lt 2 ]; do sleep 0.05; done`);
  const program = jobcast(t, ["work", "--name", name, "--concurrency", "2", "--max-jobs", "2", "--exec", exec]);
  assert.equal((await program.ended).code, 0);
  for (const { id } of jobs) assert.equal((await jobOf(id)).status, "completed");
});

test("a kill stops the command, and the next job is taken", async (t) => {
  const name = newName();
  const [first, second] = [await createJob({ name, payload: 600 }), await createJob({ name, payload: 0 })];
  const exec = script(t, 'echo ready; exec sleep "$(cat "$JOBCAST_PAYLOAD")"');
  const program = jobcast(t, ["work", "--name", name, "--max-jobs", "2", "--exec", exec]);
  await until(first.id, ({ type }) => type === "job:log");
  await api("POST", `/jobs/${first.id}/kill`, {});
  assert.equal((await program.ended).code, 0);
  assert.deepEqual([(await jobOf(first.id)).status, (await jobOf(second.id)).status], ["cancelled", "completed"]);
});

test("the first signal lets the job in hand end, the second stops it", async (t) => {
  const [name, place] = [newName(), folder(t)];
  const { id } = await createJob({ name });
  const gate = join(place, "open");
  const gentle = jobcast(t, ["work", "--name", name, "--exec", script(t, `echo ready; while [ ! -e ${gate} ]; do sleep 0.05; done`)]);
  await gentle.said(/^ready$/m);
  gentle.signal("SIGTERM");
  await gentle.said(/1 in hand/);
  writeFileSync(gate, "");
  assert.equal((await gentle.ended).code, 0);
  assert.equal((await jobOf(id)).status, "completed");

  const other = await createJob({ name });
  const hasty = jobcast(t, ["work", "--name", name, "--exec", script(t, "echo ready; exec sleep 600")]);
  await hasty.said(/^ready$/m);
  hasty.signal("SIGINT");
  await hasty.said(/1 in hand/);
  hasty.signal("SIGINT");
  await hasty.ended;
  assert.equal((await over(other.id)).errorCode, "interrupted");
});

test("a result that is too large fails the job with what to do", async (t) => {
  const name = newName();
  const { id } = await createJob({ name });
  await jobcast(t, ["work", "--name", name, "--max-jobs", "1", "--exec", script(t, 'head -c 300000 /dev/zero > "$JOBCAST_RESULT"')]).ended;
  assert.equal((await jobOf(id)).errorCode, "result_too_large");
});

test("a command that cannot be started fails the job, one that cannot be read takes none", async (t) => {
  const name = newName();
  const { id } = await createJob({ name });
  await jobcast(t, ["work", "--name", name, "--max-jobs", "1", "--exec", "no-such-program"]).ended;
  assert.equal((await jobOf(id)).errorCode, "not_started");
  const { code, stderr } = await jobcast(t, ["work", "--name", name, "--exec", "sh 'open"]).ended;
  assert.equal(code, 2);
  assert.match(stderr, /a quote is not closed/);
});

test("payloads lie where only their owner can read them, and are gone afterwards", async (t) => {
  const [name, place] = [newName(), folder(t)];
  await createJob({ name, payload: "secret" });
  await jobcast(t, ["work", "--name", name, "--max-jobs", "1", "--exec", script(t, `stat -c %a "$(dirname "$1")" > ${place}/mode; echo "$1" > ${place}/path`) + " {payload}"]).ended;
  assert.equal(readFileSync(join(place, "mode"), "utf8"), "700\n");
  assert.throws(() => readFileSync(readFileSync(join(place, "path"), "utf8").trim()), { code: "ENOENT" });
});
