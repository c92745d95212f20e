// A job's log in canonical words, whether it came as a JSON page or over the stream, and what it makes of the job that is shown.
import { isFinal } from "./types.ts";
import type { Fact, Job, JobStatus, LogLine, SubProgress } from "./types.ts";

interface Paged {
  id: number;
  type: string;
  attempt: number;
  data: Record<string, unknown>;
}

/** A page tells times as the log stores them, in ms. */
export function fromPage({ id, type, attempt, data }: Paged): Fact {
  if (type !== "job.retry_scheduled") return { id, type, attempt, data };
  return { id, type, attempt, data: { ...data, retryAt: Number(data.retryAt) } };
}

const STAGE_WORDS: Record<string, string> = { start: "started", complete: "completed", skipped: "skipped", error: "failed" };

/** The same from a frame of the pipeline view; `attempt` is the one that runs, for events that do not tell theirs. */
export function fromFrame(name: string, id: number, data: Record<string, unknown>, attempt: number): Fact | null {
  const fact = (type: string, own: Record<string, unknown> = data, of = attempt): Fact => ({ id, type, attempt: of, data: own });
  if (name.startsWith("stage:")) return fact(`stage.${STAGE_WORDS[String(data.type)] ?? "reported"}`);
  switch (name) {
    case "job:started": return fact("job.started", data, Number(data.attempt));
    case "job:progress": return fact("progress.reported");
    case "job:log": return fact("log.appended");
    case "job:checkpoint": return fact("checkpoint.saved", inner(data), Number(data.attempt));
    case "job:event": return fact("event.emitted", inner(data), Number(data.attempt));
    case "job:completed": return fact("job.completed");
    case "job:failed": return ended(data, fact);
    case "job:retry": return retry(data, fact);
    default: return null;
  }
}

type Make = (type: string, own?: Record<string, unknown>) => Fact;

const inner = (data: Record<string, unknown>) => (data.data ?? {}) as Record<string, unknown>;

function ended(data: Record<string, unknown>, fact: Make): Fact {
  if (!data.cancelled) return fact("job.failed", { error: data.error, errorCode: data.code ?? null });
  return fact("job.cancelled", { reason: data.reason ?? null, by: data.error === "Job killed" ? "kill" : "cancel" });
}

function retry(data: Record<string, unknown>, fact: Make): Fact {
  if (data.manual) return fact("job.retried", { nextAttempt: data.attempt });
  const { error, code, attempt, retryAt } = data;
  return fact("job.retry_scheduled", { error, errorCode: code ?? null, nextAttempt: attempt, retryAt: Date.parse(String(retryAt)) });
}

const MOVES: Record<string, JobStatus> = {
  "job.delivered": "delivered", "job.queued": "pending", "job.started": "running", "job.completed": "completed", "job.failed": "failed",
  "job.cancelled": "cancelled", "job.retried": "pending", "job.retry_scheduled": "scheduled",
};

/** What an event makes of the job. Of stages it tells only what the event says; the whole comes with the next reading of the job. */
export function applied(job: Job, fact: Fact): Job {
  const status = MOVES[fact.type];
  if (status) return moved(job, fact, status);
  if (fact.type === "progress.reported") return progressed(job, fact);
  if (fact.type.startsWith("stage.")) return { ...job, stages: { ...job.stages, ...staged(job, fact) } };
  return job;
}

function moved(job: Job, { id, data, attempt }: Fact, status: JobStatus): Job {
  const at = new Date(id).toISOString();
  const next: Job = { ...job, status, attempt, completedAt: isFinal(status) ? at : null };
  if (status === "running") return { ...next, startedAt: at };
  if (status === "completed") return { ...next, progress: 100, result: data.result ?? null, error: null };
  if (status === "failed") return { ...next, error: data.error as string, errorCode: (data.errorCode as string) ?? null };
  if (status === "cancelled") return { ...next, error: (data.reason as string) ?? job.error };
  if (typeof data.nextAttempt !== "number") return next;
  const due = typeof data.retryAt === "number" ? new Date(data.retryAt).toISOString() : null;
  return { ...next, attempt: data.nextAttempt, scheduledFor: due, error: (data.error as string) ?? null };
}

function progressed(job: Job, { data }: Fact): Job {
  return {
    ...job, progress: Number(data.percent), message: (data.message as string) ?? job.message,
    subProgress: (data.subProgress as Record<string, SubProgress>) ?? job.subProgress,
  };
}

function staged(job: Job, { type, data }: Fact): Job["stages"] {
  const stage = String(data.stage);
  const before = job.stages[stage] ?? { status: "pending" };
  const status = ({ "stage.started": "running", "stage.completed": "done", "stage.skipped": "skipped", "stage.failed": "error" } as const)[type];
  const { detail, durationSec, error } = data as { detail?: string; durationSec?: number; error?: string };
  return { [stage]: { ...before, ...(status && { status }), ...(detail && { detail }), ...(durationSec !== undefined && { durationSec }), ...(error && { error }) } };
}

export const linesOf = (fact: Fact): LogLine[] => (fact.type === "log.appended" ? ((fact.data.lines as LogLine[]) ?? []) : []);
