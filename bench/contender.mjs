// What is compared: a service in `wrangler dev`, reached around wrangler's proxy, with a generator of load for its producers and one for
// its readers. Both are bench/load; a process each, so that neither waits for the other.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomSecret } from "../scripts/secrets.mjs";
import { startService } from "../scripts/service.mjs";
import { at } from "../scripts/paths.mjs";
import { Crowd } from "../tests/torture/load/crowd.mjs";
import { Producer } from "../tests/torture/load/producer.mjs";
import { runtimeBehind } from "../tests/torture/load/runtime.mjs";

/** Nobody is refused for asking often: that is not what is measured. */
const NO_LIMITS = { KEY_RATE: 100_000_000, PUBLIC_RATE: 100_000_000 };

export const startJobcast = () => start("Jobcast", { limits: NO_LIMITS });
export const startTwin = () => start("twin", { config: at("bench", "twin", "wrangler.toml") });

export async function start(name, how) {
  const state = mkdtempSync(join(tmpdir(), "jobcast-bench-"));
  const adminToken = randomSecret();
  const service = await startService({ state, adminToken, tokenSecret: randomSecret(), logFile: join(state, "service.log"), ...how });
  const runtime = await runtimeBehind(service.url);
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const made = await fetch(`${runtime.url}/api/projects`, { method: "POST", headers, body: JSON.stringify({ name: "bench", publicRead: true }) });
  const { apiKey } = await made.json();
  return new Contender(name, runtime, apiKey, async () => {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  });
}

export class Contender {
  #stop;

  constructor(name, runtime, key, stop) {
    Object.assign(this, { name, runtime, key });
    this.producer = new Producer(runtime.url, key);
    this.producers = new Crowd(runtime, key);
    this.readers = new Crowd(runtime, key);
    this.#stop = stop;
  }

  /** As many reports as are answered in the time; resolves to `{answers, ms}`. Any refusal spoils the case. */
  async produce(load) {
    const { statuses, ms } = await this.producers.order("produce", load);
    const { 200: answers = 0, ...refusals } = statuses;
    if (Object.keys(refusals).length > 0) throw new Error(`${this.name} answered otherwise than with 200: ${JSON.stringify(refusals)}`);
    return { answers, ms };
  }

  /** Seconds of the processor that its runtime has used so far. */
  processor() {
    return this.runtime.processor();
  }

  async stop() {
    this.producers.end();
    this.readers.end();
    await this.#stop();
  }
}
