// npm run test:foreign [client…]: other people's clients, in Chromium, Python, Rust and the shell, against a service of its own.
// Needs Chromium, python3 with venv, and curl. Not part of `npm test`, because a machine may lack them.
import { findChromium } from "./chromium.mjs";
import { buildDashboard } from "./dashboard.mjs";
import { at } from "./paths.mjs";
import { pythonWith } from "./python.mjs";
import { printed, program, Refusal, run, step } from "./step.mjs";
import { workerTests } from "./tests.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { withService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

const REQUIREMENTS = at("tests", "foreign", "python", "requirements.txt");

await program(async () => {
  const chromium = findChromium();
  for (const command of ["python3", "curl"]) {
    if (printed(command, "--version") === null) throw new Refusal(`${command} is missing: install it.`);
  }
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await step("Python clients", () => pythonWith("foreign-python", REQUIREMENTS));
  await step("Rust clients", prepareRust);
  const only = process.argv.slice(2).join(",");
  const { passed, failed } = await withService([at("tests", "foreign", "foreign.test.mjs")], (files, env) =>
    workerTests(files, { ...env, CHROMIUM: chromium, CLIENTS: only }, 1));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});

function prepareRust() {
  const manifest = at("tests", "foreign", "rust", "Cargo.toml");
  return run("cargo", ["build", "--quiet", "--locked", "--manifest-path", manifest, "--target-dir", at("build", "foreign-rust")]);
}
