// What a load lies on: a service of its own, the way around its proxy, somebody else's job beside it, and the watch over its memory.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultProject } from "../../../scripts/project.mjs";
import { startService } from "../../../scripts/service.mjs";
import { Crowd } from "./crowd.mjs";
import { Probe } from "./probe.mjs";
import { Producer } from "./producer.mjs";
import { runtimeBehind } from "./runtime.mjs";

const SAMPLE_MS = 250;
const QUIET_MS = 5_000;
/** A reader that left is found by the next heartbeat; two, and some for a machine that is busy. */
const FORGOTTEN_MS = 45_000;
/** What may be left that is no leak: compiled code, what isolates remember of keys, the pool of the producer's connections. */
const SCRIPTS_LEFT_MB = 4;
const DESCRIPTORS_LEFT = 600;
/** Nobody is refused for asking often: that is not what is measured. */
const NO_LIMITS = { KEY_RATE: 100_000_000, PUBLIC_RATE: 100_000_000 };

export async function startBed() {
  const state = mkdtempSync(join(tmpdir(), "jobcast-load-"));
  const service = await startService({
    state, adminToken: "admin", tokenSecret: "secret", limits: NO_LIMITS, logFile: join(state, "service.log"),
  });
  const { apiKey } = await defaultProject(service.url, "admin", state);
  return new Bed(state, service, await runtimeBehind(service.url), apiKey);
}

class Bed {
  #crowds = [];

  constructor(state, service, runtime, key) {
    Object.assign(this, { state, service, runtime, key });
    this.producer = new Producer(runtime.url, key);
    this.probe = new Probe(runtime, key);
  }

  crowd() {
    const crowd = new Crowd(this.runtime, this.key);
    this.#crowds.push(crowd);
    return crowd;
  }

  /** Somebody else's stream and the memory while nothing happens. */
  async before() {
    const other = await this.probe.rest(QUIET_MS);
    return { other, ...(await this.held()) };
  }

  /** Does `work`; gives its `result`, its time, the highest memory meanwhile, and what somebody else felt. */
  async during(work) {
    await this.probe.figures();
    const [began, processor] = [performance.now(), this.runtime.processor()];
    let highest = 0;
    const watch = setInterval(() => (highest = Math.max(highest, this.runtime.memory())), SAMPLE_MS);
    try {
      const result = await work();
      const seconds = (performance.now() - began) / 1_000;
      highest = Math.max(highest, this.runtime.memory());
      return { result, seconds, highest, processor: this.runtime.processor() - processor, other: await this.probe.figures() };
    } finally {
      clearInterval(watch);
    }
  }

  /** What the runtime holds once nobody's garbage is left. */
  async held() {
    const heap = await this.runtime.inspector.settled();
    return { memory: this.runtime.memory(), descriptors: this.runtime.descriptors(), ...heap };
  }

  /** Whether nothing is left of readers that have left, once heartbeats had their time. */
  async checkAfter(findings, before) {
    const began = Date.now();
    let held;
    do {
      await sleep(2_000);
      held = await this.held();
    } while (held.sockets > before.sockets && Date.now() - began < FORGOTTEN_MS);
    findings.held(`${Math.round((Date.now() - began) / 1_000)} s after`, held);
    findings.felt("after", await this.probe.rest(QUIET_MS));
    findings.holds("no socket is left", held.sockets <= before.sockets, `${before.sockets} → ${held.sockets}`);
    findings.holds("no object of JavaScript is left", held.scripts - before.scripts < SCRIPTS_LEFT_MB, `${before.scripts} → ${held.scripts} MB`);
    findings.holds("no connection is left", held.descriptors - before.descriptors < DESCRIPTORS_LEFT, `${before.descriptors} → ${held.descriptors}`);
  }

  /** Bytes of the largest object's storage. */
  stored() {
    const folder = join(this.state, "v3", "do", "jobcast-JobStream");
    return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).size));
  }

  async end() {
    this.probe.end();
    this.#crowds.forEach((crowd) => crowd.end());
    await this.service.stop();
    rmSync(this.state, { recursive: true, force: true });
  }
}
