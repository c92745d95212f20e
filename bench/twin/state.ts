// A job as its object holds it, and as it is shown.
import type { Created } from "./asked.js";

export interface State extends Created {
  id: string;
  project: string;
  status: "scheduled" | "pending" | "delivered" | "running" | "completed" | "failed";
  attempt: number;
  /** The last report, as text. */
  reported: string | null;
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

interface Reported {
  percent: number;
  message?: string;
  subProgress?: unknown;
}

function reported(job: State): Reported {
  const last = job.reported === null ? { percent: 0 } : (JSON.parse(job.reported) as Reported);
  return job.status === "completed" ? { ...last, percent: 100 } : last;
}

const stages = (job: State) => Object.fromEntries(job.stages.map((name) => [name, { status: "pending" }]));

/** As the producer API shows it, but for `eventsUrl`: as text, for the answer and for the directory. */
export function shown(job: State): string {
  const { percent, message = null, subProgress = null } = reported(job);
  return JSON.stringify({
    id: job.id, name: job.name, filePath: job.filePath, topic: job.topic, status: job.status, priority: job.priority, progress: percent, message,
    subProgress, stages: stages(job), attempt: job.attempt, maxAttempts: job.maxAttempts, timeoutSeconds: job.timeoutSeconds, payload: job.payload,
    meta: job.meta, result: job.result, error: job.error, errorCode: job.errorCode, createdAt: iso(job.createdAt), scheduledFor: iso(job.scheduledFor),
    deliveredAt: iso(job.deliveredAt), startedAt: iso(job.startedAt), completedAt: iso(job.completedAt), updatedAt: iso(job.updatedAt), deadline: iso(job.deadline),
  });
}

const WORDS = { scheduled: "queued", pending: "queued", delivered: "queued", running: "running", completed: "completed", failed: "failed" };

/** As a stream begins with it. */
export function snapshot(job: State): string {
  const { percent, message = null, subProgress = null } = reported(job);
  return JSON.stringify({
    ...job.meta,
    id: job.id, topic: job.topic, status: WORDS[job.status], stages: stages(job), name: job.name, filePath: job.filePath, progress: percent, message,
    subProgress, attempt: job.attempt, maxAttempts: job.maxAttempts, createdAt: iso(job.createdAt), scheduledFor: iso(job.scheduledFor),
    startedAt: iso(job.startedAt), completedAt: iso(job.completedAt), error: job.error, errorCode: job.errorCode, result: job.result,
  });
}
