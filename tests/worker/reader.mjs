// A subscriber that follows the rules of EventSource through any number of cuts: it keeps the last id and comes back with it.
import { EventEmitter, once } from "node:events";
import { open } from "./stream.mjs";

export class Reader {
  /** What `note` made of each event that it did not leave out (undefined), in order of arrival. */
  seen = [];
  cuts = 0;
  cursor = undefined;
  #note;
  #back;
  #news = new EventEmitter();
  #connected = Promise.withResolvers();
  #over = false;
  #failure;

  /** Begins to read at once, and ends with the test `t`. `back` is waited for when nobody answers; without it that is an error. */
  constructor(t, url, key, note, back) {
    this.#note = note;
    this.#back = back;
    t.after(() => (this.#over = true));
    this.#follow(t, url, key).catch((failure) => {
      this.#failure = failure;
      this.#news.emit("news");
    });
  }

  async #follow(t, url, key) {
    while (!this.#over) {
      const stream = await this.#open(t, url, key);
      if (!stream) continue;
      if (stream.status !== 200) throw new Error(`${url} answered ${stream.status}`);
      this.#connected.resolve(stream);
      for (let frame; (frame = await stream.next()); ) this.#take(frame);
    }
  }

  async #open(t, url, key) {
    try {
      return await open(t, url, { key, cursor: this.cursor });
    } catch (failure) {
      if (!this.#back) throw failure;
      await this.#back();
    }
  }

  #take(frame) {
    this.cursor = frame.id ?? this.cursor;
    const noted = frame.dispatches ? this.#note(frame) : undefined;
    if (noted !== undefined) this.seen.push(noted);
    this.#news.emit("news");
  }

  /** Waits until it has a place to come back to. */
  begun() {
    return this.when(() => this.cursor !== undefined);
  }

  /** Waits until it has seen so many. */
  has(count) {
    return this.when(() => this.seen.length >= count);
  }

  /** Waits until `test` holds. */
  async when(test) {
    const limit = AbortSignal.timeout(60_000);
    while (!test()) {
      if (this.#failure) throw this.#failure;
      await once(this.#news, "news", { signal: limit }).catch(() => {
        throw new Error(`Nothing more came after ${this.seen.length} events`);
      });
    }
  }

  /** Breaks the connection, wherever it is. */
  async cut() {
    const stream = await this.#connected.promise;
    this.#connected = Promise.withResolvers();
    this.cuts += 1;
    await stream.close();
  }
}
