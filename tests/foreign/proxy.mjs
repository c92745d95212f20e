// A TCP proxy between a client and the service: it sees each request and its status, and cuts a connection in the middle of an event.
import { EventEmitter, once } from "node:events";
import { connect, createServer } from "node:net";

/** Where an event of progress may break; each gives the first byte that does not arrive any more. */
export const PLACES = {
  "between two of its lines": (frame) => frame.lastIndexOf("\n", frame.length - 3) + 1,
  "within a character": (frame) => frame.indexOf("🦀") + 2,
  "before its end": (frame) => frame.indexOf("\n\n") + 1,
};

const FRAME = "event: job:progress\n";

export class Proxy {
  /** `{path, cursor, status, at}` of each GET, in order; the last two once it is answered, `at` in ms. */
  requests = [];
  #news = new EventEmitter();
  #cut;

  /** Stands before the service at `url`, until the test `t` ends. */
  static async before(t, url) {
    const proxy = new Proxy();
    const server = createServer((client) => proxy.#join(client, new URL(url)));
    const sockets = new Set();
    server.on("connection", (socket) => sockets.add(socket));
    t.after(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    proxy.url = `http://127.0.0.1:${server.address().port}`;
    return proxy;
  }

  #join(client, { hostname, port }) {
    const service = connect(Number(port), hostname);
    const part = () => [client, service].forEach((socket) => socket.destroy());
    for (const socket of [client, service]) socket.on("error", part).on("close", part);
    let request;
    client.on("data", (piece) => {
      request = this.#asked(piece.toString("latin1")) ?? request;
      service.write(piece);
    });
    service.on("data", (piece) => {
      this.#answered(request, piece.toString("latin1"));
      this.#pass(piece, client, part);
    });
  }

  #asked(text) {
    const [, method, path] = /^(GET|OPTIONS) (\S+) HTTP/.exec(text) ?? [];
    if (!method) return;
    const cursor = /^last-event-id: *(\S+)/im.exec(text)?.[1] ?? new URL(path, this.url).searchParams.get("lastEventId") ?? undefined;
    const request = { path, cursor };
    if (method === "GET") this.requests.push(request);
    return request;
  }

  #answered(request, text) {
    const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
    if (!status) return;
    Object.assign(request, { status: Number(status), at: Date.now() });
    this.#news.emit("news");
  }

  #pass(piece, client, part) {
    const at = piece.indexOf(FRAME);
    if (!this.#cut || at < 0) return void client.write(piece);
    const end = at + this.#cut(piece.subarray(at));
    this.#cut = undefined;
    client.write(piece.subarray(0, end), () => client.end(part));
    this.#news.emit("news");
  }

  /** The next event of progress breaks there; resolves when it has. */
  async cut(place) {
    this.#cut = place;
    await this.when(() => this.#cut === undefined);
  }

  get answers() {
    return this.requests.filter(({ status }) => status !== undefined);
  }

  /** Waits until `test` holds after some answer or cut. */
  async when(test) {
    while (!test()) await once(this.#news, "news", { signal: AbortSignal.timeout(60_000) });
  }
}
