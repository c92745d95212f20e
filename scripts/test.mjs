// npm test: everything, in order, with one closing line. `-- --host` and `-- --worker [file…]` run one part.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defaultProject } from "./project.mjs";
import { randomSecret } from "./secrets.mjs";
import { startService } from "./service.mjs";
import { program, Refusal, seconds, step } from "./step.mjs";
import { add, dryRun, hostTests, none, withinBudget, workerTestFiles, workerTests } from "./tests.mjs";
import { prepareToolchain, requireHost } from "./toolchain.mjs";
import { buildWorker } from "./worker.mjs";

const began = performance.now();
const [only, ...files] = process.argv.slice(2);

await program(async () => {
  let tally = none;
  const part = async (title, work) => (tally = add(tally, await step(title, work)));
  await prepare();
  if (only !== "--worker") await part("Host tests", hostTests);
  if (only !== "--host") await part("Worker tests", () => againstService(files.length > 0 ? files.map((file) => resolve(file)) : workerTestFiles()));
  if (only === undefined) {
    await part("Deployment, dry run", dryRun);
    await part("Size of the Worker", withinBudget);
  }
  console.log(`\nAll parts took ${seconds(began)}.\n${tally.passed} passed, ${tally.failed} failed`);
  process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
});

async function prepare() {
  if (only !== undefined && only !== "--host" && only !== "--worker") throw new Refusal("Use: npm test [-- --host | --worker [file…]]");
  if (only === "--host") return requireHost();
  await prepareToolchain();
  await buildWorker();
}

/** One service for all files, with a database and objects of its own, stopped whatever happens. */
async function againstService(testFiles) {
  if (testFiles.length === 0) return none;
  const state = mkdtempSync(join(tmpdir(), "jobcast-test-"));
  const [adminToken, logFile] = [randomSecret(), join(state, "service.log")];
  const service = await startService({ state, logFile, adminToken, tokenSecret: randomSecret() });
  try {
    const project = await defaultProject(service.url, adminToken, state);
    return await workerTests(testFiles, describe(project, adminToken, logFile));
  } finally {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

const describe = ({ url, projectId, projectKey, apiKey }, adminToken, logFile) => ({
  JOBCAST_URL: url,
  JOBCAST_ADMIN_TOKEN: adminToken,
  JOBCAST_PROJECT_ID: projectId,
  JOBCAST_PROJECT_KEY: projectKey,
  JOBCAST_API_KEY: apiKey,
  JOBCAST_LOG: logFile,
});
