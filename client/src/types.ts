// What travels on the wire, as docs/PROTOCOL.md of the service says it. Only types: nothing of this file reaches a bundle.

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
export type JsonObject = { [field: string]: Json };

/** ISO 8601 in UTC with milliseconds. */
export type Time = string;

export type JobStatus = "scheduled" | "pending" | "delivered" | "running" | "completed" | "failed" | "cancelled";
export type StageStatus = "pending" | "running" | "done" | "skipped" | "error";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";
/** 1 high, 2 normal, 3 low. */
export type Priority = 1 | 2 | 3;

export interface Stage {
  status: StageStatus;
  detail?: string;
  durationSec?: number;
}

export type Stages = Record<string, Stage>;
export type SubProgress = Record<string, { percent: number; message?: string | null }>;

/** The job as the producer API tells it. */
export interface Job<Payload = Json> {
  id: string;
  name: string | null;
  filePath: string | null;
  topic: string | null;
  status: JobStatus;
  priority: Priority;
  progress: number;
  message: string | null;
  subProgress: SubProgress | null;
  stages: Stages;
  attempt: number;
  maxAttempts: number;
  timeoutSeconds: number;
  payload: Payload;
  meta: JsonObject;
  result: Json;
  error: string | null;
  errorCode: string | null;
  createdAt: Time;
  scheduledFor: Time | null;
  deliveredAt: Time | null;
  startedAt: Time | null;
  completedAt: Time | null;
  updatedAt: Time;
  deadline: Time | null;
  eventsUrl: string;
}

/** Everything may be left out. */
export interface NewJob {
  name?: string;
  filePath?: string;
  topic?: string;
  priority?: Priority;
  payload?: unknown;
  meta?: Record<string, unknown>;
  stages?: string[];
  /** 1 to 25, default 3. */
  maxAttempts?: number;
  /** 1 to 86,400, default 300. */
  timeoutSeconds?: number;
  scheduledFor?: Time;
}

export interface JobList {
  jobs: Job[];
  limit: number;
  offset: number;
  count: number;
  total: number;
  nextCursor: string | null;
}

export interface StreamToken {
  token: string;
  expiresAt: Time;
  /** The job's stream with the token in it. */
  url: string;
}

export interface Checkpoint<Data = JsonObject> {
  id: number;
  attempt: number;
  ts: Time;
  data: Data;
}

export interface LogLine {
  seq: number;
  level: LogLevel;
  message: string;
  timestamp: Time;
  source: string | null;
  metadata: Json;
}

export interface LogEntry {
  message: string;
  level?: LogLevel;
  timestamp?: Time;
  source?: string;
  metadata?: unknown;
}

// One job's stream (pipeline view).

/** In the words of the streams: scheduled, pending and delivered are all `queued`. */
export type WatchedStatus = "queued" | "running" | "completed" | "failed" | "cancelled";

/** The state now. The fields of the job's `meta` stand beside these. */
export interface JobSnapshot {
  id: string;
  topic: string | null;
  status: WatchedStatus;
  stages: Stages;
  name: string | null;
  filePath: string | null;
  progress: number;
  message: string | null;
  subProgress: SubProgress | null;
  attempt: number;
  maxAttempts: number;
  createdAt: Time;
  scheduledFor: Time | null;
  startedAt: Time | null;
  completedAt: Time | null;
  error: string | null;
  errorCode: string | null;
  result: Json;
  [field: string]: unknown;
}

export interface StageReport {
  stage: string;
  /** `start`, `complete`, `skipped`, `error`, or a word of the producer's own. */
  type: string;
  detail?: string;
  durationSec?: number;
  reason?: string;
  error?: string;
  code?: string;
  [field: string]: unknown;
}

export interface Reset {
  reason: "cursor_too_old" | "cursor_ahead" | "cursor_unknown";
  oldest: number | null;
}

export interface RetryTold {
  attempt: number;
  retryAt: Time;
  error?: string;
  code?: string | null;
  manual?: true;
}

/** `id` is the cursor: keep it once you have dealt with the event, and give it back to go on from there. */
interface Told<Type extends string, Data> {
  type: Type;
  id: string;
  data: Data;
}

export type JobEvent =
  | Told<"job:snapshot", JobSnapshot>
  | Told<"job:started", { attempt: number; startedAt: Time }>
  | Told<`stage:${string}`, StageReport>
  | Told<"job:progress", { percent: number; message?: string; subProgress?: SubProgress }>
  | Told<"job:retry", RetryTold>
  | Told<"job:checkpoint" | "job:event", { attempt: number; ts: Time; data: JsonObject }>
  | Told<"job:log", { fromSeq: number; toSeq: number; lines: LogLine[] }>
  | Told<"job:completed", { result?: Json }>
  | Told<"job:failed", { error: string; code?: string; cancelled?: true; reason?: string }>
  | Told<"reset", Reset>;

// A project's streams.

export type QueueStatus = "pending" | "running" | "completed" | "error" | "cancelled";

/** The queue view: every job of the project. */
export type QueueEvent =
  | Told<"connected", { clientId: string }>
  | Told<"job:created", { jobId: string; filePath: string | null; status: "pending"; priority: Priority }>
  | Told<"job:started", { jobId: string; filePath: string | null; status: "running" }>
  | Told<"job:progress", { jobId: string; progress: number }>
  | Told<"job:retry", { jobId: string; filePath: string | null; status: "pending"; attempt: number; retryAt: Time; error: string | null }>
  | Told<"job:completed", { jobId: string; filePath: string | null; status: "completed" }>
  | Told<"job:error", { jobId: string; filePath: string | null; status: "error"; error: string }>
  | Told<"job:cancelled", { jobId: string; filePath: string | null; status: "cancelled" }>
  | Told<"job:deleted", { jobId: string; filePath: string | null }>
  | Told<"reset", Reset>;

export type AssetWord =
  | "queued" | "vision_started" | "vision_completed" | "vision_failed" | "stage_started" | "stage_completed" | "stage_failed"
  | "retry_scheduled" | "r2_write_completed" | "webhook_dispatched" | "webhook_delivered" | "webhook_failed"
  | "webhook_dead_letter" | "ready" | "failed" | "cancelled";

export interface AssetNotice {
  asset_id: string;
  ts: Time;
  attempt: number;
  request_id: string | null;
  stage?: string;
  latency_ms?: number;
  error_code?: string;
  error_msg?: string;
}

/** The asset view of a whole project. */
export type ActivityEvent = Told<AssetWord, AssetNotice> | Told<"reset", Reset>;

/** A job in the lists of the queue: the queue's words first, then the fields of the producer API. */
export interface QueueJob extends Omit<Job, "status"> {
  status: QueueStatus;
}
