// A network that breaks: a TCP proxy in front of the service that cuts connections in the middle, stalls, or refuses.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class BrokenNetwork {
  cuts = 0;
  #pairs = new Set();
  #server;
  #down = false;

  static async to(t, url) {
    const network = new BrokenNetwork();
    const { hostname, port } = new URL(url);
    network.#server = createServer((near) => network.#join(near, connect(Number(port), hostname)));
    network.#server.listen(0, "127.0.0.1");
    await once(network.#server, "listening");
    network.url = `http://127.0.0.1:${network.#server.address().port}`;
    t.after(() => network.#end());
    return network;
  }

  /** Cuts every connection there is; resolves to whether there was one. */
  cut() {
    const some = this.#pairs.size > 0;
    if (some) this.cuts++;
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    return some;
  }

  /** Until `up`, nobody gets through. */
  down() {
    this.#down = true;
    this.cut();
  }

  up() {
    this.#down = false;
  }

  /** The connections stay, and nothing comes through any more: those there are now are dead for good. */
  stall() {
    for (const [near, far] of this.#pairs) {
      far.unpipe(near);
      far.resume();
    }
  }

  #join(near, far) {
    if (this.#down) return [near, far].forEach((socket) => socket.destroy());
    const pair = [near, far];
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  }

  #end() {
    this.cut();
    this.#server.close();
  }
}
