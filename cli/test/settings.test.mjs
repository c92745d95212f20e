// What is configured, listed, and printed: settings, list, keys, completions.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { adminToken, api, createJob, key, newName, url } from "./place.mjs";
import { folder, jobcast } from "./program.mjs";

const unset = { JOBCAST_URL: "", JOBCAST_API_KEY: "" };

function config(t, text, mode = 0o600) {
  const home = folder(t);
  mkdirSync(join(home, "jobcast"));
  const file = join(home, "jobcast", "config.toml");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return { XDG_CONFIG_HOME: home };
}

test("the file serves where neither flags nor environment say anything", async (t) => {
  const file = config(t, `url = "${url}"\napi_key = "${key}"\n`);
  const { code, stderr } = await jobcast(t, ["list"], { env: { ...unset, ...file } }).ended;
  assert.deepEqual([code, stderr.includes("chmod")], [0, false]);
  const elsewhere = config(t, 'url = "http://localhost:1"\napi_key = "jc_wrong"\n');
  assert.equal((await jobcast(t, ["list", "--limit", "1"], { env: elsewhere }).ended).code, 0);
});

test("a flag comes before the environment", async (t) => {
  const { code } = await jobcast(t, ["list", "--url", url], { env: { JOBCAST_URL: "http://localhost:1" } }).ended;
  assert.equal(code, 0);
});

test("a file with a secret that others may read is warned about", async (t) => {
  const { stderr } = await jobcast(t, ["list"], { env: config(t, `api_key = "${key}"`, 0o644) }).ended;
  assert.match(stderr, /others may read it: chmod 600/);
});

test("no key is said in a sentence, and is 2", async (t) => {
  const { code, stderr } = await jobcast(t, ["list"], { env: { JOBCAST_API_KEY: "" } }).ended;
  assert.equal(code, 2);
  assert.match(stderr, /No API key: set JOBCAST_API_KEY/);
});

test("a list is narrowed by status, name and path, and goes over pages", async (t) => {
  const name = newName();
  const jobs = await api("POST", "/jobs", Array.from({ length: 100 }, (_, index) => ({ name, filePath: `a b/${index}&.mp4` })));
  jobs.jobs.push(await createJob({ name }));
  const list = async (...args) => JSON.parse((await jobcast(t, ["list", "--json", "--name", name, ...args]).ended).stdout);
  const all = await list("--limit", "150");
  assert.deepEqual([all.count, all.total, new Set(all.jobs.map(({ id }) => id)).size], [101, 101, 101]);
  assert.equal((await list("--path", "a b/7&.mp4")).jobs[0].filePath, "a b/7&.mp4");
  assert.equal((await list("--status", "completed")).count, 0);
  const { stdout, stderr } = await jobcast(t, ["list", "--name", name, "--limit", "2"]).ended;
  assert.match(stdout, new RegExp(`^JOB .*\n${jobs.jobs[100].id}  pending +0  ${name}`));
  assert.match(stderr, /2 of 101 jobs/);
});

test("an unknown status is refused with the service's own words", async (t) => {
  const { code, stderr } = await jobcast(t, ["list", "--status", "odd"]).ended;
  assert.equal(code, 3);
  assert.match(stderr, /invalid_request, req_/);
});

test("keys are made, listed and revoked with the admin token, and a key is shown once", async (t) => {
  const keys = (...args) => jobcast(t, ["keys", ...args], { env: { JOBCAST_ADMIN_TOKEN: adminToken } }).ended;
  const name = newName();
  const made = JSON.parse((await keys("create", "--scopes", "jobs:read,jobs:create", "--name", name, "--expires", "1h", "--json")).stdout);
  assert.deepEqual(made.scopes, ["jobs:create", "jobs:read"]);
  assert.equal((await jobcast(t, ["list"], { env: { JOBCAST_API_KEY: made.key } }).ended).code, 0);
  const { stdout } = await keys("list");
  assert.match(stdout, new RegExp(`${made.id} .*until .*${name}`));
  assert.doesNotMatch(stdout, new RegExp(made.key));
  assert.equal((await keys("revoke", made.id)).code, 0);
  assert.match((await keys("list")).stdout, new RegExp(`${made.id} .*revoked`));
  assert.match((await keys("create", "--scopes", "jobs:read")).stdout, /^jc_\S+\n$/);
  assert.equal((await keys("list", "--project", "nobody")).code, 2);
  assert.equal((await jobcast(t, ["keys", "list"]).ended).code, 2);
});

for (const shell of ["bash", "zsh", "fish"]) {
  test(`completions for ${shell} know every command`, async (t) => {
    const { code, stdout } = await jobcast(t, ["completions", shell]).ended;
    assert.equal(code, 0);
    for (const command of ["run", "watch", "tail", "list", "work", "keys", "completions"]) assert.match(stdout, new RegExp(command));
  });
}

test("a reader that has seen enough ends it quietly", async (t) => {
  const program = jobcast(t, ["list", "--json"]);
  program.child.stdout.destroy();
  const { code, stderr } = await program.ended;
  assert.ok([0, 141].includes(code), `${code}`);
  assert.doesNotMatch(stderr, /panic/);
});
