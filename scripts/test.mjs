// npm test: everything, in order, with one closing line. `-- --host`, `-- --dashboard`, `-- --dependencies`,
// `-- --worker [file…]`, `-- --client [file…]` and `-- --cli [file…]` run one part.
import { resolve } from "node:path";
import { buildCli } from "./cli.mjs";
import { buildClient } from "./client.mjs";
import { buildDashboard } from "./dashboard.mjs";
import { program, Refusal, seconds, step } from "./step.mjs";
import {
  add, clientTestFiles, clientTests, cliTestFiles, cliTests, dashboardTests, dependencyTests, dryRun, failure, hostTests, none, withinBudget,
  workerTestFiles, workerTests,
} from "./tests.mjs";
import { installPackages, prepareToolchain, requireHost } from "./toolchain.mjs";
import { withService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

const began = performance.now();
const [only, ...files] = process.argv.slice(2);
let tally = none;

await program(async () => {
  if (![undefined, "--host", "--dashboard", "--dependencies", "--worker", "--client", "--cli"].includes(only)) {
    throw new Refusal("Use: npm test [-- --host | --dashboard | --dependencies | --worker [file…] | --client [file…] | --cli [file…]]");
  }
  if (await part("Set-up", prepare)) await allParts();
  for (const what of tally.unchecked) console.log(`\n! Not checked, because nobody answered: ${what}`);
  console.log(`\nEverything took ${seconds(began)}.\n${tally.passed} passed, ${tally.failed} failed`);
  process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
});

async function allParts() {
  const wants = (name) => only === undefined || only === name;
  if (wants("--host")) await part("Host tests", hostTests);
  if (wants("--dashboard")) await part("Dashboard tests", dashboardTests);
  if (wants("--dependencies")) await part("Dependencies", dependencyTests);
  if (wants("--worker")) await part("Worker tests", () => withService(chosen(workerTestFiles), workerTests));
  if (wants("--client")) await part("Client library", clientPart);
  if (wants("--cli")) await part("Command line", cliPart);
  if (only !== undefined) return;
  await part("Deployment, dry run", dryRun);
  await part("Size of the Worker", withinBudget);
}

/** A part that could not even run is one failure; the others still run. */
async function part(title, work) {
  try {
    tally = add(tally, await step(title, work));
    return true;
  } catch (error) {
    console.error(`✗ ${title}: ${error instanceof Refusal ? error.message : error.stack}`);
    tally = add(tally, failure);
    return false;
  }
}

async function prepare() {
  if (only === "--host") {
    requireHost();
  } else if (only === "--dependencies") {
    requireHost();
    await installPackages();
  } else {
    await (only === "--dashboard" ? installPackages() : prepareToolchain().then(buildWorker));
    await buildDashboard();
  }
  return none;
}

/** The files that were named, or all of them. */
function chosen(all) {
  return files.length > 0 ? files.map((file) => resolve(file)) : all();
}

async function clientPart() {
  await buildClient();
  return withService(chosen(clientTestFiles), clientTests);
}

async function cliPart() {
  const binary = await buildCli();
  return withService(chosen(cliTestFiles), (files, env) => cliTests(files, env, binary));
}
