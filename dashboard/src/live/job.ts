// One job, live: its document, its whole log as JSON pages, then its stream from where the pages ended.
// Invariant: every event of the log is taken once, in order, whether a page or a frame brought it.
import { applied, fromFrame, fromPage, linesOf } from "../model/facts.ts";
import { Lines } from "../model/lines.ts";
import { isFinal } from "../model/types.ts";
import type { Fact, Job } from "../model/types.ts";
import type { Frame } from "../model/frames.ts";
import { get, Refused, sentence } from "./api.ts";
import { lost } from "./session.ts";
import { createStore } from "./store.ts";
import { LiveStream } from "./stream.ts";
import type { Connection } from "./stream.ts";

interface Page {
  events: Parameters<typeof fromPage>[0][];
  nextAfter: number | null;
  reset?: { reason: string; oldest: number };
}

export interface JobNow {
  job: Job | null;
  /** Without lines, which are `lines`. */
  facts: Fact[];
  /** Grows when lines come; `lines` itself stays the same object. */
  linesTold: number;
  loading: boolean;
  /** Part of the log is gone, or could not be had. */
  gap: string | null;
  problem: { status: number; message: string } | null;
}

const nothing: JobNow = { job: null, facts: [], linesTold: 0, loading: true, gap: null, problem: null };
const silent: Connection = { phase: "connecting", cursor: "", resumedFrom: "", status: null };

export class LiveJob {
  readonly id: string;
  readonly now = createStore(nothing);
  readonly connection = createStore(silent);
  readonly lines = new Lines();
  #last = 0;
  #stopped = false;
  #stream: LiveStream | null = null;
  #fetching = new AbortController();

  constructor(id: string) {
    this.id = id;
    void this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#fetching.abort();
    this.#stream?.stop();
  }

  /** After a final event only a retry brings more, and the stream has ended: the project's feed tells of it. */
  resume(): void {
    if (this.#stopped || !["ended", "refused"].includes(this.connection.get().phase)) return;
    this.#listen();
    void this.#reread();
  }

  async #begin(): Promise<void> {
    try {
      await this.#reread();
      await this.#pages();
      this.now.update((now) => ({ ...now, loading: false }));
      this.#listen();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #reread(): Promise<void> {
    const job = await get<Job>(`/api/v1/jobs/${this.id}`, { signal: this.#fetching.signal });
    this.now.update((now) => ({ ...now, job }));
  }

  async #pages(): Promise<void> {
    for (let after: number | null = 0; after !== null; ) {
      const page: Page = await get<Page>(`/api/v1/jobs/${this.id}/events?limit=1000&after=${after}`, { signal: this.#fetching.signal });
      if (page.reset) this.now.update((now) => ({ ...now, gap: "The beginning of this log is no longer kept." }));
      this.#take(page.events.map(fromPage), "page");
      after = page.nextAfter;
    }
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    const status = error instanceof Refused ? error.status : 0;
    if (status === 401) return lost("Your session is over. Sign in again.");
    this.now.update((now) => ({ ...now, loading: false, problem: { status, message: sentence(error) } }));
  }

  #listen(): void {
    this.#stream?.stop();
    const cursor = this.#last ? String(this.#last) : "";
    this.#stream = new LiveStream(`/api/v1/jobs/${this.id}/events`, { frames: this.#heard, connection: this.#connected }, cursor);
  }

  #connected = (now: Connection): void => {
    this.connection.set(now);
    if (now.status === 401) lost("Your session is over. Sign in again.");
    if (now.status === 404) this.now.update((was) => ({ ...was, problem: { status: 404, message: "This job has been deleted." } }));
  };

  #heard = (frames: Frame[]): void => {
    const facts: Fact[] = [];
    let attempt = this.now.get().job?.attempt ?? 1;
    for (const { event, id, data } of frames) {
      if (event === "reset") this.now.update((now) => ({ ...now, gap: "Part of this log is no longer kept." }));
      const fact = fromFrame(event, Number(id), JSON.parse(data), attempt);
      if (!fact) continue;
      facts.push(fact);
      if (fact.type === "job.started") attempt = fact.attempt;
    }
    this.#take(facts, "frame");
  };

  /** The document already holds what the first pages tell; what comes over the stream moves it. */
  #take(facts: Fact[], from: "page" | "frame"): void {
    const fresh = facts.filter((fact) => fact.id > this.#last);
    if (fresh.length === 0) return;
    this.#last = fresh.at(-1)!.id;
    for (const fact of fresh) this.lines.append(linesOf(fact));
    const told = fresh.filter((fact) => fact.type !== "log.appended");
    this.now.update((now) => ({
      ...now, linesTold: now.linesTold + fresh.length - told.length,
      facts: told.length ? [...now.facts, ...told] : now.facts,
      job: now.job && this.#moved(now.job, told, from),
    }));
    // What an attempt's end makes of its open stages is the service's to say.
    if (from === "frame" && told.some((fact) => fact.type.startsWith("job."))) void this.#reread().catch(() => null);
  }

  #moved(job: Job, facts: Fact[], from: "page" | "frame"): Job {
    const known = from === "page" ? Date.parse(job.updatedAt) : 0;
    return facts.filter((fact) => fact.id > known).reduce(applied, job);
  }

  get ended(): boolean {
    const { job } = this.now.get();
    return job !== null && isFinal(job.status);
  }
}
