// npm run test:foreign [client…]: other people's clients, in Chromium, Python, Rust and the shell, against a service of its own.
// Needs Chromium, python3 with venv, and curl. Not part of `npm test`, because a machine may lack them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "./chromium.mjs";
import { buildDashboard } from "./dashboard.mjs";
import { at } from "./paths.mjs";
import { printed, program, Refusal, run, step } from "./step.mjs";
import { workerTests } from "./tests.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { withService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

const REQUIREMENTS = at("tests", "foreign", "python", "requirements.txt");
const PYTHON = at("build", "foreign-python");

await program(async () => {
  const chromium = findChromium();
  for (const command of ["python3", "curl"]) {
    if (printed(command, "--version") === null) throw new Refusal(`${command} is missing: install it.`);
  }
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await step("Python clients", preparePython);
  await step("Rust clients", prepareRust);
  const only = process.argv.slice(2).join(",");
  const { passed, failed } = await withService([at("tests", "foreign", "foreign.test.mjs")], (files, env) =>
    workerTests(files, { ...env, CHROMIUM: chromium, CLIENTS: only }, 1));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});

/** An environment of its own, made anew when the requirements have changed. */
async function preparePython() {
  const stamp = join(PYTHON, "requirements.txt");
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await run("python3", ["-m", "venv", "--clear", PYTHON]);
  await run(join(PYTHON, "bin", "pip"), ["install", "--quiet", "--requirement", REQUIREMENTS]);
  writeFileSync(stamp, wanted);
}

function prepareRust() {
  const manifest = at("tests", "foreign", "rust", "Cargo.toml");
  return run("cargo", ["build", "--quiet", "--locked", "--manifest-path", manifest, "--target-dir", at("build", "foreign-rust")]);
}
