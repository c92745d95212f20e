// A service for tests to ask, and how they are told where it is.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultProject } from "./project.mjs";
import { randomSecret } from "./secrets.mjs";
import { startService } from "./service.mjs";
import { none } from "./tests.mjs";

/** One service for all files; its log stays when one of them failed. */
export function withService(files, run) {
  if (files.length === 0) return none;
  return onOwnService(async (env, keepLog) => {
    const result = await run(files, env);
    if (result.failed > 0) keepLog();
    return result;
  });
}

/**
 * A service with a database and objects of its own, stopped whatever happens. `work` gets what tells where it is; `settings` are
 * those of `startService` that shall not be as they are in wrangler.toml.
 */
export async function onOwnService(work, settings = {}) {
  const state = mkdtempSync(join(tmpdir(), "jobcast-test-"));
  const [adminToken, logFile] = [randomSecret(), join(state, "service.log")];
  const service = await startService({ state, logFile, adminToken, tokenSecret: randomSecret(), ...settings });
  let kept = true;
  try {
    const project = await defaultProject(service.url, adminToken, state);
    let wanted = false;
    const result = await work(whereabouts(project, adminToken, logFile), () => (wanted = true));
    kept = wanted;
    return result;
  } finally {
    await service.stop();
    if (kept) console.log(`The service's log is in ${logFile}`);
    else rmSync(state, { recursive: true, force: true });
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
