// One stream as its reader holds it: an async iterator or callbacks, the state of the connection, the cursor.
import { type Clock, systemClock } from "./clock.js";
import { fetchStream } from "./fetch-stream.js";
import { type ConnectionState, type Ending, Follower, type Stream } from "./follower.js";
import { Mailbox } from "./mailbox.js";
import { fetchOf, type Service } from "./service.js";
import { TokenInHand, type TokenSource } from "./token.js";
import type { Transport } from "./transport.js";
import { SILENCE_MS } from "./watchdog.js";

export interface WatchOptions<Event> extends Service {
  /** A stream token, or a function that gets one; it is asked again when the token is over. */
  token?: TokenSource;
  /** Publishable key `pk_…`, for the public part of a project's streams. */
  projectKey?: string;
  /** Go on after this event id. `0` begins with the beginning of the log. */
  cursor?: string | number;
  /** `fetchStream` unless you say otherwise, as `nativeStream()`. */
  transport?: Transport;
  /** Aborted, it closes the stream. */
  signal?: AbortSignal;
  /** In place of iterating. A promise is waited for before the next event. */
  onEvent?: (event: Event) => void | Promise<void>;
  onState?: (state: ConnectionState) => void;
  onEnd?: (ending: Ending) => void;
  /** Silence after which the connection counts as dead; heartbeats come every 15 s. Default 40 s. */
  silenceMs?: number;
  /**
   * In a page: once nobody has looked at it for so long, its connection is given back, and it catches up when it is looked at
   * again. A browser has six connections to a host over HTTP/1.1, for all tabs together. Left out, the connection stays.
   */
  hiddenMs?: number;
  clock?: Clock;
}

/** Opens at once; what comes before you iterate waits for you. */
export class Watch<Event extends { id: string }> implements AsyncIterable<Event> {
  /** Never rejects. */
  readonly done: Promise<Ending>;
  #close = new AbortController();
  #mailbox = new Mailbox<Event | { cursor: string }>();
  #follower: Follower;
  #cursor: string | undefined;
  #options: WatchOptions<Event>;

  constructor(stream: Stream, options: WatchOptions<Event>) {
    this.#options = options;
    this.#cursor = options.cursor?.toString();
    const clock = options.clock ?? systemClock;
    const { credentials, signal, hiddenMs } = options;
    const transport: Transport = options.transport ?? fetchStream;
    const silenceMs = options.silenceMs ?? transport.silenceMs ?? SILENCE_MS;
    const token = new TokenInHand(options.token, clock);
    const means = { clock, credentials, token, transport, silenceMs, hiddenMs, fetch: fetchOf(options), signal: this.#close.signal };
    this.#follower = new Follower(stream, means, {
      deliver: (event) => this.#deliver(event as unknown as Event),
      moved: (cursor) => this.#moved(cursor),
      entered: (state) => told(() => options.onState?.(state)),
    }, this.#cursor);
    const close = () => this.close();
    if (signal?.aborted) close();
    signal?.addEventListener("abort", close);
    this.done = this.#follow().finally(() => signal?.removeEventListener("abort", close));
  }

  get state(): ConnectionState {
    return this.#follower.state;
  }

  /** The id of the last event that you were given: what to go on from. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  close(): void {
    this.#close.abort();
    this.#mailbox.end();
  }

  /** Ends with the stream; throws when the service refuses it. Leaving the loop closes the stream. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, void> {
    if (this.#options.onEvent) throw new TypeError("This stream goes to its `onEvent`. Leave that out to iterate.");
    try {
      for (let item; (item = await this.#mailbox.take()); ) {
        if (this.#close.signal.aborted) return;
        this.#cursor = "cursor" in item ? item.cursor : item.id;
        if (!("cursor" in item)) yield item;
      }
      const ending = await this.done;
      if (ending.reason === "refused") throw ending.error;
    } finally {
      this.close();
    }
  }

  async #follow(): Promise<Ending> {
    // The caller has the watch in its hands before the first callback comes.
    await undefined;
    const ending = await this.#follower.follow();
    this.#mailbox.end();
    told(() => this.#options.onEnd?.(ending));
    return ending;
  }

  #deliver(event: Event): void | Promise<void> {
    const { onEvent } = this.#options;
    if (!onEvent) return this.#mailbox.put(event);
    this.#cursor = event.id;
    return told(() => onEvent(event));
  }

  #moved(cursor: string) {
    if (this.#options.onEvent) this.#cursor = cursor;
    else void this.#mailbox.put({ cursor });
  }
}

/** An error of a callback is its owner's: it is told as any uncaught error is, and the stream goes on. */
function told(callback: () => unknown): void | Promise<void> {
  try {
    const result = callback();
    // An arrow function returns whatever its expression makes; only a promise asks to wait.
    if (isPromise(result)) return result.then(undefined, uncaught);
  } catch (error) {
    uncaught(error);
  }
}

const isPromise = (value: unknown): value is Promise<void> => typeof (value as { then?: unknown } | null | undefined)?.then === "function";

function uncaught(error: unknown) {
  queueMicrotask(() => {
    throw error;
  });
}
