// What a case found: figures for the table, and what had to hold.

export class Findings {
  #rows = [];
  #checks = [];

  constructor(name) {
    this.name = name;
  }

  /** Shown at once, too: a case takes minutes. */
  figure(what, value) {
    console.log(`  ${what}: ${value}`);
    this.#rows.push([what, String(value)]);
  }

  /** What somebody else's stream felt: `{count, p50, p99, max}`, ms. */
  felt(when, { p50, p99, max, count }) {
    this.figure(`another job's stream, ${when}`, `p50 ${p50} ms, p99 ${p99} ms, longest ${max} ms (${count} reports)`);
  }

  /** What the runtime held once its garbage was thrown away. */
  held(when, { memory, scripts, wasm, descriptors, sockets }) {
    this.figure(`runtime, ${when}`, `${memory} MB resident (JavaScript ${scripts}, wasm ${wasm}), ${descriptors} descriptors, ${sockets} sockets`);
  }

  holds(sentence, does, detail = "") {
    this.#checks.push([sentence, Boolean(does), detail]);
  }

  get isGood() {
    return this.#checks.length > 0 && this.#checks.every(([, does]) => does);
  }

  toString() {
    const rows = this.#rows.map(([what, value]) => `| ${what} | ${value} |\n`).join("");
    const checks = this.#checks.map(([sentence, does, detail]) => `${does ? "✓" : "✗"} ${sentence}${does || !detail ? "" : `: ${detail}`}\n`).join("");
    return `\n### ${this.name}\n\n| figure | |\n|---|---|\n${rows}\n${checks}`;
  }
}

export const seconds = (value) => `${value.toFixed(1)} s`;
export const perSecond = (count, time) => `${Math.round(count / time).toLocaleString("en")} a second`;
