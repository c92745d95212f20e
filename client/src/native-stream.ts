// The platform's own EventSource as transport, for pages that want its entry in the network panel, or a polyfill of theirs.
// It sends no headers (so no key) and hides heartbeats, retry and status codes: prefer `fetchStream` where you can.
import type { Heard, Opening, Outcome, Transport } from "./transport.js";
import { withoutStream } from "./transport.js";

/** Comments are hidden, so only the service's cap of 5 minutes tells a quiet stream from a dead one. */
const SILENCE_MS = 340_000;

/** The part of the class that is used here. */
export interface EventSourceClass {
  new (url: string, options?: { withCredentials?: boolean }): EventSource;
}

/** A stage that was not named when the job was created has no listener: name it in the job's `stages`, or use `fetchStream`. */
export function nativeStream(Source: EventSourceClass = globalThis.EventSource): Transport {
  if (!Source) throw new TypeError("There is no EventSource here: give one, or leave `transport` out.");
  const transport = (opening: Opening, heard: Heard) => connect(Source, opening, heard);
  return Object.assign(transport, { silenceMs: SILENCE_MS });
}

function connect(Source: EventSourceClass, opening: Opening, heard: Heard): Promise<Outcome> {
  if (Object.keys(opening.headers).length > 0) throw new TypeError("An EventSource cannot send an API key. Use a token, or leave `transport` out.");
  const source = new Source(opening.url, { withCredentials: opening.credentials === "include" });
  const listen = listener(source, heard);
  return new Promise((resolve) => {
    let open = false;
    const end = (outcome: Outcome | Promise<Outcome>) => {
      source.close();
      resolve(outcome);
    };
    source.onopen = () => {
      open = true;
      heard.opened();
    };
    // It would come back by itself, but without jitter, with the old token, and without saying what happened.
    source.onerror = () => end(open ? { kind: "lost" } : probe(opening));
    const aborted = () => end({ kind: "lost", error: opening.signal.reason });
    opening.signal.addEventListener("abort", aborted, { once: true });
    if (opening.signal.aborted) aborted();
    listen(opening.names);
  });
}

/** An EventSource has no “all events”: a job's stages are known from its snapshot on. */
function listener(source: EventSource, heard: Heard) {
  const names = new Set<string>();
  const listen = (wanted: Iterable<string>) => {
    for (const name of wanted) {
      if (names.has(name)) continue;
      names.add(name);
      source.addEventListener(name, (event: MessageEvent<string>) => {
        heard.alive();
        if (name === "job:snapshot") listen(stagesOf(event.data));
        void heard.signal({ kind: "message", type: name, data: event.data, id: event.lastEventId });
      });
    }
  };
  return listen;
}

const stagesOf = (snapshot: string) => Object.keys(JSON.parse(snapshot).stages ?? {}).map((stage) => `stage:${stage}`);

/** It gave up and does not say why: ask again, in a way that shows the status. */
async function probe({ url, fetch, credentials, signal }: Opening): Promise<Outcome> {
  try {
    const response = await fetch(url, { headers: { accept: "text/event-stream" }, signal, ...(credentials && { credentials }) });
    const outcome = await withoutStream(response);
    if (outcome) return outcome;
    await response.body?.cancel();
    return { kind: "lost" };
  } catch (error) {
    return { kind: "lost", error };
  }
}
