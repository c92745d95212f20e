// What is compared: a service with nothing before it (bare.mjs), or a peer (bench/peers), with a generator of load for its
// producers and one for its readers. Both are bench/load; a process each, so that neither waits for the other.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomSecret } from "../scripts/secrets.mjs";
import { startService } from "../scripts/service.mjs";
import { at } from "../scripts/paths.mjs";
import { JSON_TYPE } from "./cases/bodies.mjs";
import { Crowd } from "../tests/torture/load/crowd.mjs";
import { eventsOf, Producer } from "../tests/torture/load/producer.mjs";
import { runtimeAt } from "../tests/torture/load/runtime.mjs";

/** Frames that are not there by then are missing. */
const PATIENCE_MS = 120_000;
/** Other connections than those of readers, and files. */
const OTHER_DESCRIPTORS = 500;

export const JOBCAST = { name: "Jobcast", how: {} };
export const TWIN = { name: "twin", how: { config: at("bench", "twin", "wrangler.toml") } };

const bare = (_, state, settings, config) => [process.execPath, at("bench", "bare.mjs"), config, state, settings];

/** `more` is for `startService`. */
export async function startContender({ name, how }, more = {}) {
  const state = mkdtempSync(join(tmpdir(), "jobcast-bench-"));
  const adminToken = randomSecret();
  const service = await startService({ state, adminToken, tokenSecret: randomSecret(), logFile: join(state, "service.log"), serve: bare, ...how, ...more });
  const runtime = await runtimeAt(service.url);
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const made = await fetch(`${runtime.url}/api/projects`, { method: "POST", headers, body: JSON.stringify({ name: "bench", publicRead: true }) });
  const { id, apiKey } = await made.json();
  return new Contender(name, runtime, apiKey, async () => {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  }, id);
}

/** Speaks to Jobcast, and to whatever has its routes; a peer says for itself how it is spoken to, and what it `serves`. */
export class Contender {
  #stop;
  #producers;
  #readers;
  /** Streams that its readers should hold. */
  #watching = 0;

  constructor(name, runtime, key, stop, project) {
    Object.assign(this, { name, runtime, key, project });
    this.producer = new Producer(runtime.url, key);
    this.#stop = stop;
  }

  get producers() {
    return (this.#producers ??= new Crowd(this.runtime, this.key));
  }

  get readers() {
    return (this.#readers ??= new Crowd(this.runtime, this.key));
  }

  /** So many jobs that run. */
  running(count) {
    return this.producer.running(count);
  }

  /** Where progress of a job is reported, `{path, headers}`, in complete lines. */
  progressOf(job) {
    return { path: `/api/v1/jobs/${job}/progress`, headers: JSON_TYPE };
  }

  eventsOf(job) {
    return eventsOf(job);
  }

  /** One report, with nobody's time taken. */
  report(job, percent) {
    return this.producer.report(job, "progress", { percent });
  }

  /** Whether a report that was answered like this was taken. */
  accepts(status) {
    return status === 200;
  }

  /** As many requests as are answered in the time; resolves to `{answers, ms, latency}`. Any refusal spoils the case. */
  async produce(load, accepts = this.accepts) {
    const { statuses, ms, latency } = await this.producers.order("produce", load);
    const refused = Object.keys(statuses).filter((status) => !accepts(Number(status)));
    if (refused.length > 0) throw new Error(`${this.name} answered otherwise than it should: ${JSON.stringify(statuses)}`);
    return { answers: Object.values(statuses).reduce((sum, count) => sum + count, 0), ms, latency };
  }

  /** Whole lives of jobs, one after the other on each connection: `{answers, ms}`. */
  lives({ connections, milliseconds }) {
    return this.produce({ connections, milliseconds });
  }

  /** So many more streams of one path; resolves to how many are open now. `more` is for the crowd. */
  async watch(path, times, more = {}) {
    this.#watching += times;
    const limit = this.runtime.limit?.() ?? Infinity;
    // workerd takes two a stream, for the others one is enough.
    if (2 * this.#watching + OTHER_DESCRIPTORS > limit) throw new Error(`${this.name} may have ${limit} descriptors, too few for ${this.#watching} streams: raise \`ulimit -n\`.`);
    const { open, ms } = await this.readers.open([path], { times, atOnce: 50, ...more });
    if (open !== this.#watching) throw new Error(`${this.name} holds ${open} streams of ${this.#watching}.`);
    return { open, ms };
  }

  /** Waits until the readers have had so many frames, all told. */
  async frames(count) {
    const { frames } = await this.readers.order("frames", { count, within: PATIENCE_MS });
    if (frames !== count) throw new Error(`${this.name} sent ${frames} frames of ${count}.`);
  }

  /** All readers go. */
  leave() {
    this.#watching = 0;
    return this.readers.order("leave", { how: "finish" });
  }

  /** Seconds of the processor that its runtime has used so far. */
  processor() {
    return this.runtime.processor();
  }

  async stop() {
    this.#producers?.end();
    this.#readers?.end();
    await this.#stop();
  }
}
