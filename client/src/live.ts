// What somebody draws, kept up by a stream: watched while somebody subscribes, and told at most once a frame.
import { type Clock, systemClock } from "./clock.js";
import type { ConnectionState, Ending } from "./follower.js";
import type { Watch, WatchOptions } from "./watch.js";

export interface LiveState {
  connection: ConnectionState;
  /** The last event that is in this state. */
  cursor: string | undefined;
  ending: Ending | undefined;
}

export const UNCONNECTED: LiveState = { connection: "connecting", cursor: undefined, ending: undefined };

const FRAME_MS = 16;

export abstract class Live<Event extends { id: string }, State extends LiveState> {
  /** What will be told next. */
  protected draft: State;
  #options: WatchOptions<Event>;
  #clock: Clock;
  #state: State;
  #watch: Watch<Event> | undefined;
  #listeners = new Set<() => void>();
  #cancelTelling: (() => void) | undefined;

  /** The callbacks of the options are called too, for each event. */
  constructor(beginning: State, options: WatchOptions<Event>) {
    this.draft = this.#state = beginning;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  protected abstract open(options: WatchOptions<Event>): Watch<Event>;
  protected abstract happened(event: Event): void;
  /** Nobody subscribes any more. */
  protected left(): void {
    if (!this.draft.ending) this.draft = { ...this.draft, connection: "connecting" };
  }

  /** The same object until something changed. */
  get = (): State => this.#state;

  /** The first listener opens the stream, the last one's leaving closes it. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  protected entered(connection: ConnectionState): void {
    this.change({ connection } as Partial<State>);
  }

  protected change(changes: Partial<State>): void {
    this.draft = { ...this.draft, ...changes };
    // A replay brings thousands at once: they are drawn together.
    this.#cancelTelling ??= this.#clock.after(FRAME_MS, () => {
      this.#cancelTelling = undefined;
      this.#state = this.draft;
      for (const listener of this.#listeners) listener();
    });
  }

  #open() {
    if (this.draft.ending) return;
    const { onEvent, onState, onEnd, ...options } = this.#options;
    const ours = () => watch === this.#watch;
    const watch: Watch<Event> = this.open({
      ...options,
      // Who comes back goes on where it left: what happened is known up to there.
      cursor: this.draft.cursor ?? options.cursor,
      onEvent: (event) => {
        if (!ours()) return;
        this.happened(event);
        return onEvent?.(event);
      },
      onState: (connection) => {
        if (!ours()) return;
        this.entered(connection);
        onState?.(connection);
      },
      onEnd: (ending) => {
        if (!ours()) return;
        this.change({ ending } as Partial<State>);
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
    this.left();
    this.#state = this.draft;
  }
}
