// How long to wait before the next try. Invariant: never shorter than what the service asked for, and never the same for a crowd.

const LONGEST_MS = 30_000;
/** Up to this part is added by chance, so that those who were cut together do not come back together. */
const JITTER = 0.5;

export interface Wait {
  /** The service's `retry:`, or what stands for it. */
  base: number;
  /** Tries in a row that came to nothing. */
  failures: number;
  /** The service's `Retry-After`, if there was one. */
  atLeast?: number;
  /** Where doubling ends. */
  longest?: number;
}

export function backoff({ base, failures, atLeast = 0, longest = LONGEST_MS }: Wait, random: () => number): number {
  const doubled = Math.min(base * 2 ** failures, Math.max(longest, base));
  return Math.max(doubled, atLeast) + random() * JITTER * doubled;
}
