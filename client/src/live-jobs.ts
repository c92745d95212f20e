// A project's jobs as they are now: a page of the list, kept up by the project's stream, for whoever draws it.
// Invariant: the list is read after the stream has told its place, so nothing that happens in between is missed.
import { Live, type LiveState, UNCONNECTED } from "./live.js";
import { Refused } from "./refused.js";
import { base, fetchOf, keyHeader } from "./service.js";
import type { QueueEvent, QueueJob } from "./types.js";
import type { Watch } from "./watch.js";
import { watchProject, type WatchQueueOptions } from "./watch-project.js";

/** A job that was only told by the stream has what the stream tells. */
export type ListedJob = Partial<QueueJob> & Pick<QueueJob, "id">;

export interface LiveJobsState extends LiveState {
  /** Newest first. Undefined until the list was read. */
  jobs: readonly ListedJob[] | undefined;
  /** The list could not be read: it needs `jobs:read`. */
  error: Error | undefined;
}

export type LiveJobsOptions = WatchQueueOptions & {
  /** So many at most, up to 100. Default 50. */
  limit?: number;
};

const LIMIT = 50;
export const NO_JOBS: LiveJobsState = { ...UNCONNECTED, jobs: undefined, error: undefined };

export class LiveJobs extends Live<QueueEvent, LiveJobsState> {
  #options: LiveJobsOptions;
  #early: QueueEvent[] = [];
  /** Set while the list is being read: events wait for it. */
  #listing: symbol | undefined;

  constructor(options: LiveJobsOptions = {}) {
    super(NO_JOBS, options);
    this.#options = options;
  }

  protected override open(options: WatchQueueOptions): Watch<QueueEvent> {
    return watchProject(options);
  }

  protected override happened(event: QueueEvent): void {
    this.change({ cursor: event.id || this.draft.cursor });
    // After a gap in the stream only the list knows.
    if (event.type === "connected") void this.#list();
    else if (this.#listing) this.#early.push(event);
    else this.change({ jobs: foldJobs(this.draft.jobs ?? [], event, this.#limit) });
  }

  /** The list is read anew by who comes back, and stands there until then. */
  protected override left(): void {
    this.#listing = undefined;
    this.draft = { ...NO_JOBS, jobs: this.draft.jobs };
  }

  async #list() {
    const listing = (this.#listing = Symbol("listing"));
    this.#early = [];
    const outcome = await this.#read().catch((error: Error) => error);
    if (listing !== this.#listing) return;
    this.#listing = undefined;
    if (outcome instanceof Error) return this.change({ error: outcome });
    this.change({ error: undefined, jobs: this.#early.reduce((jobs, event) => foldJobs(jobs, event, this.#limit), outcome) });
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
}

/** What one event makes of the list. An event that is older than what the list says of its job changes nothing. */
export function foldJobs(jobs: readonly ListedJob[], event: QueueEvent, limit = LIMIT): readonly ListedJob[] {
  if (event.type === "connected" || event.type === "reset") return jobs;
  const { jobId: id } = event.data;
  if (event.type === "job:deleted") return jobs.filter((job) => job.id !== id);
  const index = jobs.findIndex((job) => job.id === id);
  const known = jobs[index];
  const change = listedChange(event);
  if (known?.updatedAt && known.updatedAt > change.updatedAt) return jobs;
  const job = { ...known, id, ...change };
  if (known) return jobs.map((each, at) => (at === index ? job : each));
  // One that is not on this page may be older than all on it; only a new one belongs at its head.
  return event.type === "job:created" ? [{ ...job, createdAt: change.updatedAt }, ...jobs].slice(0, limit) : jobs;
}

/** The events that tell of a job which is still there. */
export type JobHappening = Exclude<QueueEvent, { type: "connected" | "reset" | "job:deleted" }>;

/** What an event says of its job, for a list that you keep by yourself. */
export function listedChange(event: JobHappening): Partial<QueueJob> & { updatedAt: string } {
  // Ids are times.
  const updatedAt = new Date(Number(event.id)).toISOString();
  return { ...told(event, updatedAt), updatedAt };
}

function told(event: JobHappening, time: string): Partial<QueueJob> {
  switch (event.type) {
    case "job:progress":
      return { progress: event.data.progress };
    case "job:created":
      return { status: "pending", filePath: event.data.filePath, priority: event.data.priority, progress: 0 };
    case "job:started":
      return { status: "running", startedAt: time, progress: 0, message: null, error: null, completedAt: null, scheduledFor: null };
    case "job:retry":
      return {
        status: "pending", attempt: event.data.attempt, scheduledFor: event.data.retryAt, completedAt: null,
        ...(event.data.error !== null && { error: event.data.error }),
      };
    case "job:completed":
      return { status: "completed", completedAt: time, progress: 100, error: null };
    case "job:error":
      return { status: "error", completedAt: time, error: event.data.error };
    case "job:cancelled":
      return { status: "cancelled", completedAt: time };
  }
}
