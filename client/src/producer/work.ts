// A producer that runs for good: asks for jobs, does them, reports how they ended.
import { call } from "../call.js";
import { type Clock, pause, systemClock } from "../clock.js";
import { passes, Refused } from "../refused.js";
import type { Job, Json } from "../types.js";
import { Attempt, type AttemptOptions, isOver } from "./attempt.js";
import { JobError } from "./job-error.js";

/** What it resolves to is the job's result; what it throws, its error. */
export type Handler<Payload = Json> = (attempt: Attempt<Payload>) => unknown;

export interface WorkOptions extends Omit<AttemptOptions, "signal"> {
  /** Only jobs of these names. */
  names?: string[];
  /** So many at a time. Default 1. */
  concurrency?: number;
  /** 0 to 20: how long one question may stay open. Default 20. */
  waitSeconds?: number;
  /** Aborted, it stops as `stop({ abort: true })` does. */
  signal?: AbortSignal;
  /** What went wrong beside the handlers: a poll that failed, an end that could not be told. Work goes on. */
  onError?: (error: unknown) => void;
}

export interface Worker {
  /** Resolves when the last job in hand is done; rejects when the service refuses the key. */
  readonly done: Promise<void>;
  /** Takes no more jobs and waits for those in hand; with `abort`, stops them too, and gives them back as failed. */
  stop(how?: { abort?: boolean }): Promise<void>;
}

const BREATH_MS = 1_000;
const MOST = 50;

export function work<Payload = Json>(handler: Handler<Payload>, options: WorkOptions): Worker {
  const loop = new Loop(handler, options);
  return { done: loop.run(), stop: (how) => loop.stop(how) };
}

class Loop<Payload> {
  #handler: Handler<Payload>;
  #options: WorkOptions;
  #clock: Clock;
  #polling = new AbortController();
  #attempts = new Set<Attempt<Payload>>();
  #running = new Set<Promise<void>>();
  #done!: Promise<void>;
  #aborted = false;

  constructor(handler: Handler<Payload>, options: WorkOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  run(): Promise<void> {
    const { signal } = this.#options;
    const abort = () => void this.stop({ abort: true }).catch(() => {});
    signal?.addEventListener("abort", abort);
    this.#done = this.#poll().finally(() => signal?.removeEventListener("abort", abort));
    if (signal?.aborted) abort();
    return this.#done;
  }

  stop({ abort = false } = {}): Promise<void> {
    this.#polling.abort();
    if (abort) {
      this.#aborted = true;
      for (const attempt of this.#attempts) attempt.abort(stopped());
    }
    return this.#done;
  }

  async #poll() {
    const { concurrency = 1 } = this.#options;
    try {
      while (!this.#polling.signal.aborted) {
        const free = concurrency - this.#running.size;
        for (const job of await this.#ask(Math.min(free, MOST))) this.#take(job);
        if (this.#running.size >= concurrency) await Promise.race(this.#running);
      }
    } finally {
      await Promise.all(this.#running);
    }
  }

  async #ask(count: number): Promise<Job<Payload>[]> {
    const { names, waitSeconds = 20 } = this.#options;
    const signal = this.#polling.signal;
    try {
      const request = { method: "POST", path: "/jobs/poll", json: { count, names, waitSeconds } } as const;
      return (await call<{ jobs: Job<Payload>[] }>(request, { ...this.#options, signal })).jobs;
    } catch (error) {
      if (signal.aborted) return [];
      if (error instanceof Refused && !passes(error.status)) throw error;
      this.#options.onError?.(error);
      await pause(this.#clock, BREATH_MS, signal);
      return [];
    }
  }

  #take(job: Job<Payload>) {
    const running: Promise<void> = this.#handle(job)
      .catch((error) => this.#options.onError?.(error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #handle(job: Job<Payload>) {
    const { signal: _, ...options } = this.#options;
    const attempt = await Attempt.begin(job, options);
    this.#attempts.add(attempt);
    if (this.#aborted) attempt.abort(stopped());
    try {
      await attempt.complete(await this.#handler(attempt));
    } catch (error) {
      await this.#fail(attempt, error);
    } finally {
      attempt.end();
      this.#attempts.delete(attempt);
    }
  }

  async #fail(attempt: Attempt<Payload>, error: unknown) {
    const reason = attempt.signal.aborted ? attempt.signal.reason : error;
    // Somebody killed it, or it is another producer's now: there is nothing left to tell.
    if (isOver(reason) || isOver(error)) return;
    await attempt.fail(reason).catch((refused) => {
      if (!isOver(refused)) throw refused;
    });
  }
}

const stopped = () => new JobError("The producer was stopped.", { code: "producer_stopped" });
