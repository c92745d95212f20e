// One attempt at one job, as its producer reports it.
// Invariant: reports arrive in the order in which they were made; once the service says that the attempt is over (killed, timed out,
// superseded, deleted), `signal` is aborted and nothing more is sent.
import { call, type CallOptions, type Request } from "../call.js";
import { type Clock, systemClock } from "../clock.js";
import { checkpointsOf } from "../jobs.js";
import { Refused } from "../refused.js";
import { showable } from "../text.js";
import type { Checkpoint, Job, Json, JsonObject, LogEntry, LogLevel, SubProgress } from "../types.js";
import { JobError } from "./job-error.js";
import { LogBuffer } from "./log-buffer.js";
import { pack } from "./gzip.js";

export interface AttemptOptions extends CallOptions {
  /** Progress and log lines go out this often at most. Default 250 ms: live to the eye. */
  beatMs?: number;
  /** How long a silent handler may go on before it learns of a kill. Default 10 s, less for jobs with a short time-out. */
  keepaliveMs?: number;
}

const BEAT_MS = 250;
const KEEPALIVE_MS = 10_000;
/** What the service says of an attempt that is not ours to go on with. */
const OVER = ["job_cancelled", "attempt_superseded", "job_not_running", "job_finished", "job_not_found"];

export const isOver = (error: unknown): boolean => error instanceof Refused && error.code !== undefined && OVER.includes(error.code);

export class Attempt<Payload = Json> {
  readonly job: Job<Payload>;
  #options: AttemptOptions;
  #clock: Clock;
  #control = new AbortController();
  #sent: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #logs: LogBuffer;
  #newest: object | undefined;
  #percent = 0;
  #lastReport: number;
  #cancelBeat: (() => void) | undefined;

  /** Acks the job: it is ours from here on, and kept alive until `end`. */
  static async begin<Payload>(job: Job<Payload>, options: AttemptOptions): Promise<Attempt<Payload>> {
    const request: Request = { method: "POST", path: `/jobs/${job.id}/ack`, attempt: job.attempt };
    return new Attempt(await call<Job<Payload>>(request, options), options);
  }

  constructor(job: Job<Payload>, options: AttemptOptions) {
    this.job = job;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logs = new LogBuffer(() => this.#clock.now());
    this.#lastReport = this.#clock.now();
    this.#nextBeat();
  }

  get payload(): Payload {
    return this.job.payload;
  }

  /** Aborted when the attempt is over, from outside or by `abort`. Give it to whatever takes long. */
  get signal(): AbortSignal {
    return this.#control.signal;
  }

  abort(reason: unknown): void {
    this.#control.abort(reason);
  }

  /** Call it as often as you like: the newest is sent, a few times a second. */
  progress(percent: number, message?: string, subProgress?: SubProgress): void {
    // What is no number (0 of 0) says nothing new, and no message is no mistake.
    if (Number.isFinite(percent)) this.#percent = Math.min(100, Math.max(0, Math.round(percent * 10) / 10));
    this.#newest = { percent: this.#percent, message: message ? showable(message) : undefined, subProgress };
    this.#soon();
  }

  /** Lines are sent together, gzipped. */
  log(line: string | LogEntry, level?: LogLevel): void {
    this.#logs.add(typeof line === "string" ? { message: line, ...(level && { level }) } : line);
    this.#soon();
  }

  /** Something of your own, for whoever listens to `job:event`. */
  async event(data: JsonObject): Promise<void> {
    await this.#reportAfterAll("event", data);
  }

  /** What the next attempt needs to go on instead of beginning again. */
  async checkpoint(data: JsonObject): Promise<void> {
    await this.#reportAfterAll("checkpoint", data);
  }

  /** Oldest first, of all attempts so far. */
  checkpoints<Data = JsonObject>(): Promise<Checkpoint<Data>[]> {
    return checkpointsOf(this.job.id, { ...this.#options, signal: this.signal });
  }

  /** Tells one stage's start, and then its end: with the text that `work` may resolve to, or with its error. */
  async stage<Result>(name: string, work: () => Promise<Result> | Result): Promise<Result> {
    await this.tell(name, { type: "start" });
    try {
      const result = await work();
      await this.tell(name, { type: "complete", ...(typeof result === "string" && { detail: result }) });
      return result;
    } catch (error) {
      const { message, code } = JobError.from(error);
      if (!this.signal.aborted) await this.tell(name, { type: "error", error: message, code }).catch(() => {});
      throw error;
    }
  }

  /** One report on a stage: `start`, `complete`, `skipped`, `error`, or a word of your own. */
  async tell(stage: string, report: { type: string; [field: string]: unknown }): Promise<void> {
    await this.#reportAfterAll(`stages/${encodeURIComponent(stage)}`, report);
  }

  async complete(result?: unknown): Promise<void> {
    await this.#reportAfterAll("complete", { result });
  }

  /** Its attempts decide whether the job is tried again, unless the error says `retry: false`. */
  async fail(error: unknown): Promise<void> {
    const { message, code, retry } = JobError.from(error);
    this.#flush();
    await this.#sent;
    // It may be the last word of an attempt that was aborted, so it does not ask the signal.
    await this.#post("fail", { json: { error: message, code, retry } }, this.#options.signal);
  }

  /** Everything that was told has arrived, or the attempt is over. */
  async flush(): Promise<void> {
    this.#flush();
    await this.#sent;
  }

  /** No more heartbeats. */
  end(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    this.#ended = true;
  }

  #ended = false;

  #soon() {
    if (this.#waiting === 0 && this.#clock.now() - this.#lastFlush >= this.#beatMs) this.#flush();
  }

  #lastFlush = Number.NEGATIVE_INFINITY;

  get #beatMs(): number {
    return this.#options.beatMs ?? BEAT_MS;
  }

  #nextBeat() {
    if (!this.#ended && !this.signal.aborted) this.#cancelBeat = this.#clock.after(this.#beatMs, () => this.#beat());
  }

  /** While a report is on its way, later ones gather. */
  #beat() {
    this.#nextBeat();
    if (this.#waiting > 0 || this.signal.aborted) return;
    this.#flush();
    const patience = Math.min(this.#options.keepaliveMs ?? KEEPALIVE_MS, (this.job.timeoutSeconds * 1_000) / 3);
    if (this.#waiting === 0 && this.#clock.now() - this.#lastReport >= patience) this.#report("keepalive", {}).catch(() => {});
  }

  /** Their failure aborts the attempt, so nobody has to await these. */
  #flush() {
    if (this.#logs.size === 0 && !this.#newest) return;
    this.#lastFlush = this.#clock.now();
    for (let lines; (lines = this.#logs.take()).length > 0; ) this.#sendLogs(lines);
    if (this.#newest) this.#report("progress", { json: this.#newest }).catch(() => {});
    this.#newest = undefined;
  }

  #sendLogs(lines: string[]) {
    const packed = pack(lines);
    this.#inOrder(async () => this.#post("logs", await packed, this.signal)).catch(() => {});
  }

  async #reportAfterAll(part: string, json: unknown) {
    this.#flush();
    await this.#report(part, { json });
  }

  #report(part: string, request: Partial<Request>): Promise<unknown> {
    return this.#inOrder(async () => {
      await this.#post(part, request, this.signal);
      // Logs do not move the deadline; everything else does.
      this.#lastReport = this.#clock.now();
    });
  }

  #inOrder(send: () => Promise<unknown>): Promise<unknown> {
    this.#waiting++;
    const sent = this.#sent.then(async () => {
      this.signal.throwIfAborted();
      await send();
    });
    this.#sent = sent.catch((error) => this.abort(error)).finally(() => this.#waiting--);
    return sent;
  }

  #post(part: string, request: Partial<Request>, signal: AbortSignal | undefined) {
    const { id, attempt } = this.job;
    return call({ method: "POST", path: `/jobs/${id}/${part}`, attempt, ...request }, { ...this.#options, signal });
  }
}
