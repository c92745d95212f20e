// The parts of `npm test`. Each runs in the open and resolves to a tally of what passed and failed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildClient } from "./client.mjs";
import { checkDependencies } from "./dependencies.mjs";
import { firstPageSize } from "./dashboard.mjs";
import { at, NODE, PINNED_ENV } from "./paths.mjs";
import { attempt } from "./step.mjs";
import { prepareCargoDeny } from "./toolchain.mjs";
import { wasmSize } from "./worker.mjs";
import { LOCAL_ENV, WRANGLER } from "./wrangler.mjs";

// A little above what it is (docs/ARCHITECTURE.md, “Size of the Worker”): whoever makes it larger shall see it.
const WASM_BUDGET = 492 * 1000;
const FIRST_PAGE_BUDGET = 250 * 1000;

export const none = { passed: 0, failed: 0, unchecked: [] };
export const failure = { ...none, failed: 1 };
/** `unchecked` names what could not be looked at; most parts have nothing such. */
export const add = (a, b) => ({
  passed: a.passed + b.passed, failed: a.failed + b.failed, unchecked: [...(a.unchecked ?? []), ...(b.unchecked ?? [])],
});
const check = (ok) => (ok ? { passed: 1, failed: 0 } : failure);

/** A runner that ends badly without naming a failed test (it did not compile, it was killed) counts as one failure. */
const settle = (tally, code) => (code !== 0 && tally.failed === 0 ? add(tally, failure) : tally);

/** The tests of the pure core, on the host. */
export const hostTests = () => cargoTests();

async function cargoTests(...which) {
  let tally = none;
  const code = await attempt("cargo", ["test", "--no-fail-fast", ...which], {
    heard: byLine((line) => {
      const result = /^test result: .* (\d+) passed; (\d+) failed;/.exec(line);
      if (result) tally = add(tally, { passed: Number(result[1]), failed: Number(result[2]) });
    }),
  });
  return settle(tally, code);
}

/** The black-box tests against a running service; `env` tells them where it is. A crowd takes the whole machine, so it comes by itself. */
export async function workerTests(files, env, concurrency = 4) {
  const crowds = files.filter((file) => file.endsWith(".crowd.test.mjs"));
  const others = files.filter((file) => !crowds.includes(file));
  return add(await testFiles(others, env, concurrency), await testFiles(crowds, env, 1));
}

async function testFiles(files, env, concurrency) {
  if (files.length === 0) return none;
  const summary = {};
  const code = await attempt(NODE, ["--test", `--test-concurrency=${concurrency}`, "--test-timeout=180000", "--test-reporter=spec", ...files], {
    env: { ...PINNED_ENV, ...env },
    heard: byLine((line) => {
      const count = /^ℹ (pass|fail|cancelled) (\d+)$/.exec(line);
      if (count) summary[count[1]] = Number(count[2]);
    }),
  });
  const { pass = 0, fail = 0, cancelled = 0 } = summary;
  return settle({ passed: pass, failed: fail + cancelled }, code);
}

/** The client library's, on what its build made: some against scripted answers, some against a running service. */
export const clientTests = (files, env) => testFiles(files, env, 2);

/** The command line's: its own, and those of the binary against a running service. */
export async function cliTests(files, env, binary) {
  const own = await cargoTests("--package", "jobcast-cli");
  return add(own, await testFiles(files, { ...env, JOBCAST_BINARY: binary }, 2));
}

export const workerTestFiles = () => testFilesIn(at("tests", "worker"));
export const clientTestFiles = () => testFilesIn(at("client", "test"));
export const cliTestFiles = () => testFilesIn(at("cli", "test"));

const testFilesIn = (folder) =>
  readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => join(folder, name));

/** The dashboard: its types, its logic, and what a browser must fetch before it shows the first page. Needs no service. */
export async function dashboardTests() {
  await buildClient();
  const files = readdirSync(at("dashboard", "test")).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => at("dashboard", "test", name));
  const types = await attempt(NODE, [at("node_modules", "typescript", "bin", "tsc"), "-p", at("dashboard")], { env: PINNED_ENV });
  return [check(types === 0), await testFiles(files, {}, 2), withinFirstPage()].reduce(add);
}

function withinFirstPage() {
  const size = firstPageSize();
  console.log(`Dashboard's first page, gzipped: ${size} bytes of ${FIRST_PAGE_BUDGET} (${Math.round((size / FIRST_PAGE_BUDGET) * 100)} %)`);
  return check(size <= FIRST_PAGE_BUDGET);
}

/** What others wrote: that the checks find what is planted, and what they find. */
export async function dependencyTests() {
  const files = testFilesIn(at("tests", "dependencies"));
  return add(await testFiles(files, { CARGO_DENY: await prepareCargoDeny() }, 2), await checkDependencies());
}

/** What would be uploaded is complete and well-formed. */
export async function dryRun() {
  const [command, ...args] = [...WRANGLER, "deploy", "--dry-run"];
  return check((await attempt(command, args, { env: LOCAL_ENV })) === 0);
}

export function withinBudget() {
  const { gzipped } = wasmSize();
  console.log(`WebAssembly, gzipped: ${gzipped} bytes of ${WASM_BUDGET} (${Math.round((gzipped / WASM_BUDGET) * 100)} %)`);
  return check(gzipped <= WASM_BUDGET);
}

function byLine(each) {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    lines.forEach((line) => each(line.replace(/\x1b\[[0-9;]*m/g, "")));
  };
}
