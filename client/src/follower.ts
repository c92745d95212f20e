// Follows one stream over as many connections as it takes.
// Invariant: what is delivered does not depend on how often the connection broke: every stored event after the cursor, once, in
// order. Only `reset` tells of a gap, and only the service can say that there is one.
import { backoff } from "./backoff.js";
import { type Clock, pause } from "./clock.js";
import { isHidden, type Undo, whenHiddenFor, whenOffline, whenOnline, whenShown } from "./page.js";
import { Refused } from "./refused.js";
import type { Signal } from "./sse.js";
import type { TokenInHand } from "./token.js";
import type { Heard, Outcome, Transport } from "./transport.js";
import { Watchdog } from "./watchdog.js";

/** `offline`: it broke, and the next try is under way or due. `connecting`: the first try, or a planned pause of a second or two. */
export type ConnectionState = "connecting" | "live" | "catching-up" | "offline" | "ended";

export type Ending =
  /** The job has ended, and everything about it was delivered. */
  | { reason: "finished" }
  /** You closed it. */
  | { reason: "closed" }
  /** The service will not have us, and asking again would not help. */
  | { reason: "refused"; error: Error };

export interface Stream {
  /** `cursor` stands in the address, see `Opening`. */
  address(token: string | undefined, cursor: string | undefined): string;
  headers: Record<string, string>;
  /** The event that tells the state and not a happening. */
  greeting: string;
  /** The events after which a stream may end for good. */
  terminal: readonly string[];
  names: readonly string[];
}

export interface RawEvent {
  type: string;
  id: string;
  data: unknown;
}

export interface Receiver {
  /** A promise asks to wait. */
  deliver(event: RawEvent): void | Promise<void>;
  /** The cursor moved without an event. */
  moved(cursor: string): void;
  entered(state: ConnectionState): void;
}

export interface Means {
  clock: Clock;
  fetch: typeof fetch;
  credentials?: RequestCredentials;
  token: TokenInHand;
  transport: Transport;
  silenceMs: number;
  hiddenMs?: number;
  signal: AbortSignal;
}

/** Until the service has said its `retry:`. */
const RETRY_MS = 1_000;
/** A replay is sent without pauses: after this much quiet it is over. */
const QUIET_MS = 300;

export class Follower {
  state: ConnectionState = "connecting";
  #stream: Stream;
  #means: Means;
  #receiver: Receiver;
  #cursor: string | undefined;
  #retryMs = RETRY_MS;
  #failures = 0;
  #greeted = false;
  #atTerminal = false;
  /** The connection brought something that a doomed one would not. */
  #proved = false;
  #openedAt = 0;
  #cancelQuiet: (() => void) | undefined;
  #malformed: Error | undefined;
  /** Nobody looks, so nobody misses the connection that was given back. */
  #rests = false;

  constructor(stream: Stream, means: Means, receiver: Receiver, cursor?: string) {
    this.#stream = stream;
    this.#means = means;
    this.#receiver = receiver;
    this.#cursor = cursor;
  }

  async follow(): Promise<Ending> {
    // What a transport throws instead of answering is a mistake in how it was asked: it will not mend itself.
    const ending = await this.#untilTheEnd().catch((error: Error): Ending => ({ reason: "refused", error }));
    this.#cancelQuiet?.();
    this.#enter("ended");
    return ending;
  }

  async #untilTheEnd(): Promise<Ending> {
    const { signal } = this.#means;
    while (!signal.aborted) {
      const outcome = await this.#connect();
      if (signal.aborted) break;
      const ending = this.#endingOf(outcome);
      if (ending) return ending;
      await this.#waitAfter(outcome);
    }
    return { reason: "closed" };
  }

  async #connect(): Promise<Outcome> {
    const { clock, fetch, credentials, transport, silenceMs } = this.#means;
    const token = await this.#means.token.get().catch((error: unknown) => new TokenFailure(error));
    if (token instanceof TokenFailure) return token.outcome;
    const url = this.#stream.address(token, this.#cursor);
    const [connection, release] = follows(this.#means.signal);
    const watchdog = new Watchdog(clock, silenceMs, (silence) => connection.abort(silence));
    const leave = this.#whileThePageLets(connection);
    this.#proved = false;
    try {
      const { headers, names } = this.#stream;
      const opening = { url, headers, names, fetch, credentials, cursor: this.#cursor ?? "", signal: connection.signal };
      return await transport(opening, this.#ears(watchdog, connection));
    } finally {
      watchdog.end();
      this.#cancelQuiet?.();
      leave();
      release();
    }
  }

  /** A browser keeps a connection open that has lost its network, and a page that nobody looks at. */
  #whileThePageLets(connection: AbortController): Undo {
    const { hiddenMs, clock } = this.#means;
    this.#rests = false;
    const leaveNetwork = whenOffline(() => connection.abort(new Error("The network is gone.")));
    const leavePage = hiddenMs === undefined ? undefined : whenHiddenFor(hiddenMs, clock, () => {
      this.#rests = true;
      connection.abort(new Error("Nobody looks."));
    });
    return () => {
      leaveNetwork();
      leavePage?.();
    };
  }

  #ears(watchdog: Watchdog, connection: AbortController): Heard {
    return {
      opened: () => this.#opened(),
      alive: () => watchdog.touch(),
      signal: (signal) => {
        const slow = this.#heard(signal, connection);
        if (!slow) return;
        watchdog.rest();
        return slow.then(() => watchdog.touch());
      },
    };
  }

  #opened() {
    this.#openedAt = this.#means.clock.now();
    if (this.#cursor === undefined) return this.#enter("live");
    this.#enter("catching-up");
    this.#awaitQuiet();
  }

  #heard(signal: Signal, connection: AbortController): void | Promise<void> {
    switch (signal.kind) {
      case "retry":
        this.#retryMs = signal.ms;
        return;
      case "comment":
        return this.#heartbeat();
      case "cursor":
        this.#cursor = signal.id;
        return this.#receiver.moved(signal.id);
      case "message":
        return signal.type === "heartbeat" ? this.#heartbeat() : this.#message(signal, connection);
    }
  }

  /** It comes between events of the present, never into a replay. */
  #heartbeat() {
    this.#proved = true;
    if (this.state === "catching-up") this.#enter("live");
  }

  #message({ type, data, id }: { type: string; data: string; id: string }, connection: AbortController): void | Promise<void> {
    const read = parsed(data);
    if (read instanceof Error) {
      this.#malformed = read;
      return connection.abort(read);
    }
    if (id !== "") this.#cursor = id;
    this.#caughtUp(id);
    if (type === "reset") this.#greeted = false;
    // The state now would stand before what led to it. The events that follow tell the same, in order.
    const known = type === this.#stream.greeting && this.#greeted;
    if (known) return;
    if (type === this.#stream.greeting) this.#greeted = true;
    else if (type !== "reset") this.#happened(type);
    return this.#receiver.deliver({ type, id: this.#cursor ?? "", data: read });
  }

  #happened(type: string) {
    this.#proved = true;
    // A replay tells old failures too, and goes on: only the last event of a stream is its end.
    this.#atTerminal = this.#stream.terminal.includes(type);
  }

  #caughtUp(id: string) {
    if (this.state !== "catching-up") return;
    // Ids are times: what is newer than the connection is no replay.
    if (Number(id) >= this.#openedAt) this.#enter("live");
    else this.#awaitQuiet();
  }

  #awaitQuiet() {
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#means.clock.after(QUIET_MS, () => this.#enter("live"));
  }

  #endingOf(outcome: Outcome): Ending | undefined {
    if (this.#malformed) return { reason: "refused", error: this.#malformed };
    if (outcome.kind === "over") return { reason: "finished" };
    if (outcome.kind === "closed" && this.#atTerminal) return { reason: "finished" };
    if (outcome.kind !== "refused") return undefined;
    return this.#mayRenew(outcome.error) ? undefined : { reason: "refused", error: outcome.error };
  }

  /** A token that ran out is renewed; one that was just made and is refused will not get better. */
  #mayRenew({ status }: Refused): boolean {
    return status === 401 && this.#means.token.renewable && !this.#means.token.fresh;
  }

  async #waitAfter(outcome: Outcome) {
    if (outcome.kind === "refused") return this.#means.token.forget();
    const rests = this.#rests;
    // After the last event nobody needs to know that we ask once more whether it was the last.
    if (!this.#atTerminal) this.#enter(outcome.kind === "lost" && !rests ? "offline" : "connecting");
    if (this.#proved) this.#failures = 0;
    const atLeast = outcome.kind === "lost" ? outcome.retryAfter : undefined;
    const ms = backoff({ base: this.#retryMs, failures: this.#failures, atLeast }, () => this.#means.clock.random());
    if (!this.#proved && !rests) this.#failures++;
    await this.#pause(rests ? undefined : ms);
  }

  /** Without a time: until somebody looks. */
  async #pause(ms: number | undefined) {
    const [waiting, release] = follows(this.#means.signal);
    const wake = () => waiting.abort();
    const leave = ms === undefined ? whenShown(wake) : whenOnline(wake);
    if (ms !== undefined) await pause(this.#means.clock, ms, waiting.signal);
    else if (isHidden()) await aborted(waiting.signal);
    leave();
    release();
  }

  #enter(state: ConnectionState) {
    this.#cancelQuiet?.();
    if (state === this.state) return;
    this.state = state;
    this.#receiver.entered(state);
  }
}

/** A controller that is aborted with `signal`, and what unties the two. */
function follows(signal: AbortSignal): [AbortController, () => void] {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  return [controller, () => signal.removeEventListener("abort", abort)];
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })));

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    return new Error(`The stream has an event that is not JSON: ${data.slice(0, 80)}`, { cause: error });
  }
}

/** Whoever makes the tokens may be away for a moment; a clear no from there is a no. */
class TokenFailure {
  readonly outcome: Outcome;

  constructor(error: unknown) {
    const status = (error as { status?: unknown } | null)?.status;
    const no = typeof status === "number" && [401, 403, 404].includes(status);
    const refused = error instanceof Refused ? error : new Refused(Number(status), { error: String((error as Error)?.message ?? error) });
    this.outcome = no ? { kind: "refused", error: refused } : { kind: "lost", error };
  }
}
