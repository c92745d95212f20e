// A client's program, in whatever language: it tells a JSON line for each event, and one `{over}` when it will not come back.
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";

export class Program {
  /** `{name, id, data}` of each event, in order of arrival. */
  seen = [];
  /** It has ended: nothing comes any more. */
  isOver = false;
  #news = new EventEmitter();

  /** Runs until it ends, or the test `t` does. */
  constructor(t, [command, ...args], url, mode) {
    const child = spawn(command, [...args, url, mode], { stdio: ["ignore", "pipe", "pipe"] });
    t.after(() => child.kill("SIGTERM"));
    child.stderr.on("data", (text) => (this.errors = `${this.errors ?? ""}${text}`.slice(-2_000)));
    this.#read(child.stdout);
    child.once("close", () => this.#end());
  }

  /** Not by `readline`, which ends lines at U+2028 too. */
  async #read(output) {
    let rest = "";
    for await (const piece of output.setEncoding("utf8")) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop();
      for (const line of lines) this.#take(JSON.parse(line));
    }
  }

  #take({ over, ...event }) {
    if (over !== undefined) this.why = over;
    else this.seen.push(event);
    this.#news.emit("news");
  }

  #end() {
    this.isOver = true;
    this.#news.emit("news");
  }

  /** Waits until `test` holds after some event, or the program has ended. */
  async when(test) {
    while (!this.isOver && !test(this)) {
      await once(this.#news, "news", { signal: AbortSignal.timeout(60_000) }).catch(() => {
        throw new Error(`It said nothing more after ${this.seen.length} events. ${this.errors ?? ""}`);
      });
    }
  }

  has(name) {
    return this.when(() => this.seen.some((event) => event.name === name));
  }
}
