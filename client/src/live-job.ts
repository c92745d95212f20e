// A job as it is now, for whoever draws it.
import type { ConnectionState } from "./follower.js";
import { foldJob, type JobView } from "./fold.js";
import { Live, type LiveState, UNCONNECTED } from "./live.js";
import type { JobEvent } from "./types.js";
import type { Watch } from "./watch.js";
import { watchJob, type WatchJobOptions } from "./watch-job.js";

export interface LiveJobState extends LiveState {
  /** Undefined until the first snapshot. */
  job: JobView | undefined;
}

export const NO_JOB: LiveJobState = { ...UNCONNECTED, job: undefined };

export class LiveJob extends Live<JobEvent, LiveJobState> {
  #job: string;
  #folded: JobView | undefined;
  #replays = false;

  constructor(job: string, options: WatchJobOptions = {}) {
    super(NO_JOB, options);
    this.#job = job;
  }

  protected override open(options: WatchJobOptions): Watch<JobEvent> {
    return watchJob(this.#job, options);
  }

  protected override happened(event: JobEvent): void {
    const { job, cursor, connection } = this.draft;
    const known = event.type === "job:snapshot" && job !== undefined && event.id === cursor;
    if (known) return;
    this.#folded = foldJob(this.#folded, event);
    // Who asked for the log from some place on sees the state now, and not all that led to it once more.
    if (event.type === "job:snapshot") this.#replays = connection === "catching-up";
    const isNew = event.type === "job:snapshot" || event.type === "reset" || !this.#replays;
    this.change({ job: isNew ? this.#folded : job, cursor: event.id || cursor });
  }

  protected override entered(connection: ConnectionState): void {
    if (connection !== "catching-up") this.#replays = false;
    this.change({ connection, ...(!this.#replays && { job: this.#folded }) });
  }
}
