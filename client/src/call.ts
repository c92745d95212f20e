// One request to the service, repeated until it is answered.
// Invariant: every try of a POST carries the same Idempotency-Key, so a report whose answer got lost is not made twice.
import { backoff } from "./backoff.js";
import { type Clock, pause, systemClock } from "./clock.js";
import { passes, Refused, retryAfter } from "./refused.js";
import { base, fetchOf, keyHeader, type Service } from "./service.js";
import { json } from "./text.js";

export interface CallOptions extends Service {
  /** How long to go on trying while the network or the service is away. Default 60 s. */
  patienceMs?: number;
  /** Aborted, it ends the call. */
  signal?: AbortSignal;
  clock?: Clock;
}

export interface Request {
  method: "GET" | "POST" | "DELETE";
  /** Below `/api/v1`. */
  path: string;
  json?: unknown;
  /** In place of `json`. */
  body?: Uint8Array<ArrayBuffer> | string;
  headers?: Record<string, string>;
  /** The attempt that reports: a report that comes too late is refused instead of landing in the next attempt. */
  attempt?: number;
  /** Made up for each POST unless given: give one that outlives your process, and the call may be repeated by the next. */
  idempotencyKey?: string;
}

const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
/** A producer's reports are waited for: by the viewers, and by the job's time-out. */
const LONGEST_PAUSE_MS = 5_000;
/** Longer than the longest poll. */
const ONE_TRY_MS = 30_000;

export async function call<Answer>(request: Request, options: CallOptions): Promise<Answer> {
  const { clock = systemClock, patienceMs = PATIENCE_MS, signal } = options;
  const send = prepared(request, options);
  const end = clock.now() + patienceMs;
  for (let failures = 0; ; failures++) {
    signal?.throwIfAborted();
    const outcome = await send(clock).catch((error: unknown) => new Failure(error));
    if (!(outcome instanceof Failure)) return outcome as Answer;
    if (signal?.aborted) throw signal.reason;
    const wait = backoff({ base: FIRST_PAUSE_MS, failures, atLeast: outcome.retryAfter, longest: LONGEST_PAUSE_MS }, () => clock.random());
    if (outcome.final || clock.now() + wait > end) throw outcome.error;
    await pause(clock, wait, signal);
  }
}

/** The same request each time, byte for byte. */
function prepared(request: Request, options: CallOptions) {
  const fetch = fetchOf(options);
  const body = request.body ?? (request.json === undefined ? undefined : json(request.json));
  const init: RequestInit = {
    method: request.method,
    headers: headersOf(request, options, body !== undefined),
    ...(body !== undefined && { body }),
    ...(options.credentials && { credentials: options.credentials }),
  };
  return (clock: Clock) => once(`${base(options)}/api/v1${request.path}`, init, fetch, clock, options.signal);
}

function headersOf({ method, attempt, idempotencyKey, headers }: Request, options: CallOptions, hasBody: boolean) {
  return {
    ...keyHeader(options),
    ...(hasBody && { "content-type": "application/json" }),
    ...(method === "POST" && { "idempotency-key": idempotencyKey ?? crypto.randomUUID() }),
    ...(attempt !== undefined && { "x-job-attempt": String(attempt) }),
    ...headers,
  };
}

async function once(url: string, init: RequestInit, fetch: CallOptions["fetch"] & {}, clock: Clock, signal?: AbortSignal): Promise<unknown> {
  const control = new AbortController();
  const abort = () => control.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  const cancel = clock.after(ONE_TRY_MS, () => control.abort(new Error(`No answer within ${ONE_TRY_MS / 1_000} s.`)));
  try {
    const response = await fetch(url, { ...init, signal: control.signal });
    if (response.ok) return await response.json();
    throw new Unanswered(await Refused.from(response), retryAfter(response));
  } finally {
    cancel();
    signal?.removeEventListener("abort", abort);
  }
}

class Unanswered {
  readonly refused: Refused;
  readonly retryAfter: number | undefined;

  constructor(refused: Refused, retryAfter: number | undefined) {
    this.refused = refused;
    this.retryAfter = retryAfter;
  }
}

class Failure {
  readonly error: unknown;
  readonly final: boolean;
  readonly retryAfter: number | undefined;

  constructor(error: unknown) {
    this.error = error instanceof Unanswered ? error.refused : error;
    this.final = error instanceof Unanswered && !passes(error.refused.status);
    this.retryAfter = error instanceof Unanswered ? error.retryAfter : undefined;
  }
}
