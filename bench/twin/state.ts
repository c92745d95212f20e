// A job as its object holds it, and as it is shown.
import type { Created } from "./asked.js";

export interface State extends Created {
  id: string;
  project: string;
  status: "scheduled" | "pending" | "delivered" | "running" | "completed" | "failed";
  attempt: number;
  percent: number;
  message: string | null;
  subProgress: unknown;
  result: unknown;
  error: string | null;
  errorCode: string | null;
  createdAt: number;
  deliveredAt: number | null;
  startedAt: number | null;
  completedAt: number | null;
  updatedAt: number;
  deadline: number | null;
  endedBy: number | null;
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

/** What a report leaves out stays as it was. */
export function report(job: State, { percent, message, subProgress }: { percent: number; message?: string | null; subProgress?: unknown }): void {
  job.percent = percent;
  job.message = message ?? job.message;
  job.subProgress = subProgress ?? job.subProgress;
}

const stages = (job: State) => Object.fromEntries(job.stages.map((name) => [name, { status: "pending" }]));

/** As the producer API shows it, but for `eventsUrl`: as text, for the answer and for the directory. */
export function shown(job: State): string {
  return JSON.stringify({
    id: job.id, name: job.name, filePath: job.filePath, topic: job.topic, status: job.status, priority: job.priority, progress: job.percent, message: job.message,
    subProgress: job.subProgress, stages: stages(job), attempt: job.attempt, maxAttempts: job.maxAttempts, timeoutSeconds: job.timeoutSeconds, payload: job.payload,
    meta: job.meta, result: job.result, error: job.error, errorCode: job.errorCode, createdAt: iso(job.createdAt), scheduledFor: iso(job.scheduledFor),
    deliveredAt: iso(job.deliveredAt), startedAt: iso(job.startedAt), completedAt: iso(job.completedAt), updatedAt: iso(job.updatedAt), deadline: iso(job.deadline),
  });
}

const WORDS = { scheduled: "queued", pending: "queued", delivered: "queued", running: "running", completed: "completed", failed: "failed" };

/** As a stream begins with it. */
export function snapshot(job: State): string {
  const own = {
    id: job.id, topic: job.topic, status: WORDS[job.status], stages: stages(job), name: job.name, filePath: job.filePath, progress: job.percent, message: job.message,
    subProgress: job.subProgress, attempt: job.attempt, maxAttempts: job.maxAttempts, createdAt: iso(job.createdAt), scheduledFor: iso(job.scheduledFor),
    startedAt: iso(job.startedAt), completedAt: iso(job.completedAt), error: job.error, errorCode: job.errorCode, result: job.result,
  };
  return JSON.stringify({ ...own, ...job.meta, ...own });
}
