// jobcast run around real programs: their own way of telling progress arrives as the job's.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { path as ffmpeg } from "@ffmpeg-installer/ffmpeg";
import { messagesOf, newName, until } from "./place.mjs";
import { folder, jobcast } from "./program.mjs";

const progressOf = async (id) =>
  (await until(id, ({ type }) => type === "job:completed")).filter(({ type }) => type === "job:progress").map(({ data }) => data);

test("ffmpeg's time is the job's progress", async (t) => {
  const place = folder(t);
  const film = join(place, "in.mp4");
  execFileSync(ffmpeg, ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=25:duration=12", "-preset", "ultrafast", film], { stdio: "ignore" });
  const program = jobcast(t, ["run", "--name", newName(), "--", ffmpeg, "-i", film, "-preset", "veryslow", join(place, "out.mp4")]);
  assert.equal((await program.ended).code, 0);
  const id = await program.job();
  const progress = await progressOf(id);
  assert.ok(progress.length > 2, `${progress.length} reports`);
  assert.deepEqual(progress.map(({ percent }) => percent), progress.map(({ percent }) => percent).sort((a, b) => a - b));
  assert.match(progress[0].message, /^00:00:\d\d\.\d\d of 00:00:12\.00/);
  assert.equal(progress.at(-1).percent, 100);
  // The one line of statistics that stays.
  assert.equal((await messagesOf(id)).filter((line) => /^frame=/.test(line)).length, 1);
});

test("cargo's bar is the job's progress, though it has no terminal", async (t) => {
  const place = folder(t);
  const member = (name, source, dependencies = "") => {
    mkdirSync(join(place, name, "src"), { recursive: true });
    writeFileSync(join(place, name, "Cargo.toml"), `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2024"\n[dependencies]\n${dependencies}`);
    writeFileSync(join(place, name, "src", "main.rs"), "fn main() {}\n");
    writeFileSync(join(place, name, "src", "lib.rs"), source);
  };
  writeFileSync(join(place, "Cargo.toml"), '[workspace]\nmembers = ["one", "two"]\nresolver = "3"\n');
  member("one", "pub fn one() { let unused = 1; }\n");
  member("two", "pub fn two() { one::one() }\n", 'one = { path = "../one" }\n');
  const program = jobcast(t, ["run", "--name", newName(), "--", "cargo", "build", "--offline", "-j1"], { cwd: place });
  const { code, stderr } = await program.ended;
  assert.equal(code, 0, stderr);
  // Asked for by us alone, so nobody sees it who would not have.
  assert.doesNotMatch(stderr, /Building/);
  assert.match(stderr, /^ +Compiling one v0\.1\.0/m);
  const id = await program.job();
  const progress = await progressOf(id);
  assert.match(progress.at(-1).message, /^Building \d\/4: /);
  assert.equal(progress.at(-1).percent, 100);
  const messages = await messagesOf(id);
  assert.ok(messages.some((line) => line.startsWith("warning: unused variable")));
  assert.ok(!messages.some((line) => line.includes("Building")));
});
