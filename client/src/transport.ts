// What carries a stream: one connection, from its opening to its end. Coming back is the follower's business.
import { passes, Refused, retryAfter } from "./refused.js";
import type { Signal } from "./sse.js";

export interface Opening {
  /** With the cursor in it: a header of our own would cost a page one more request (CORS preflight) each time. */
  url: string;
  headers: Record<string, string>;
  /** The last event id so far. */
  cursor: string;
  signal: AbortSignal;
  fetch: typeof fetch;
  credentials?: RequestCredentials;
  /** The events to expect, for a transport that must name them. */
  names: readonly string[];
}

export interface Heard {
  opened(): void;
  /** Something came, even if it says nothing yet. */
  alive(): void;
  /** Wait for the promise before reading on: the reader is slow. */
  signal(signal: Signal): void | Promise<void>;
}

export type Outcome =
  /** There will be nothing more: 204. */
  | { kind: "over" }
  /** The service ended the answer in order. */
  | { kind: "closed" }
  /** It broke, or it could not be had for now. */
  | { kind: "lost"; error?: unknown; retryAfter?: number }
  | { kind: "refused"; error: Refused };

export interface Transport {
  (opening: Opening, heard: Heard): Promise<Outcome>;
  /** For one that does not hear the heartbeats: how long a healthy stream may seem silent. */
  silenceMs?: number;
}

/** What an answer that is no stream means; undefined when it is one. */
export async function withoutStream(response: Response): Promise<Outcome | undefined> {
  if (response.status === 204) return { kind: "over" };
  if (response.ok) {
    // Somebody in between (a hotel's login page, say) answered in the service's place.
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") && response.body;
    if (isStream) return undefined;
    await response.body?.cancel().catch(() => {});
    return { kind: "lost", error: new Error(`${response.url} did not answer with an event stream.`) };
  }
  const error = await Refused.from(response);
  return passes(response.status) ? { kind: "lost", error, retryAfter: retryAfter(response) } : { kind: "refused", error };
}
