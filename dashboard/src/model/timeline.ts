// The Gantt of a job, from its log: each attempt with its wait, its run and its stages, as spans of time.
// Pure: what is still open has no end, and whoever draws it says what time it is.
import type { StageReport } from "#jobcast-client";
import type { JobEvent } from "./types.ts";

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

/** What the events themselves do not tell. */
export interface Origin {
  createdAt: string;
  /** The attempt that runs or is next. */
  attempt: number;
  /** The beginning of the log is no longer kept. */
  gap: boolean;
}

/** Events must come in the order of the log. */
export function timelineOf(events: readonly JobEvent[], { createdAt, attempt, gap }: Origin): Timeline | null {
  const first = events[0];
  if (gap && !first) return null;
  const start = gap ? Number(first!.id) : Date.parse(createdAt);
  const before = { ...waiting(gap ? firstAttempt(events, attempt) : 1, start, null), ...(gap && { wait: null }) };
  const timeline: Timeline = { start, attempts: [before] };
  for (const event of events) take(timeline, event);
  return timeline;
}

/** The one to which the first events belong is told by the next that begins or is waited for. */
function firstAttempt(events: readonly JobEvent[], current: number): number {
  const at = events.findIndex(({ type }) => type === "job:started" || type === "job:retry");
  const told = events[at];
  if (told?.type === "job:started") return at === 0 ? told.data.attempt : Math.max(1, told.data.attempt - 1);
  return told?.type === "job:retry" ? told.data.attempt - 1 : current;
}

function take(timeline: Timeline, event: JobEvent): void {
  const now = timeline.attempts.at(-1)!;
  const at = Number(event.id);
  switch (event.type) {
    case "job:started":
      return begin(event.data.attempt === now.attempt ? now : added(timeline, { ...waiting(event.data.attempt, at, null), wait: null }), at);
    case "job:completed":
      return finish(now, at, "done", null);
    case "job:failed": {
      const { cancelled, error, reason } = event.data;
      if (cancelled) return finish(now, at, "stopped", reason || (error === "Job killed" ? "killed" : "cancelled"));
      return finish(now, at, "error", error);
    }
    case "job:retry": {
      const { attempt, manual, error } = event.data;
      if (!manual) finish(now, at, "error", error ?? null);
      return void added(timeline, waiting(attempt, at, manual ? "retried by a person" : "backs off"));
    }
    default:
      if (isOfStage(event)) stageTold(now, event.data, at);
  }
}

const isOfStage = (event: JobEvent): event is Extract<JobEvent, { type: `stage:${string}` }> => event.type.startsWith("stage:");

function added(timeline: Timeline, attempt: AttemptSpan): AttemptSpan {
  timeline.attempts.push(attempt);
  return attempt;
}

function stageTold(now: AttemptSpan, report: StageReport, at: number): void {
  switch (report.type) {
    case "start": return void now.stages.push({ ...open(at, "running"), name: report.stage });
    case "complete": return endStage(now, report, at, "done", told(report.detail));
    case "skipped": return endStage(now, report, at, "skipped", told(report.reason));
    case "error": return endStage(now, report, at, "error", told(report.error));
  }
}

const told = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const open = (start: number, state: SpanState): Span => ({ start, end: null, state, detail: null });
const waiting = (attempt: number, at: number, detail: string | null): AttemptSpan =>
  ({ attempt, wait: { ...open(at, "waiting"), detail }, run: null, stages: [] });

function begin(now: AttemptSpan, at: number): void {
  close(now.wait, at, "waiting");
  now.run = open(at, "running");
}

function close(span: Span | null, at: number, state: SpanState, detail: string | null = null): void {
  if (!span || span.end !== null) return;
  Object.assign(span, { end: at, state, detail: detail ?? span.detail });
}

/** A stage that is told only at its end began when it says, or is a moment. */
function endStage(now: AttemptSpan, { stage: name, durationSec }: StageReport, at: number, state: SpanState, detail: string | null): void {
  const running = now.stages.findLast((stage) => stage.name === name && stage.end === null);
  if (running) return close(running, at, state, detail);
  const lasted = typeof durationSec === "number" && state !== "skipped" ? durationSec * 1000 : 0;
  now.stages.push({ name, start: Math.max(at - lasted, now.run?.start ?? at - lasted), end: at, state, detail });
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
