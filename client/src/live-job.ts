// A job as it is now, for whoever draws it: watched while somebody subscribes, folded, and told at most once a frame.
import { type Clock, systemClock } from "./clock.js";
import type { ConnectionState, Ending } from "./follower.js";
import { foldJob, type JobView } from "./fold.js";
import type { JobEvent } from "./types.js";
import type { Watch } from "./watch.js";
import { watchJob, type WatchJobOptions } from "./watch-job.js";

export interface LiveJobState {
  /** Undefined until the first snapshot. */
  job: JobView | undefined;
  connection: ConnectionState;
  /** The last event that is in `job`. */
  cursor: string | undefined;
  ending: Ending | undefined;
}

const FRAME_MS = 16;
export const BEGINNING: LiveJobState = { job: undefined, connection: "connecting", cursor: undefined, ending: undefined };

export class LiveJob {
  #job: string;
  #options: WatchJobOptions;
  #clock: Clock;
  #state = BEGINNING;
  #draft = BEGINNING;
  #watch: Watch<JobEvent> | undefined;
  #listeners = new Set<() => void>();
  #cancelTelling: (() => void) | undefined;

  /** `onEvent` of the options is called too, for each event. */
  constructor(job: string, options: WatchJobOptions = {}) {
    this.#job = job;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The same object until something changed. */
  get = (): LiveJobState => this.#state;

  /** The first listener opens the stream, the last one's leaving closes it. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  #open() {
    if (this.#draft.ending) return;
    const { onEvent, onState, onEnd, ...options } = this.#options;
    // Who comes back goes on where it left: the job is known up to there.
    const cursor = this.#draft.cursor ?? options.cursor;
    const watch: Watch<JobEvent> = watchJob(this.#job, {
      ...options, cursor,
      onEvent: (event) => {
        if (watch !== this.#watch) return;
        const known = event.type === "job:snapshot" && this.#draft.job !== undefined && event.id === this.#draft.cursor;
        if (!known) this.#change({ job: foldJob(this.#draft.job, event), cursor: event.id || this.#draft.cursor });
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
    watch?.close();
    this.#cancelTelling?.();
    this.#cancelTelling = undefined;
    if (!this.#draft.ending) this.#draft = { ...this.#draft, connection: "connecting" };
    this.#state = this.#draft;
  }

  #change(changes: Partial<LiveJobState>) {
    this.#draft = { ...this.#draft, ...changes };
    // A replay brings thousands at once: they are drawn together.
    this.#cancelTelling ??= this.#clock.after(FRAME_MS, () => {
      this.#cancelTelling = undefined;
      this.#state = this.#draft;
      for (const listener of this.#listeners) listener();
    });
  }
}
