// A service of a test's own: with its own settings, or to be killed.
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { createServer } from "node:net";
import { join } from "node:path";
import { startService } from "../../scripts/service.mjs";

/** Starts one; it and its state are gone when the test `t` ends. The result serves as the `at` of a project. */
export async function startInstance(t, vars = {}, limits = undefined, main = undefined) {
  const instance = new Instance(vars, limits, main);
  t.after(() => instance.remove());
  await instance.start();
  return instance;
}

/** One for all tests of the suite that is being described; it runs from the suite's `before` on. */
export function instanceOfSuite(vars = {}, limits = undefined, main = undefined) {
  const instance = new Instance(vars, limits, main);
  before(() => instance.start());
  after(() => instance.remove());
  return instance;
}

class Instance {
  adminToken = "admin";
  /** The folder of its databases. */
  state = mkdtempSync(join(tmpdir(), "jobcast-instance-"));
  #settings;
  #port;

  constructor(vars, limits, main) {
    const state = this.state;
    this.#settings = { state, vars, limits, main, adminToken: this.adminToken, tokenSecret: "secret", logFile: join(state, "service.log") };
  }

  /** On the same port and the same state as before, if there was a before. */
  async start() {
    this.#port ??= await freePort();
    this.service = await startService({ port: this.#port, ...this.#settings });
    this.url = this.service.url;
  }

  /** As a crash would end it. */
  kill() {
    return this.service.kill();
  }

  async remove() {
    await this.service?.kill();
    rmSync(this.state, { recursive: true, force: true });
  }
}

/** Below those that the system gives to connections: one of them could take it while the service is down. */
async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
  const probe = createServer();
  const free = await new Promise((tell) => probe.once("error", () => tell(false)).listen(port, () => tell(true)));
  probe.close();
  return free;
}
