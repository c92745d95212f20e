// A service for tests to ask, and how they are told where it is.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultProject } from "./project.mjs";
import { randomSecret } from "./secrets.mjs";
import { startService } from "./service.mjs";
import { none } from "./tests.mjs";

/** One service for all files, with a database and objects of its own, stopped whatever happens. */
export async function withService(files, run) {
  if (files.length === 0) return none;
  const state = mkdtempSync(join(tmpdir(), "jobcast-test-"));
  const [adminToken, logFile] = [randomSecret(), join(state, "service.log")];
  const service = await startService({ state, logFile, adminToken, tokenSecret: randomSecret() });
  try {
    const project = await defaultProject(service.url, adminToken, state);
    const result = await run(files, whereabouts(project, adminToken, logFile));
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
