// The commands that the first-run page shows are run by a real shell, with a curl that says what it was given.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curlStream, eventSource, firstJob, stepsDone } from "../src/model/snippets.ts";

const SAYS = 'curl() { printf "%s\\n" "$@"; }\n';
const shell = (script) => execFileSync("sh", ["-c", SAYS + script], { encoding: "utf8" }).trimEnd().split("\n");

test("each command of the first job is what a shell understands", () => {
  const [key, create, ack, progress, logs, complete] = firstJob("http://localhost:1", "jc_a-b", "job_1").map(({ command }) => command);
  const given = shell([key, create].join("\n"));
  assert.deepEqual(given.slice(0, 5), ["-X", "POST", "http://localhost:1/api/v1/jobs", "-H", "x-api-key: jc_a-b"]);
  assert.equal(JSON.parse(given.at(-1)).name, "hello");
  assert.deepEqual(shell(ack).slice(1, 3), ["POST", "http://localhost:1/api/v1/jobs/job_1/ack"]);
  for (const command of [progress, logs, complete]) assert.doesNotThrow(() => JSON.parse(shell(command).at(-1)), command);
});

test("an address with anything in it reaches curl whole", () => {
  const url = "http://localhost/api/v1/jobs/j/events?token=a&b='c d'";
  assert.deepEqual(shell(curlStream(url)), ["-N", url]);
});

test("the page's snippet is JavaScript", () => assert.doesNotThrow(() => new Function(eventSource('http://x/?token="'))));

test("a step is done when its job shows it", () => {
  const job = (status, progress = 0) => stepsDone({ status, progress });
  assert.deepEqual([stepsDone(null), job("pending"), job("running"), job("running", 65), job("completed", 100)], [0, 2, 3, 4, 6]);
});
