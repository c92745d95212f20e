// Log lines that wait to be sent together. Invariant: a batch is within the service's caps, so it is never refused for its size.
import { json } from "../text.js";
import type { LogEntry } from "../types.js";

const ENTRIES = 1_000;
/** The wire takes 1 MiB; a batch that does not compress must fit too. */
const BYTES = 768 * 1_024;
/** The service takes 16 KiB of UTF-8 a message. */
const MESSAGE_BYTES = 16 * 1_024;

const encoder = new TextEncoder();

export class LogBuffer {
  #lines: string[] = [];
  #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#lines.length;
  }

  add(entry: LogEntry): void {
    const timestamp = entry.timestamp ?? new Date(this.#now()).toISOString();
    this.#lines.push(json({ ...entry, timestamp, message: cut(entry.message) }));
  }

  /** The next batch, oldest lines first; empty when nothing waits. */
  take(): string[] {
    let [count, bytes] = [0, 0];
    while (count < this.#lines.length && count < ENTRIES) {
      // UTF-8 has at most three bytes for each of JavaScript's characters.
      bytes += this.#lines[count]!.length * 3;
      if (bytes > BYTES && count > 0) break;
      count++;
    }
    return this.#lines.splice(0, count);
  }
}

/** Cut where a character ends. Most messages are short, and not looked at twice. */
function cut(message: string): string {
  if (message.length * 3 <= MESSAGE_BYTES) return message;
  const { read } = encoder.encodeInto(message, new Uint8Array(MESSAGE_BYTES));
  return message.slice(0, read);
}
