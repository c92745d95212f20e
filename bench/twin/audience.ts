// Who watches a job. A frame is encoded once for all, and goes out when it is durable: whatever comes while a commit is on its way to disk
// goes out together, with one write a subscriber.

const SLOW = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
const CAP_MS = 300_000;
const encoder = new TextEncoder();
const PING = encoder.encode(": ping\n\n");

export class Subscriber {
  /** The last id that it was sent. */
  cursor: number;
  readonly until = Date.now() + CAP_MS;
  #waiting = 0;
  #isOver = false;

  constructor(readonly writer: WritableStreamDefaultWriter<Uint8Array>, cursor: number) {
    this.cursor = cursor;
  }

  /** Resolves when it is read; false for a reader that has gone, or is too slow and was cut. */
  async write(bytes: Uint8Array): Promise<boolean> {
    if (this.#isOver) return false;
    this.#waiting += bytes.length;
    if (this.#waiting > SLOW) {
      this.#isOver = true;
      this.writer.abort("too slow").catch(() => {});
      return false;
    }
    try {
      await this.writer.write(bytes);
      this.#waiting -= bytes.length;
      return true;
    } catch {
      this.#isOver = true;
      return false;
    }
  }

  close(): void {
    this.#isOver = true;
    this.writer.close().catch(() => {});
  }
}

interface Frame {
  id: number;
  text: string;
}

export class Audience {
  readonly #live = new Set<Subscriber>();
  #waiting: Frame[] = [];
  #isFlushing = false;
  #isEnding = false;
  #beat: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly durable: () => Promise<void>) {}

  /** From here on it gets what is told. It must have everything up to its cursor. */
  admit(subscriber: Subscriber): void {
    this.#live.add(subscriber);
    this.#beat ??= setInterval(() => this.#heartbeat(), HEARTBEAT_MS);
  }

  tell(id: number, text: string): void {
    if (this.#live.size === 0) return;
    this.#waiting.push({ id, text });
    if (!this.#isFlushing) void this.#flush();
  }

  /** Everybody leaves, once all is told. */
  end(): void {
    this.#isEnding = true;
    if (!this.#isFlushing) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#waiting.length > 0) {
      const frames = this.#waiting;
      this.#waiting = [];
      await this.durable();
      this.#send(frames);
    }
    this.#isFlushing = false;
    if (this.#isEnding) for (const subscriber of [...this.#live]) this.#dismiss(subscriber);
    this.#isEnding = false;
  }

  #send(frames: Frame[]): void {
    const [first, last] = [frames[0]!.id, frames[frames.length - 1]!.id];
    const all = encoder.encode(frames.map(({ text }) => text).join(""));
    for (const subscriber of this.#live) {
      if (subscriber.cursor < first) this.#write(subscriber, all);
      else if (subscriber.cursor < last) this.#write(subscriber, encoder.encode(frames.filter(({ id }) => id > subscriber.cursor).map(({ text }) => text).join("")));
      subscriber.cursor = Math.max(subscriber.cursor, last);
    }
  }

  #write(subscriber: Subscriber, bytes: Uint8Array): void {
    void subscriber.write(bytes).then((isThere) => {
      if (!isThere) this.#forget(subscriber);
    });
  }

  #heartbeat(): void {
    const now = Date.now();
    for (const subscriber of [...this.#live]) {
      if (subscriber.until <= now) this.#dismiss(subscriber);
      else this.#write(subscriber, PING);
    }
  }

  #dismiss(subscriber: Subscriber): void {
    subscriber.close();
    this.#forget(subscriber);
  }

  #forget(subscriber: Subscriber): void {
    this.#live.delete(subscriber);
    if (this.#live.size > 0) return;
    clearInterval(this.#beat);
    this.#beat = null;
  }
}
