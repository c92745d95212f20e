// Coverage-guided fuzzing of every parser (fuzz/) with libFuzzer, on the stable toolchain · about 15 min.
// `node tests/torture/fuzz.mjs [target…]`. SECONDS: how long each target is tried, 60 by default. KEEP=1 writes what was interesting
// back into fuzz/corpus/, minimised. An input for which a property does not hold is printed as a line to add to the target's corpus.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { at } from "../../scripts/paths.mjs";
import { printed, program, Refusal, run, step } from "../../scripts/step.mjs";

const SECONDS = Number(process.env.SECONDS ?? 60);
const CORPUS = at("fuzz", "corpus");
const BUILD = at("build", "fuzz");
const TARGETS = readdirSync(CORPUS).map((name) => name.replace(".jsonl", ""));
/** What `cargo fuzz` gives the compiler: counters at each edge, and what is compared told to the fuzzer. */
const COVERAGE = [
  "-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4", "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table", "-Cllvm-args=-sanitizer-coverage-trace-compares", "-Cllvm-args=-sanitizer-coverage-stack-depth",
];

const file = (target) => join(CORPUS, `${target}.jsonl`);

/** One input a line: a JSON string whose letters are the bytes. */
const read = (target) => readFileSync(file(target), "utf8").split("\n").filter(Boolean).map((text) => Buffer.from(JSON.parse(text), "latin1"));
const line = (input) => JSON.stringify(input.toString("latin1"));

await program(async () => {
  const targets = process.argv.length > 2 ? process.argv.slice(2) : TARGETS;
  const unknown = targets.find((target) => !TARGETS.includes(target));
  if (unknown) throw new Refusal(`${unknown} is no target: choose of ${TARGETS.join(" ")}.`);
  const fuzzer = await step("Build the fuzzer", build);
  const results = await inTurn(targets, (target) => step(target, () => fuzz(fuzzer, target)));
  console.table(results);
  const sum = (figure) => results.reduce((total, result) => total + result[figure], 0);
  console.log(`${sum("executions").toLocaleString("en")} executions in ${sum("seconds")} s, ${sum("failed")} targets with a fault`);
  process.exit(sum("failed") === 0 ? 0 : 1);
});

/** With an explicit target, so that macros and build scripts are compiled without counters. */
async function build() {
  if (printed("c++", "--version") === null) throw new Refusal("libFuzzer is written in C++: install a compiler of it (on Debian: apt-get install g++).");
  const host = /^host: (.+)$/m.exec(printed("rustc", "-vV"))[1];
  const args = ["build", "--quiet", "--release", "--locked", "--manifest-path", at("fuzz", "Cargo.toml"), "--target", host, "--target-dir", BUILD];
  await run("cargo", args, { env: { ...process.env, RUSTFLAGS: COVERAGE.join(" ") } });
  return join(BUILD, host, "release", "jobcast-fuzz");
}

/** As many at once as there are processors. */
async function inTurn(targets, work) {
  const [left, results] = [[...targets], []];
  const worker = async () => {
    for (let target; (target = left.shift()); ) results.push(await work(target));
  };
  await Promise.all(Array.from({ length: Number(process.env.AT_ONCE ?? availableParallelism()) }, worker));
  return results.sort((a, b) => (a.target < b.target ? -1 : 1));
}

async function fuzz(fuzzer, target) {
  const folder = mkdtempSync(join(tmpdir(), "jobcast-fuzz-"));
  const [corpus, fault] = [join(folder, "corpus"), join(folder, "fault-")];
  try {
    mkdirSync(corpus);
    read(target).forEach((input, at) => writeFileSync(join(corpus, String(at)), input));
    const told = await libFuzzer(fuzzer, target, [
      corpus, `-max_total_time=${SECONDS}`, "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1", `-artifact_prefix=${fault}`,
    ]);
    const faults = readdirSync(folder).filter((name) => name.startsWith("fault-")).map((name) => readFileSync(join(folder, name)));
    if (faults.length > 0 || told.code !== 0) console.error(told.end, `\n✗ ${target}: ${faults.map(line).join("\n")}`);
    if (process.env.KEEP && faults.length === 0) await keep(fuzzer, target, corpus, folder);
    return { target, executions: told.executions, seconds: told.seconds, edges: told.edges, features: told.features, corpus: readdirSync(corpus).length, failed: Number(told.code !== 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function libFuzzer(fuzzer, target, args) {
  const began = performance.now();
  const child = spawn(fuzzer, args, { env: { ...process.env, FUZZ_TARGET: target, RUST_BACKTRACE: "1" }, stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (piece) => (text = (text + piece).slice(-200_000)));
  const code = await new Promise((ended) => child.once("close", ended));
  const last = (pattern) => Number([...text.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return {
    code, executions: last(/stat::number_of_executed_units: (\d+)/g) || last(/^#(\d+)/gm), edges: last(/cov: (\d+)/g), features: last(/ft: (\d+)/g),
    seconds: Math.round((performance.now() - began) / 1_000), end: text.slice(-3_000),
  };
}

/** Adds the few inputs that reach together every edge that was reached, and that those of the corpus do not. */
async function keep(fuzzer, target, corpus, folder) {
  const small = join(folder, "small");
  mkdirSync(small);
  read(target).forEach((input, at) => writeFileSync(join(small, String(at)), input));
  await libFuzzer(fuzzer, target, ["-set_cover_merge=1", "-use_counters=0", small, corpus]);
  const inputs = readdirSync(small).map((name) => readFileSync(join(small, name))).sort((a, b) => a.length - b.length || Buffer.compare(a, b));
  writeFileSync(file(target), inputs.map((input) => `${line(input)}\n`).join(""));
}
