// The lines of a job's log: what is held, and which of them a filter shows. Appending costs what is appended, not what is held.
import { LEVELS } from "./types.ts";
import type { Level, LogLine } from "./types.ts";

export interface Filter {
  /** The least level that is shown. */
  level: Level;
  text: string;
}

export const everything: Filter = { level: "trace", text: "" };
/** As many lines as the service keeps. */
export const LINES_KEPT = 100_000;

/** Lines in the order of the log, and the places of those that pass the filter. */
export class Lines {
  all: LogLine[] = [];
  shown: LogLine[] = [];
  #filter: Filter = everything;
  #passes: (line: LogLine) => boolean = () => true;

  get filter(): Filter {
    return this.#filter;
  }

  append(lines: readonly LogLine[]): void {
    const last = this.all.at(-1)?.seq ?? 0;
    for (const line of lines) {
      if (line.seq <= last) continue;
      this.all.push(line);
      if (this.#filter !== everything && this.#passes(line)) this.shown.push(line);
    }
    this.#trim();
  }

  set filter(filter: Filter) {
    this.#filter = filter.level === "trace" && filter.text === "" ? everything : filter;
    this.#passes = passing(filter);
    this.shown = this.#filter === everything ? this.all : this.all.filter(this.#passes);
  }

  /** Trimmed by a tenth at a time, as the service does, so that it happens now and then and not with each line. */
  #trim(): void {
    if (this.#filter === everything) this.shown = this.all;
    if (this.all.length <= LINES_KEPT * 1.1) return;
    this.all = this.all.slice(-LINES_KEPT);
    this.filter = this.#filter;
  }
}

function passing({ level, text }: Filter): (line: LogLine) => boolean {
  const levels = new Set(LEVELS.slice(LEVELS.indexOf(level)));
  const wanted = text.toLowerCase();
  return (line) => levels.has(line.level) && (wanted === "" || line.message.toLowerCase().includes(wanted) || (line.source?.toLowerCase().includes(wanted) ?? false));
}

export interface Window {
  from: number;
  to: number;
}

/** Which rows of a list stand in sight, with some to spare on both sides. */
export function windowOf(top: number, height: number, row: number, count: number, spare = 12): Window {
  const from = Math.max(0, Math.min(Math.floor(top / row), count) - spare);
  return { from, to: Math.min(count, Math.ceil((top + height) / row) + spare) };
}
