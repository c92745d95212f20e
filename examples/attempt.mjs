// One attempt at one job, as its producer reports it.
// Invariant: reports arrive in the order in which they were made, and once the service says that the attempt is over
// (killed, timed out, deleted), `signal` is aborted and nothing more is sent.
import { gzipSync } from "node:zlib";
import { call } from "./jobcast.mjs";

/** Four times a second is live to the eye; more would only cost. */
const BEAT_MS = 250;
/** How long a silent producer may go on before it learns of a kill. */
const SILENCE_MS = 5_000;
/** The caps of one log batch and of one line. */
const BATCH = 1_000;
const LINE = 4_000;
/** What the service says of an attempt that is not ours to go on with. */
const OVER = ["job_cancelled", "attempt_superseded", "job_not_running", "job_finished", "job_not_found"];

export const isOver = (error) => OVER.includes(error?.code);

export class Attempt {
  #control = new AbortController();
  #sent = Promise.resolve();
  #waiting = 0;
  #lines = [];
  #newest;
  #lastReport = Date.now();
  #timer = setInterval(() => this.#beat(), BEAT_MS);

  /** Acks the job; it is ours from here on. */
  static async begin(job) {
    return new Attempt(await call("POST", `/jobs/${job.id}/ack`, { attempt: job.attempt }));
  }

  constructor(job) {
    this.job = job;
  }

  get signal() {
    return this.#control.signal;
  }

  /** Stops the work: every wait on `signal` ends with `reason`. */
  abort(reason) {
    this.#control.abort(reason);
  }

  /** The checkpoints of all attempts so far, oldest first. */
  async checkpoints() {
    const found = [];
    for (let after = 0; after !== null; ) {
      const page = await call("GET", `/jobs/${this.job.id}/checkpoints?limit=1000&after=${after}`, { signal: this.signal });
      found.push(...page.checkpoints.map(({ attempt, data }) => ({ attempt, ...data })));
      after = page.nextAfter;
    }
    return found;
  }

  /** Sent with the next beat, unless a newer one comes first. */
  progress(percent, message, subProgress) {
    this.#newest = { percent: Math.round(percent * 10) / 10, message, subProgress };
  }

  /** Sent with the next beat, together with the other lines that came. */
  log(message, fields = {}) {
    this.#lines.push({ level: "info", timestamp: new Date().toISOString(), ...fields, message: message.slice(0, LINE) });
  }

  async checkpoint(data) {
    this.#flush();
    await this.#report("checkpoint", { json: data });
  }

  /** Runs one stage and reports its start, then its end with the `detail` that `work` resolves to, or its error. */
  async stage(name, work, detail) {
    const tell = (json) => this.#report(`stages/${name}`, { json });
    await tell({ type: "start", detail });
    try {
      const done = await work();
      this.#flush();
      await tell({ type: "complete", detail: done.detail });
      return done;
    } catch (error) {
      this.#flush();
      await tell({ type: "error", error: error.message }).catch(() => {});
      throw error;
    }
  }

  async complete(result) {
    this.progress(100, "Done");
    this.#flush();
    await this.#report("complete", { json: { result } });
  }

  /** May be the last word of an aborted attempt, so it does not ask `signal`. */
  async fail(error, fields = {}) {
    await call("POST", `/jobs/${this.job.id}/fail`, { json: { error: error.message, ...fields }, attempt: this.job.attempt });
  }

  end() {
    clearInterval(this.#timer);
  }

  /** While a report is on its way, later ones gather. */
  #beat() {
    if (this.#waiting > 0 || this.signal.aborted) return;
    const patience = Math.min(SILENCE_MS, (this.job.timeoutSeconds * 1_000) / 3);
    this.#flush();
    if (Date.now() - this.#lastReport > patience) this.#report("keepalive").catch(() => {});
  }

  #flush() {
    // Its failure aborts the attempt, so nobody has to await it.
    while (this.#lines.length > 0) this.#report("logs", batch(this.#lines.splice(0, BATCH))).catch(() => {});
    if (this.#newest) this.#report("progress", { json: this.#newest }).catch(() => {});
    this.#newest = undefined;
  }

  #report(part, options) {
    this.#waiting++;
    const sent = this.#sent.then(() => this.#send(part, options)).finally(() => this.#waiting--);
    this.#sent = sent.catch(() => {});
    return sent;
  }

  async #send(part, options) {
    this.signal.throwIfAborted();
    try {
      await call("POST", `/jobs/${this.job.id}/${part}`, { attempt: this.job.attempt, signal: this.signal, ...options });
      // Logs do not move the deadline.
      if (part !== "logs") this.#lastReport = Date.now();
    } catch (error) {
      this.abort(error);
      throw error;
    }
  }
}

/** NDJSON, gzipped: a tenth of the bytes. */
function batch(lines) {
  const body = gzipSync(lines.map((line) => JSON.stringify(line)).join("\n"));
  return { body, headers: { "content-type": "application/x-ndjson", "content-encoding": "gzip" } };
}
