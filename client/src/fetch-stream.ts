// The usual transport: `fetch`, in every browser, Node, Deno and Bun. It can send a key, and it hears the heartbeats.
import { EventStreamReader } from "./sse.js";
import { type Heard, type Opening, type Outcome, withoutStream } from "./transport.js";

export async function fetchStream(opening: Opening, heard: Heard): Promise<Outcome> {
  try {
    const { url, headers, signal, credentials } = opening;
    const request: RequestInit = { headers: { accept: "text/event-stream", ...headers }, cache: "no-store", signal };
    const response = await opening.fetch(url, credentials ? { ...request, credentials } : request);
    const outcome = await withoutStream(response);
    if (outcome) return outcome;
    heard.opened();
    await read(response.body!, opening, heard);
    return { kind: "closed" };
  } catch (error) {
    return { kind: "lost", error };
  }
}

async function read(body: ReadableStream<Uint8Array>, { cursor, signal }: Opening, heard: Heard) {
  const events = new EventStreamReader(cursor);
  const pieces = body.getReader();
  try {
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) return;
      heard.alive();
      for (const each of events.read(value)) {
        // What was read but not told is told again by the next connection.
        signal.throwIfAborted();
        const slow = heard.signal(each);
        if (slow) await slow;
      }
    }
  } finally {
    pieces.cancel().catch(() => {});
  }
}
