// The Gantt of a job, from its log: each attempt with its wait, its run and its stages, as spans of time.
// Pure: what is still open has no end, and whoever draws it says what time it is.
import type { Fact } from "./types.ts";

export type SpanState = "waiting" | "running" | "done" | "error" | "skipped" | "stopped";

export interface Span {
  /** ms */
  start: number;
  /** ms; null while it goes on. */
  end: number | null;
  state: SpanState;
  detail: string | null;
}

export interface StageSpan extends Span {
  name: string;
}

export interface AttemptSpan {
  attempt: number;
  /** From when it could begin until a producer began it. */
  wait: Span | null;
  run: Span | null;
  stages: StageSpan[];
}

export interface Timeline {
  start: number;
  attempts: AttemptSpan[];
}

/** Events must come in the order of the log. */
export function timelineOf(facts: readonly Fact[]): Timeline | null {
  const first = facts[0];
  if (!first) return null;
  const timeline: Timeline = { start: first.id, attempts: [] };
  for (const fact of facts) take(timeline, fact);
  return timeline;
}

function take(timeline: Timeline, fact: Fact): void {
  const now = attemptOf(timeline, fact);
  const data = fact.data as Record<string, never>;
  switch (fact.type) {
    case "job.started": return begin(now, fact.id);
    case "stage.started": return void now.stages.push({ ...open(fact.id, "running"), name: String(fact.data.stage) });
    case "stage.completed": return endStage(now, fact, "done", told(data.detail));
    case "stage.skipped": return endStage(now, fact, "skipped", told(data.reason));
    case "stage.failed": return endStage(now, fact, "error", told(data.error));
    case "job.completed": return finish(now, fact.id, "done", null);
    case "job.failed": return finish(now, fact.id, "error", told(data.error));
    case "job.cancelled": return finish(now, fact.id, "stopped", told(data.reason) ?? (fact.data.by === "kill" ? "killed" : "cancelled"));
    case "job.retry_scheduled":
      finish(now, fact.id, "error", told(data.error));
      return void timeline.attempts.push(waiting(Number(data.nextAttempt), fact.id, "backs off"));
    case "job.retried":
      return void timeline.attempts.push(waiting(Number(data.nextAttempt), fact.id, "retried by a person"));
  }
}

const told = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const open = (start: number, state: SpanState): Span => ({ start, end: null, state, detail: null });
const waiting = (attempt: number, at: number, detail: string | null): AttemptSpan =>
  ({ attempt, wait: { ...open(at, "waiting"), detail }, run: null, stages: [] });

/** A log whose beginning has gone may begin anywhere, so an attempt is made when it is first heard of. */
function attemptOf(timeline: Timeline, fact: Fact): AttemptSpan {
  const latest = timeline.attempts.at(-1);
  const exact = timeline.attempts.findLast((one) => one.attempt === fact.attempt);
  if (exact) return exact;
  if (latest && latest.attempt > fact.attempt) return latest;
  const made = waiting(fact.attempt, fact.id, null);
  if (fact.type !== "job.created") made.wait = null;
  timeline.attempts.push(made);
  return made;
}

function begin(now: AttemptSpan, at: number): void {
  close(now.wait, at, "waiting");
  now.run = open(at, "running");
}

function close(span: Span | null, at: number, state: SpanState, detail: string | null = null): void {
  if (!span || span.end !== null) return;
  Object.assign(span, { end: at, state, detail: detail ?? span.detail });
}

/** A stage that is told only at its end began when it says, or is a moment. */
function endStage(now: AttemptSpan, { id, data }: Fact, state: SpanState, detail: string | null): void {
  const name = String(data.stage);
  const running = now.stages.findLast((stage) => stage.name === name && stage.end === null);
  if (running) return close(running, id, state, detail);
  const lasted = typeof data.durationSec === "number" && state !== "skipped" ? data.durationSec * 1000 : 0;
  now.stages.push({ name, start: Math.max(id - lasted, now.run?.start ?? id - lasted), end: id, state, detail });
}

/** What was open when the attempt ended went the way of the attempt. */
function finish(now: AttemptSpan, at: number, state: SpanState, detail: string | null): void {
  for (const stage of now.stages) close(stage, at, state === "done" ? "done" : "stopped");
  if (now.run) close(now.run, at, state, detail);
  else close(now.wait, at, state === "done" ? "waiting" : state, detail);
}

/** Where the drawing ends: now while something goes on, else the last end. */
export function endOf(timeline: Timeline, now: number): number {
  const spans = timeline.attempts.flatMap(({ wait, run, stages }) => [wait, run, ...stages]).filter((span) => span !== null);
  if (spans.some((span) => span.end === null)) return Math.max(now, timeline.start + 1);
  return Math.max(timeline.start + 1, ...spans.map((span) => span.end ?? now));
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400].map((seconds) => seconds * 1000);

/** Round offsets for the axis, at most `most` of them. */
export function ticks(length: number, most: number): number[] {
  const step = STEPS.find((candidate) => length / candidate <= most) ?? Math.ceil(length / most / 86_400_000) * 86_400_000;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
}
