// A service of a test's own: with its own settings, or to be killed.
import { randomInt } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { after, before } from "node:test";
import { tmpdir } from "node:os";
import { createServer } from "node:net";
import { join } from "node:path";
import { randomSecret } from "../../scripts/secrets.mjs";
import { startService } from "../../scripts/service.mjs";

/**
 * Starts one; it and its state are gone when the test `t` ends. The result serves as the `at` of a project. `own` has secrets of its
 * own, and another Worker as its `main`.
 */
export async function startInstance(t, vars = {}, limits = undefined, own = {}) {
  const instance = new Instance(vars, limits, own);
  t.after(() => instance.remove());
  await instance.start();
  return instance;
}

/** One for all tests of the suite that is being described; it runs from the suite's `before` on. */
export function instanceOfSuite(vars = {}, limits = undefined, own = {}) {
  const instance = new Instance(vars, limits, own);
  before(() => instance.start());
  after(() => instance.remove());
  return instance;
}

class Instance {
  adminToken = randomSecret();
  tokenSecret = randomSecret();
  /** Where D1 and the objects keep what they keep. */
  state = mkdtempSync(join(tmpdir(), "jobcast-instance-"));
  #settings;
  #port;

  constructor(vars, limits, { main, ...secrets }) {
    Object.assign(this, secrets);
    const { state, adminToken, tokenSecret, log: logFile } = this;
    this.#settings = { state, vars, limits, main, adminToken, tokenSecret, logFile };
  }

  /** On the same port and the same state as before, if there was a before. */
  async start() {
    this.#port ??= await freePort();
    this.service = await startService({ port: this.#port, ...this.#settings });
    this.url = this.service.url;
  }

  /** What it wrote since it was last started: one JSON line per happening, of these events. */
  lines(...events) {
    const lines = this.said().split("\n").filter((line) => line.includes('{"event":'));
    return lines.map((line) => JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1))).filter(({ event }) => events.includes(event));
  }

  said() {
    return readFileSync(this.log, "utf8").replace(/\x1b\[[0-9;]*m/g, "");
  }

  /** Copies D1 while it is stopped; the result puts the copy back, while it is stopped again. The jobs' objects stay as they are. */
  backup() {
    const [database, copy] = [join(this.state, "v3", "d1"), join(this.state, "backup")];
    cpSync(database, copy, { recursive: true });
    return () => {
      rmSync(database, { recursive: true });
      cpSync(copy, database, { recursive: true });
    };
  }

  /** What the service said, on both of its outputs. */
  get log() {
    return join(this.state, "service.log");
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
