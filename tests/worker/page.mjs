// A page's script as a browser would run it: its EventSource is npm's, and what it writes to the console is kept, line by line.
import { EventEmitter, once } from "node:events";
import { EventSource } from "eventsource";

/** Runs `script`, which sees `names` besides; its streams are closed when the test `t` ends. */
export function runPage(t, script, names = {}) {
  const page = new Page();
  class PageEventSource extends EventSource {
    constructor(...from) {
      super(...from);
      page.source = this;
      t.after(() => this.close());
    }
  }
  const around = { EventSource: PageEventSource, console: page, ...names };
  new Function(...Object.keys(around), script)(...Object.values(around));
  return page;
}

class Page {
  /** Each line as the list of what was written. */
  lines = [];
  #news = new EventEmitter();

  log = (...words) => {
    this.lines.push(words);
    this.#news.emit("line");
  };
  error = this.log;

  /** The first line that `test` accepts, written or still to come. */
  async line(test) {
    const limit = AbortSignal.timeout(30_000);
    while (!this.lines.some(test)) await once(this.#news, "line", { signal: limit });
    return this.lines.find(test);
  }
}
