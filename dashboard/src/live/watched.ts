// A stream of the service as a page takes it: what comes is gathered and drawn together, and the line's state is told in its own
// words. Following it (cursor, back-off, silence, a network that goes) is the client library's.
import { Refused } from "#jobcast-client";
import type { ConnectionState, Ending, Watch, WatchOptions } from "#jobcast-client";
import { createStore } from "./store.ts";
import type { Store } from "./store.ts";

export type Phase = Exclude<ConnectionState, "ended"> | "ended" | "refused";

export interface Connection {
  phase: Phase;
  /** The last event seen. */
  cursor: string;
  /** The event from which the present connection went on; empty if it began anew. */
  resumedFrom: string;
  /** The status that ended it for good. */
  status: number | null;
}

export const UNCONNECTED: Connection = { phase: "connecting", cursor: "", resumedFrom: "", status: null };
export const createConnection = (): Store<Connection> => createStore(UNCONNECTED);

/** `cursor` is the place where it stands; "0" is the beginning, which nobody resumes from. */
export function entered(now: Connection, phase: ConnectionState, cursor = ""): Connection {
  if (phase === "ended") return now; // how it ended is told next
  return { ...now, phase, cursor, resumedFrom: phase === "catching-up" && cursor !== "0" ? cursor : now.resumedFrom };
}

export function ended(now: Connection, ending: Ending): Connection {
  if (ending.reason !== "refused") return { ...now, phase: "ended" };
  return { ...now, phase: "refused", status: ending.error instanceof Refused ? ending.error.status : null };
}

// A page that nobody looks at gives its connection back: a browser has few to one host.
export const HIDDEN_MS = 20_000;
// Bars glide for a second, so that ten drawings a second are as smooth as sixty, at a sixth of their cost.
const GATHERED_MS = 100;

export interface Watched {
  /** What has come so far is told now. */
  flush(): void;
  stop(): void;
}

export function watched<Event extends { id: string }>(
  open: (options: WatchOptions<Event>) => Watch<Event>, heard: (events: Event[]) => void, connection: Store<Connection>,
): Watched {
  let gathered: Event[] = [];
  let due: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(due);
    due = undefined;
    const events = gathered.splice(0);
    if (events.length === 0) return;
    connection.update((now) => ({ ...now, cursor: events.at(-1)!.id }));
    heard(events);
  };
  const watch = open({
    hiddenMs: HIDDEN_MS,
    onEvent: (event) => {
      gathered.push(event);
      due ??= setTimeout(flush, GATHERED_MS);
    },
    onState: (state) => {
      flush();
      connection.update((now) => entered(now, state, watch.cursor));
    },
    onEnd: (ending) => {
      flush();
      connection.update((now) => ended(now, ending));
    },
  });
  const stop = () => {
    clearTimeout(due);
    gathered = [];
    watch.close();
  };
  return { flush, stop };
}
