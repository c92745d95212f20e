// A service of a test's own: with its own settings, or to be killed.
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { after, before } from "node:test";
import { tmpdir } from "node:os";
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
export function instanceOfSuite(vars = {}, limits = undefined) {
  const instance = new Instance(vars, limits);
  before(() => instance.start());
  after(() => instance.remove());
  return instance;
}

class Instance {
  adminToken = "admin";
  #state = mkdtempSync(join(tmpdir(), "jobcast-instance-"));
  #settings;

  constructor(vars, limits, main) {
    const state = this.#state;
    this.#settings = { state, vars, limits, main, adminToken: this.adminToken, tokenSecret: "secret", logFile: join(state, "service.log") };
  }

  /** On the same port and the same state as before, if there was a before. */
  async start() {
    this.service = await startService({ port: Number(this.url ? new URL(this.url).port : 0), ...this.#settings });
    this.url = this.service.url;
  }

  /** What it wrote since it was last started: one JSON line per happening, of these events. */
  lines(...events) {
    const lines = this.said().split("\n").filter((line) => line.includes('{"event":'));
    return lines.map((line) => JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1))).filter(({ event }) => events.includes(event));
  }

  said() {
    return readFileSync(this.#settings.logFile, "utf8").replace(/\x1b\[[0-9;]*m/g, "");
  }

  /** Copies D1 while it is stopped; the result puts the copy back, while it is stopped again. The jobs' objects stay as they are. */
  backup() {
    const [database, copy] = [join(this.#state, "v3", "d1"), join(this.#state, "backup")];
    cpSync(database, copy, { recursive: true });
    return () => {
      rmSync(database, { recursive: true });
      cpSync(copy, database, { recursive: true });
    };
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
