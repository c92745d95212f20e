// npm test: everything, in order, with one closing line. `-- --host`, `-- --dashboard` and `-- --worker [file…]` run one part.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildDashboard } from "./dashboard.mjs";
import { defaultProject } from "./project.mjs";
import { randomSecret } from "./secrets.mjs";
import { startService } from "./service.mjs";
import { program, Refusal, seconds, step } from "./step.mjs";
import { add, dashboardTests, dryRun, failure, hostTests, none, withinBudget, workerTestFiles, workerTests } from "./tests.mjs";
import { installPackages, prepareToolchain, requireHost } from "./toolchain.mjs";
import { buildWorker } from "./worker.mjs";

const began = performance.now();
const [only, ...files] = process.argv.slice(2);
let tally = none;

await program(async () => {
  if (![undefined, "--host", "--dashboard", "--worker"].includes(only)) throw new Refusal("Use: npm test [-- --host | --dashboard | --worker [file…]]");
  if (await part("Set-up", prepare)) await allParts();
  console.log(`\nEverything took ${seconds(began)}.\n${tally.passed} passed, ${tally.failed} failed`);
  process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
});

async function allParts() {
  const runs = (name) => only === undefined || only === name;
  if (runs("--host")) await part("Host tests", hostTests);
  if (runs("--dashboard")) await part("Dashboard tests", dashboardTests);
  if (runs("--worker")) await part("Worker tests", workerPart);
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
  } else {
    await (only === "--dashboard" ? installPackages() : prepareToolchain().then(buildWorker));
    await buildDashboard();
  }
  return none;
}

/** One service for all files, with a database and objects of its own, stopped whatever happens. */
async function workerPart() {
  const chosen = files.length > 0 ? files.map((file) => resolve(file)) : workerTestFiles();
  if (chosen.length === 0) return none;
  const state = mkdtempSync(join(tmpdir(), "jobcast-test-"));
  const [adminToken, logFile] = [randomSecret(), join(state, "service.log")];
  const service = await startService({ state, logFile, adminToken, tokenSecret: randomSecret() });
  try {
    const project = await defaultProject(service.url, adminToken, state);
    const result = await workerTests(chosen, whereabouts(project, adminToken, logFile));
    if (result.failed > 0) console.log(`The service's log is in ${logFile}`);
    else await service.stop().then(() => rmSync(state, { recursive: true, force: true }));
    return result;
  } finally {
    await service.stop();
  }
}

function whereabouts({ url, projectId, projectKey, apiKey }, adminToken, logFile) {
  return {
    JOBCAST_URL: url,
    JOBCAST_ADMIN_TOKEN: adminToken,
    JOBCAST_PROJECT_ID: projectId,
    JOBCAST_PROJECT_KEY: projectKey,
    JOBCAST_API_KEY: apiKey,
    JOBCAST_LOG: logFile,
  };
}
