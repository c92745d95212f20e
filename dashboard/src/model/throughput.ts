// What the loaded jobs say about throughput. Pure; every figure is of these jobs and no others, and the page says so.
import type { QueueJob } from "./types.ts";

export interface Throughput {
  finished: number;
  failed: number;
  /** 0..1; null while nothing has finished. */
  failureRate: number | null;
  /** ms, sorted, of completed jobs: from the start of the last attempt. */
  durations: number[];
  /** Seconds of each minute's start, then jobs created, completed and failed in it: as uPlot takes it. */
  perMinute: [number[], number[], number[], number[]];
  /** ms from creation to the first start, sorted. */
  waits: number[];
}

const MINUTE = 60_000;

export function throughputOf(jobs: readonly QueueJob[], now: number, minutes: number): Throughput {
  const known = jobs.filter((job) => !job.partial);
  const completed = known.filter((job) => job.status === "completed");
  const failed = known.filter((job) => job.status === "error");
  const finished = completed.length + failed.length;
  return {
    finished,
    failed: failed.length,
    failureRate: finished ? failed.length / finished : null,
    durations: sorted(completed.map((job) => between(job.startedAt, job.completedAt))),
    waits: sorted(known.filter((job) => job.attempt === 1).map((job) => between(job.createdAt, job.startedAt))),
    perMinute: minuteByMinute(known, now, minutes),
  };
}

const between = (from: string | null, to: string | null): number => (from && to ? Date.parse(to) - Date.parse(from) : NaN);
const sorted = (numbers: number[]): number[] => numbers.filter((number) => number >= 0).sort((a, b) => a - b);

function minuteByMinute(jobs: readonly QueueJob[], now: number, minutes: number): Throughput["perMinute"] {
  const last = Math.floor(now / MINUTE);
  const first = last - minutes + 1;
  const zeros = () => new Array<number>(minutes).fill(0);
  const [created, completed, failed] = [zeros(), zeros(), zeros()];
  const add = (into: number[], iso: string | null) => {
    const minute = iso ? Math.floor(Date.parse(iso) / MINUTE) - first : -1;
    if (minute >= 0 && minute < minutes) into[minute] = (into[minute] ?? 0) + 1;
  };
  for (const job of jobs) {
    add(created, job.createdAt);
    if (job.status === "completed") add(completed, job.completedAt);
    if (job.status === "error") add(failed, job.completedAt);
  }
  return [zeros().map((_, i) => (first + i) * 60), created, completed, failed];
}

/** The value that `share` of the sorted numbers do not exceed (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** A histogram whose bins grow by the same factor: durations span milliseconds to hours. */
export function histogram(sorted: readonly number[], bins: number): Bin[] {
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return [];
  const base = Math.max(1, low);
  const factor = Math.max(1.0001, (Math.max(high, base * 1.01) / base) ** (1 / bins));
  const made: Bin[] = Array.from({ length: bins }, (_, i) => ({ from: base * factor ** i, to: base * factor ** (i + 1), count: 0 }));
  for (const value of sorted) {
    const at = Math.min(bins - 1, Math.max(0, Math.floor(Math.log(Math.max(value, base) / base) / Math.log(factor))));
    made[at]!.count += 1;
  }
  return made;
}

/** Where a value stands among the bins: 0 is the middle of the first, so that a bar's edges are at ±0.5. */
export function placeAmong(bins: readonly Bin[], value: number): number {
  const [first] = bins;
  if (!first) return 0;
  const place = Math.log(Math.max(value, first.from) / first.from) / Math.log(first.to / first.from) - 0.5;
  return Math.min(place, bins.length - 0.5);
}

/** Percent of what finished in each minute that failed; null where nothing finished. */
export const failureRates = ([, , completed, failed]: Throughput["perMinute"]): (number | null)[] =>
  failed.map((bad, i) => (bad + completed[i]! ? (100 * bad) / (bad + completed[i]!) : null));
