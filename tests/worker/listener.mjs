// The standard client, as npm's `eventsource` implements it: what a browser would see. It reconnects by itself.
import { EventSource } from "eventsource";
import { EventEmitter, once } from "node:events";

/** Listens for `names`; closed when the test `t` ends. `seen` holds `{name, data, id}` in the order of arrival. */
export function listen(t, url, names, { key } = {}) {
  const options = key && { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, "x-api-key": key } }) };
  const listener = new Listener(new EventSource(url, options), names);
  t.after(() => listener.source.close());
  return listener;
}

class Listener {
  seen = [];
  /** The HTTP status of each failure that the client told of; undefined for a connection that ended. */
  errors = [];
  #news = new EventEmitter();

  constructor(source, names) {
    this.source = source;
    for (const name of names) source.addEventListener(name, (event) => this.#note(name, event));
    source.addEventListener("error", (event) => {
      this.errors.push(event.code);
      this.#news.emit("news");
    });
  }

  #note(name, { data, lastEventId }) {
    this.seen.push({ name, data: JSON.parse(data), id: lastEventId });
    this.#news.emit("news");
  }

  /** Resolves to the first event of this name, seen or still to come. */
  async event(name) {
    await this.when(() => this.seen.some((event) => event.name === name));
    return this.seen.find((event) => event.name === name);
  }

  /** Waits until `test` holds after some event or error. */
  async when(test) {
    const limit = AbortSignal.timeout(30_000);
    while (!test(this)) await once(this.#news, "news", { signal: limit });
  }

  /** Waits until the client has given up, as it must after 204. */
  closed() {
    return this.when(() => this.source.readyState === this.source.CLOSED);
  }
}
