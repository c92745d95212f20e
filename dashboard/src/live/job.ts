// One job, live: its stream from the beginning of its log on, and what no stream carries (its payload, its priority), read once.
// Invariant: every event of the log is taken once, in order. How the stream is followed and folded is the client library's.
import { LiveJob, Refused } from "#jobcast-client";
import type { Ending } from "#jobcast-client";
import { Lines } from "../model/lines.ts";
import { isFinal } from "../model/types.ts";
import type { Job, JobEvent, JobView, LogLine } from "../model/types.ts";
import { get, sentence } from "./api.ts";
import { lost, may } from "./session.ts";
import { createStore } from "./store.ts";
import { createConnection, ended, entered, HIDDEN_MS } from "./watched.ts";

export interface JobNow {
  /** As its stream tells it; null until that has begun. */
  view: JobView | null;
  /** Null for who may not read it, and until it came. */
  document: Job | null;
  /** Without lines, which are `lines`. */
  events: readonly JobEvent[];
  /** Grows when lines come; `lines` itself stays the same object. */
  linesTold: number;
  /** Part of the log is gone. */
  gap: string | null;
  problem: { status: number; message: string } | null;
}

const nothing: JobNow = { view: null, document: null, events: [], linesTold: 0, gap: null, problem: null };
const BEGINNING = "0";

export class OpenJob {
  readonly id: string;
  readonly now = createStore(nothing);
  readonly connection = createConnection();
  readonly lines = new Lines();
  #cursor = BEGINNING;
  #events: JobEvent[] = [];
  #newLines: LogLine[] = [];
  #leave = () => {};
  #stopped = false;

  constructor(id: string) {
    this.id = id;
    this.#open();
    if (may("jobs:read")) void this.#read();
  }

  stop(): void {
    this.#stopped = true;
    this.#leave();
  }

  /** After a final event only a retry brings more, and the stream has ended: the project's feed tells of it. */
  resume(): void {
    if (!this.#stopped && ["ended", "refused"].includes(this.connection.get().phase)) this.#open();
  }

  get over(): boolean {
    const { view } = this.now.get();
    return view !== null && isFinal(view.status);
  }

  #open(): void {
    this.#leave();
    const live = new LiveJob(this.id, {
      cursor: this.#cursor,
      hiddenMs: HIDDEN_MS,
      onEvent: (event) => this.#happened(event),
      onState: (state) => this.connection.update((now) => entered(now, state, this.#cursor)),
      onEnd: (ending) => this.#ended(ending),
    });
    this.#leave = live.subscribe(() => this.#draw(live.get().job));
  }

  #draw(view: JobView | undefined): void {
    const came = this.#newLines.splice(0);
    this.lines.append(came);
    this.connection.update((now) => (now.cursor === this.#cursor ? now : { ...now, cursor: this.#cursor }));
    this.now.update((now) => ({
      ...now, view: view ?? now.view, linesTold: now.linesTold + came.length,
      events: this.#events.length === now.events.length ? now.events : [...this.#events],
    }));
  }

  #happened(event: JobEvent): void {
    if (event.type === "reset") return this.#lost(event.data.oldest);
    this.#cursor = event.id;
    if (event.type === "job:snapshot") return;
    if (event.type !== "job:log") return void this.#events.push(event);
    for (const line of event.data.lines) this.#newLines.push(line);
  }

  /** What is left of a log can still be read from where it begins now. */
  #lost(oldest: number): void {
    const fromTheBeginning = this.#cursor === BEGINNING;
    this.now.update((now) => ({ ...now, gap: now.gap ?? `${fromTheBeginning ? "The beginning" : "Part"} of this log is no longer kept.` }));
    if (!fromTheBeginning || oldest <= 1) return;
    this.#cursor = String(oldest - 1);
    this.#open();
  }

  #ended(ending: Ending): void {
    this.connection.update((now) => ended(now, ending));
    if (ending.reason !== "refused") return;
    const { status } = this.connection.get();
    if (status === 401) return lost("Your session is over. Sign in again.");
    const message = status === 404 ? "This job has been deleted." : ending.error.message;
    this.now.update((now) => ({ ...now, problem: { status: status ?? 0, message } }));
  }

  async #read(): Promise<void> {
    try {
      const document = await get<Job>(`/api/v1/jobs/${this.id}`);
      this.now.update((now) => ({ ...now, document }));
    } catch (error) {
      // That it is not there, or that the session is over, the stream tells too.
      if (error instanceof Refused && [401, 404].includes(error.status)) return;
      this.now.update((now) => ({ ...now, problem: { status: 0, message: sentence(error) } }));
    }
  }
}
