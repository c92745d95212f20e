// One connection to a stream, read frame by frame. It does not reconnect: what the server sends is what the test sees.
import { Blocks } from "./frame.mjs";

const PATIENCE_MS = 30_000;

/** Opens a stream and closes it when the test `t` ends. `key` goes as x-api-key, `cursor` as Last-Event-ID. */
export async function open(t, url, { key, cursor, headers = {} } = {}) {
  const control = new AbortController();
  t.after(() => control.abort());
  const credential = key && { "x-api-key": key };
  const position = cursor && { "last-event-id": cursor };
  const unanswered = setTimeout(() => control.abort(new Error(`${url} did not answer`)), PATIENCE_MS);
  const response = await fetch(url, {
    signal: control.signal, headers: { accept: "text/event-stream", ...credential, ...position, ...headers },
  });
  clearTimeout(unanswered);
  return new Stream(response, control);
}

export class Stream {
  /** Every frame that came, in order. */
  frames = [];
  /** Bytes that came after the last complete frame. */
  rest = "";
  #read = 0;
  #wake = () => {};
  #ending;

  constructor(response, control) {
    Object.assign(this, { status: response.status, headers: response.headers, control });
    /** Resolves to "clean" when the server ended the stream, "cut" when the connection broke or `close` was called. */
    this.ended = this.#pump(response).then(() => this.#over("clean"), () => this.#over("cut"));
  }

  #over(ending) {
    this.#ending = ending;
    this.#wake();
    return ending;
  }

  async #pump(response) {
    if (!response.body) return;
    const blocks = new Blocks();
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      this.frames.push(...blocks.take(text));
      this.rest = blocks.rest;
      this.#wake();
    }
  }

  close() {
    this.control.abort();
    return this.ended;
  }

  /** The next frame of any kind; undefined at the end. */
  async next() {
    const limit = AbortSignal.timeout(PATIENCE_MS);
    while (this.#read === this.frames.length) {
      if (await this.#quiet(limit)) return this.frames[this.#read++];
    }
    return this.frames[this.#read++];
  }

  /** Waits for another frame; true when the stream is over instead. */
  async #quiet(limit) {
    if (this.#ending) return true;
    await new Promise((wake, fail) => {
      this.#wake = wake;
      limit.addEventListener("abort", () => fail(new Error(`Nothing came for ${PATIENCE_MS} ms after ${this.told()}`)));
    });
    return this.#ending !== undefined && this.#read === this.frames.length;
  }

  /** The next frame that dispatches an event, of this name if one is given. */
  async event(name) {
    for (;;) {
      const frame = await this.next();
      if (!frame) throw new Error(`The stream ended without ${name ?? "another event"}: ${this.told()}`);
      if (frame.dispatches && (name === undefined || frame.event === name)) return frame;
    }
  }

  /** The events that are still to come, to the end of the stream. */
  async remaining() {
    const from = this.#read;
    await this.ended;
    return this.frames.slice(from).filter((frame) => frame.dispatches);
  }

  /** Events up to the one that `test` accepts. */
  async until(test) {
    const events = [];
    do events.push(await this.event());
    while (!test(events.at(-1)));
    return events;
  }

  told() {
    return `${this.status} ${this.frames.map((frame) => frame.event ?? "·").slice(-20).join(" ")}`;
  }
}

export const names = (events) => events.map((event) => event.event);
