// Time that passes when a test says so.
import { setImmediate as turn } from "node:timers/promises";

/** Lets everything happen that needs no time. */
export async function settle() {
  for (let i = 0; i < 20; i++) await turn();
}

export class ManualClock {
  time = Date.parse("2026-01-01T00:00:00Z");
  /** What `random` answers. */
  chance = 0;
  #tasks = new Set();

  now = () => this.time;
  random = () => this.chance;

  after = (ms, task) => {
    const entry = { due: this.time + ms, task };
    this.#tasks.add(entry);
    return () => this.#tasks.delete(entry);
  };

  /** In how many ms each waiting task is due. */
  get due() {
    return [...this.#tasks].map(({ due }) => due - this.time).sort((a, b) => a - b);
  }

  async pass(ms) {
    const end = this.time + ms;
    for (let entry; (entry = this.#next(end)); ) {
      this.time = entry.due;
      this.#tasks.delete(entry);
      entry.task();
      await settle();
    }
    this.time = end;
    await settle();
  }

  #next(end) {
    return [...this.#tasks].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}
