// A service of a test's own: with its own settings, or to be killed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startService } from "../../scripts/service.mjs";

/** Starts one; it and its state are gone when the test `t` ends. The result serves as the `at` of a project. */
export async function startInstance(t, vars = {}) {
  const state = mkdtempSync(join(tmpdir(), "jobcast-instance-"));
  const instance = new Instance({ state, vars, adminToken: "admin", tokenSecret: "secret", logFile: join(state, "service.log") });
  t.after(async () => {
    await instance.service?.kill();
    rmSync(state, { recursive: true, force: true });
  });
  await instance.start();
  return instance;
}

class Instance {
  constructor(settings) {
    this.settings = settings;
    this.adminToken = settings.adminToken;
  }

  /** On the same port and the same state as before, if there was a before. */
  async start() {
    this.service = await startService({ port: Number(this.url ? new URL(this.url).port : 0), ...this.settings });
    this.url = this.service.url;
  }

  /** As a crash would end it. */
  kill() {
    return this.service.kill();
  }
}
