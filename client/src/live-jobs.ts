// A project's jobs as they are now: a page of the list, kept up by the project's stream, for whoever draws it.
// Invariant: the list is read after the stream has told its place, so nothing that happens in between is missed.
import { type Clock, systemClock } from "./clock.js";
import type { ConnectionState, Ending } from "./follower.js";
import { Refused } from "./refused.js";
import { base, fetchOf, keyHeader } from "./service.js";
import type { QueueEvent, QueueJob } from "./types.js";
import type { Watch } from "./watch.js";
import { watchProject, type WatchQueueOptions } from "./watch-project.js";

/** A job that was only told by the stream has what the stream tells. */
export type ListedJob = Partial<QueueJob> & Pick<QueueJob, "id">;

export interface LiveJobsState {
  /** Newest first. Undefined until the list was read. */
  jobs: readonly ListedJob[] | undefined;
  connection: ConnectionState;
  cursor: string | undefined;
  ending: Ending | undefined;
  /** The list could not be read: it needs `jobs:read`. */
  error: Error | undefined;
}

export type LiveJobsOptions = WatchQueueOptions & {
  /** So many at most, up to 100. Default 50. */
  limit?: number;
};

const LIMIT = 50;
const FRAME_MS = 16;
export const NO_JOBS: LiveJobsState = { jobs: undefined, connection: "connecting", cursor: undefined, ending: undefined, error: undefined };

export class LiveJobs {
  #options: LiveJobsOptions;
  #clock: Clock;
  #state = NO_JOBS;
  #draft = NO_JOBS;
  #early: QueueEvent[] = [];
  #watch: Watch<QueueEvent> | undefined;
  #listeners = new Set<() => void>();
  #cancelTelling: (() => void) | undefined;

  constructor(options: LiveJobsOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get = (): LiveJobsState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  #open() {
    const { onEvent, onState, onEnd, limit: _, ...options } = this.#options;
    this.#draft = { ...NO_JOBS, jobs: this.#draft.jobs };
    const watch: Watch<QueueEvent> = watchProject({
      ...options,
      onEvent: (event) => {
        if (watch !== this.#watch) return;
        this.#happened(event, watch);
        return onEvent?.(event);
      },
      onState: (connection) => {
        if (watch !== this.#watch) return;
        this.#change({ connection });
        onState?.(connection);
      },
      onEnd: (ending) => {
        if (watch !== this.#watch) return;
        this.#change({ ending });
        onEnd?.(ending);
      },
    });
    this.#watch = watch;
  }

  #close() {
    const watch = this.#watch;
    this.#watch = undefined;
    this.#listing = undefined;
    watch?.close();
    this.#cancelTelling?.();
    this.#cancelTelling = undefined;
  }

  /** Set while the list is being read: events wait for it. */
  #listing: symbol | undefined;

  #happened(event: QueueEvent, watch: Watch<QueueEvent>) {
    this.#change({ cursor: event.id || this.#draft.cursor });
    // After a gap in the stream only the list knows.
    if (event.type === "connected") void this.#list(watch);
    else if (this.#listing) this.#early.push(event);
    else this.#change({ jobs: foldJobs(this.#draft.jobs ?? [], event, this.#limit) });
  }

  async #list(watch: Watch<QueueEvent>) {
    const listing = (this.#listing = Symbol("listing"));
    this.#early = [];
    const outcome = await this.#read().catch((error: Error) => error);
    if (watch !== this.#watch || listing !== this.#listing) return;
    this.#listing = undefined;
    if (outcome instanceof Error) return this.#change({ error: outcome });
    this.#change({ error: undefined, jobs: this.#early.reduce((jobs, event) => foldJobs(jobs, event, this.#limit), outcome) });
  }

  get #limit(): number {
    return this.#options.limit ?? LIMIT;
  }

  async #read(): Promise<readonly ListedJob[]> {
    const { credentials } = this.#options;
    const response = await fetchOf(this.#options)(`${base(this.#options)}/queue/jobs?limit=${this.#limit}`, {
      headers: keyHeader(this.#options), ...(credentials && { credentials }),
    });
    if (!response.ok) throw await Refused.from(response);
    return ((await response.json()) as { jobs: QueueJob[] }).jobs;
  }

  #change(changes: Partial<LiveJobsState>) {
    this.#draft = { ...this.#draft, ...changes };
    this.#cancelTelling ??= this.#clock.after(FRAME_MS, () => {
      this.#cancelTelling = undefined;
      this.#state = this.#draft;
      for (const listener of this.#listeners) listener();
    });
  }
}

/** What one event makes of the list. An event that is older than what the list says of its job changes nothing. */
export function foldJobs(jobs: readonly ListedJob[], event: QueueEvent, limit = LIMIT): readonly ListedJob[] {
  if (event.type === "connected" || event.type === "reset") return jobs;
  const { jobId: id } = event.data;
  if (event.type === "job:deleted") return jobs.filter((job) => job.id !== id);
  const index = jobs.findIndex((job) => job.id === id);
  const known = jobs[index];
  const updatedAt = new Date(Number(event.id)).toISOString();
  if (known?.updatedAt && known.updatedAt > updatedAt) return jobs;
  const job = { ...known, id, ...changes(event), updatedAt };
  if (known) return jobs.map((each, at) => (at === index ? job : each));
  // One that is not on this page may be older than all on it; only a new one belongs at its head.
  return event.type === "job:created" ? [{ ...job, createdAt: updatedAt }, ...jobs].slice(0, limit) : jobs;
}

type JobHappening = Exclude<QueueEvent, { type: "connected" | "reset" | "job:deleted" }>;

function changes(event: JobHappening): Partial<QueueJob> {
  const time = new Date(Number(event.id)).toISOString();
  switch (event.type) {
    case "job:progress":
      return { progress: event.data.progress };
    case "job:created":
      return { status: "pending", filePath: event.data.filePath, priority: event.data.priority, progress: 0 };
    case "job:started":
      return { status: "running", startedAt: time, progress: 0, error: null, completedAt: null };
    case "job:retry":
      return { status: "pending", attempt: event.data.attempt, completedAt: null, ...(event.data.error && { error: event.data.error }) };
    case "job:completed":
      return { status: "completed", completedAt: time, progress: 100 };
    case "job:error":
      return { status: "error", completedAt: time, error: event.data.error };
    case "job:cancelled":
      return { status: "cancelled", completedAt: time };
  }
}
