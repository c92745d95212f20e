// A service of a test's own: with its own settings, or to be killed.
import { mkdtempSync, rmSync } from "node:fs";
import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomSecret } from "../../scripts/secrets.mjs";
import { startService } from "../../scripts/service.mjs";

/** Starts one; it and its state are gone when the test `t` ends. The result serves as the `at` of a project. */
export async function startInstance(t, vars = {}, limits = undefined, secrets = {}) {
  const instance = new Instance(vars, limits, secrets);
  t.after(() => instance.remove());
  await instance.start();
  return instance;
}

/** One for all tests of the suite that is being described; it runs from the suite's `before` on. */
export function instanceOfSuite(vars = {}, limits = undefined) {
  const instance = new Instance(vars, limits);
  before(() => instance.start());
  after(() => instance.remove());
  return instance;
}

class Instance {
  adminToken = randomSecret();
  tokenSecret = randomSecret();
  #state = mkdtempSync(join(tmpdir(), "jobcast-instance-"));
  #settings;

  constructor(vars, limits, secrets) {
    Object.assign(this, secrets);
    const state = this.#state;
    this.#settings = { state, vars, limits, adminToken: this.adminToken, tokenSecret: this.tokenSecret, logFile: this.log };
  }

  /** On the same port and the same state as before, if there was a before. */
  async start() {
    this.service = await startService({ port: Number(this.url ? new URL(this.url).port : 0), ...this.#settings });
    this.url = this.service.url;
  }

  /** Where D1 and the objects keep what they keep. */
  get state() {
    return this.#state;
  }

  /** What the service said, on both of its outputs. */
  get log() {
    return join(this.#state, "service.log");
  }

  /** As a crash would end it. */
  kill() {
    return this.service.kill();
  }

  async remove() {
    await this.service?.kill();
    rmSync(this.#state, { recursive: true, force: true });
  }
}
