// Made from openapi.json by `npm run client-types`: not to be edited. Only types: nothing of this file reaches a bundle.

/** A job. Every field is always there, null where it does not apply. */
export interface Job {
  id: JobId;
  name: string | null;
  filePath: string | null;
  topic: string | null;
  status: JobStatus;
  priority: Priority;
  /** The last percentage; 0 before the first. */
  progress: number;
  message: string | null;
  subProgress: SubProgress | null;
  stages: Stages;
  /** The attempt that runs or is next. */
  attempt: number;
  /** Grows by retries of a person. */
  maxAttempts: number;
  timeoutSeconds: number;
  /** What the producer is to work on. */
  payload: unknown;
  meta: {
    [field: string]: unknown;
  };
  result: unknown;
  error: string | null;
  errorCode: string | null;
  createdAt: Timestamp;
  /** When it becomes pending: as asked, or after a back-off. */
  scheduledFor: Timestamp | null;
  deliveredAt: Timestamp | null;
  startedAt: Timestamp | null;
  completedAt: Timestamp | null;
  updatedAt: Timestamp;
  /** When the clock moves the job on, if nobody else does before. */
  deadline: Timestamp | null;
  /** Its stream. */
  eventsUrl: string;
}

export interface Jobs {
  jobs: Job[];
}

export interface JobPage {
  /** Newest first. */
  jobs: Job[];
  limit: number;
  offset: number;
  /** Jobs of this page. */
  count: number;
  /** Jobs of all pages. */
  total: number;
  /** The `cursor` of the next page; null at the end. */
  nextCursor: JobId | null;
}

/** A job in the words of the queue view. */
export interface QueueJob {
  id: JobId;
  name: string | null;
  filePath: string | null;
  topic: string | null;
  status: QueueStatus;
  priority: Priority;
  /** The last percentage; 0 before the first. */
  progress: number;
  message: string | null;
  subProgress: SubProgress | null;
  stages: Stages;
  /** The attempt that runs or is next. */
  attempt: number;
  /** Grows by retries of a person. */
  maxAttempts: number;
  timeoutSeconds: number;
  /** What the producer is to work on. */
  payload: unknown;
  meta: {
    [field: string]: unknown;
  };
  result: unknown;
  error: string | null;
  errorCode: string | null;
  createdAt: Timestamp;
  /** When it becomes pending: as asked, or after a back-off. */
  scheduledFor: Timestamp | null;
  deliveredAt: Timestamp | null;
  startedAt: Timestamp | null;
  completedAt: Timestamp | null;
  updatedAt: Timestamp;
  /** When the clock moves the job on, if nobody else does before. */
  deadline: Timestamp | null;
  /** Its stream. */
  eventsUrl: string;
}

export interface QueueJobPage {
  /** Newest first. */
  jobs: QueueJob[];
  limit: number;
  offset: number;
  /** Jobs of this page. */
  count: number;
  /** Jobs of all pages. */
  total: number;
  /** The `cursor` of the next page; null at the end. */
  nextCursor: JobId | null;
}

/** How many jobs are in each state. */
export interface QueueStats {
  total: number;
  pending: number;
  running: number;
  completed: number;
  error: number;
  cancelled: number;
}

export interface FileStatus {
  status: QueueStatus;
  progress: number;
  jobId: JobId;
  startedAt: Timestamp | null;
  completedAt: Timestamp | null;
  error: string | null;
}

/** No job has this path. */
export interface FileUnknown {
  status: "not_found";
}

export interface JobProgress {
  id: JobId;
  status: JobStatus;
  attempt: number;
  percent: number;
  message: string | null;
  subProgress: SubProgress | null;
  updatedAt: Timestamp;
}

export interface Stage {
  status: StageStatus;
  /** What was said of it last: a detail, a reason, or an error. */
  detail?: string;
  durationSec?: number;
}

/** By name, in the order in which they were declared, then first reported. */
export type Stages = {
  [field: string]: Stage;
};

/** Parts of the work, by name. */
export type SubProgress = {
  [field: string]: {
    percent: number;
    message?: string | null;
    [field: string]: unknown;
  };
};

export interface LogLine {
  /** Its place among the job's lines. */
  seq: number;
  level: LogLevel;
  message: string;
  timestamp: Timestamp;
  source?: string;
  metadata?: unknown;
}

export interface LogPage {
  /** Oldest first. */
  logs: LogLine[];
  limit: number;
  /** The `after` of the next page; null at the end. */
  nextAfter: number | null;
}

export interface Checkpoint {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  data: {
    [field: string]: unknown;
  };
}

export interface CheckpointPage {
  /** Oldest first. */
  checkpoints: Checkpoint[];
  limit: number;
  /** The `after` of the next page; null at the end. */
  nextAfter: EventId | null;
}

/** An accepted fact. */
export type LoggedEvent = {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.created";
  data: {
    id: JobId;
    project: ProjectId;
    name: string | null;
    filePath: string | null;
    topic: string | null;
    priority: Priority;
    /** Only with `jobs:read`. */
    payload?: unknown;
    meta: {
      [field: string]: unknown;
    };
    stages: StageName[];
    maxAttempts: number;
    timeoutSeconds: number;
    scheduledFor: Timestamp | null;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.delivered";
  data: Record<string, unknown>;
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.started";
  data: Record<string, unknown>;
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "stage.started";
  /** A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …). */
  data: {
    stage: StageName;
    /** `start`, `complete`, `skipped`, `error`, or a word of the producer's. */
    type: string;
    /** Of `complete`: a number of seconds, as told or as measured. */
    durationSec?: unknown;
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "stage.completed";
  /** A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …). */
  data: {
    stage: StageName;
    /** `start`, `complete`, `skipped`, `error`, or a word of the producer's. */
    type: string;
    /** Of `complete`: a number of seconds, as told or as measured. */
    durationSec?: unknown;
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "progress.reported";
  data: {
    percent: number;
    message?: string;
    subProgress?: SubProgress;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.queued";
  data: {
    reason: "schedule" | "back_off" | "delivery_timeout";
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "stage.reported";
  /** A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …). */
  data: {
    stage: StageName;
    /** `start`, `complete`, `skipped`, `error`, or a word of the producer's. */
    type: string;
    /** Of `complete`: a number of seconds, as told or as measured. */
    durationSec?: unknown;
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "stage.skipped";
  /** A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …). */
  data: {
    stage: StageName;
    /** `start`, `complete`, `skipped`, `error`, or a word of the producer's. */
    type: string;
    /** Of `complete`: a number of seconds, as told or as measured. */
    durationSec?: unknown;
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "stage.failed";
  /** A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …). */
  data: {
    stage: StageName;
    /** `start`, `complete`, `skipped`, `error`, or a word of the producer's. */
    type: string;
    /** Of `complete`: a number of seconds, as told or as measured. */
    durationSec?: unknown;
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "checkpoint.saved";
  data: {
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "event.emitted";
  data: {
    [field: string]: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "log.appended";
  /** Lines that were appended together. Needs `jobs:read`. */
  data: {
    fromSeq: number;
    toSeq: number;
    lines: LogLine[];
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "keepalive.received";
  data: Record<string, unknown>;
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.retry_scheduled";
  data: {
    error: string;
    errorCode: string | null;
    nextAttempt: number;
    retryAt: Timestamp;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.retried";
  data: {
    nextAttempt: number;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.completed";
  data: {
    result: unknown;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.failed";
  data: {
    error: string;
    errorCode: string | null;
  };
} | {
  id: EventId;
  attempt: number;
  ts: Timestamp;
  type: "job.cancelled";
  data: {
    reason: string | null;
    by: "cancel" | "kill";
  };
};

export interface EventPage {
  /** Oldest first. */
  events: LoggedEvent[];
  limit: number;
  /** The `after` of the next page; null at the end. */
  nextAfter: EventId | null;
  /** Where `after` is older than what is kept, or newer than the log. */
  reset?: Reset;
}

/** The log cannot go on from your cursor: it begins as without one. What may have been missed is read from `GET /api/v1/jobs` or `GET /queue/jobs`. */
export interface Reset {
  reason: ResetReason;
  /** The oldest event that is kept. */
  oldest: EventId;
}

/** A job to create. Every field may be left out. */
export interface NewJob {
  /** What kind of work it is: producers poll by it. */
  name?: string;
  filePath?: string;
  topic?: string;
  priority?: Priority;
  /** What the producer is to work on. Only `jobs:read` sees it, and no stream carries it. */
  payload?: unknown;
  /** Shown to whoever watches the job, on the top level of the snapshot. */
  meta?: {
    [field: string]: unknown;
  };
  /** The steps that are to come, in their order. */
  stages?: StageName[];
  maxAttempts?: number;
  /** Without a report for so long, a delivery or an attempt is over. */
  timeoutSeconds?: number;
  /** Not to be taken before. */
  scheduledFor?: string;
}

export type NewJobs = NewJob[];

export interface PollRequest {
  count?: number;
  /** Only jobs of these names; of any name where it is left out. */
  names?: string[];
  /** The answer comes when a job arrives, at the latest after so long. */
  waitSeconds?: number;
}

export interface ProgressReport {
  percent: number;
  /** Without one, the last one stands. */
  message?: string;
  /** Parts of the work, by name. */
  subProgress?: {
    [field: string]: {
      percent: number;
      message?: string;
      [field: string]: unknown;
    };
  };
}

/** Any other field is passed on as it is. */
export interface StageReport {
  /** `start`, `complete`, `skipped`, `error`, or a word of your own. */
  type: string;
  /** Of `start` and `complete`: shown with the stage. */
  detail?: string;
  /** Of `complete`: measured from the stage's start where it is missing. */
  durationSec?: number;
  /** Of `skipped`. */
  reason?: string;
  /** Of `error`. */
  error?: string;
  /** Of `error`. */
  code?: string;
  [field: string]: unknown;
}

export interface Completion {
  /** Whatever came of it. */
  result?: unknown;
}

export interface Failure {
  /** What went wrong, for a person. */
  error?: string;
  /** The same for a program. */
  code?: string;
  /** Whether another attempt follows while one is left. */
  retry?: boolean;
}

export interface Kill {
  reason?: string;
}

/** A line, or a line with its level and the like. A message has at most 16 KiB. */
export type LogEntry = string | {
  message: string;
  level?: "trace" | "debug" | "info" | "warn" | "warning" | "error" | "fatal";
  /** When it happened; else when it arrived. */
  timestamp?: string;
  source?: string;
  metadata?: unknown;
};

export type LogEntries = LogEntry[];

export type LogBatch = LogEntries | {
  logs: LogEntries;
};

export interface TokenRequest {
  ttlSeconds?: number;
  /** A key cannot give what it lacks. */
  scopes?: ("jobs:read:progress" | "jobs:read")[];
}

/** `jobs:worker` and `jobs:write` stand for several: what runs jobs, and what creates and steers them. */
export type ScopeWord = "jobs:create" | "jobs:read" | "jobs:read:progress" | "jobs:poll" | "jobs:ack" | "jobs:progress" | "jobs:event" | "jobs:complete" | "jobs:fail" | "jobs:kill" | "jobs:keepalive" | "jobs:manage" | "jobs:worker" | "jobs:write";

export interface Reported {
  success: true;
  /** The event that it became. */
  id: EventId;
}

export interface KeptAlive {
  success: true;
  deadline: Timestamp | null;
}

export interface LogsAppended {
  success: true;
  inserted: number;
  fromSeq: number;
  toSeq: number;
}

export interface Done {
  success: true;
  message: string;
}

export interface Success {
  success: true;
}

export interface StreamToken {
  token: string;
  expiresAt: Timestamp;
  /** The job's stream with the token: for a plain `EventSource`. */
  url: string;
}

export interface Session {
  projectId: ProjectId;
  scopes: Scope[];
  /** Null for a key that does not expire. */
  expiresAt: Timestamp | null;
}

export interface Health {
  status: "ok";
}

/** A refusal. Nothing was changed. */
export interface Problem {
  /** What to do, for a person. */
  error: string;
  /** Stable: a program may branch on it. */
  code: "invalid_request" | "invalid_json" | "invalid_cursor" | "missing_credential" | "invalid_credential" | "missing_scope" | "cross_site" | "not_found" | "job_not_found" | "project_not_found" | "key_not_found" | "method_not_allowed" | "job_not_pending" | "job_not_running" | "job_not_failed" | "job_not_cancellable" | "job_active" | "job_finished" | "job_cancelled" | "attempt_superseded" | "idempotency_conflict" | "too_large" | "unsupported_media_type" | "rate_limited" | "internal" | "unavailable";
  requestId: RequestId;
  details?: {
    /** The field, parameter or header, by its path in the body: `logs[3].level`. */
    field?: string;
    /** The state that a conflict comes from. */
    status?: JobStatus;
    /** The current attempt. */
    attempt?: number;
    /** The scope that is missing. */
    scope?: Scope;
    /** The methods of the path. */
    allow?: string;
    limit?: number;
    /** Seconds. */
    period?: number;
  };
}

export interface SessionRequest {
  /** The key that the session stands for. */
  apiKey: string;
}

export interface NewProject {
  name: string;
  /** Whether anybody may read the public part of its jobs. */
  publicRead?: boolean;
}

export interface CreatedProject {
  id: ProjectId;
  name: string;
  /** Whether anybody may read the public part of its jobs. */
  publicRead: boolean;
  projectKey: ProjectKey;
  /** Its first key, with every scope. It is shown once. */
  apiKey: ApiKey;
}

export interface Project {
  id: ProjectId;
  name: string;
  /** Whether anybody may read the public part of its jobs. */
  publicRead: boolean;
  projectKey: ProjectKey;
  retentionHours: number;
  /** Whether the queue routes show it to nobody's name. */
  isDefault: boolean;
  createdAt: Timestamp;
}

export interface Projects {
  projects: Project[];
}

export interface ProjectChange {
  name?: string;
  /** Whether anybody may read the public part of its jobs. */
  publicRead?: boolean;
  /** How long a finished job's log is kept. */
  retentionHours?: number;
  /** Only another project ends it. */
  isDefault?: true;
}

export interface NewKey {
  name?: string;
  scopes: ScopeWord[];
  /** Where it is left out, the key does not expire. */
  expiresInSeconds?: number;
}

export interface CreatedKey {
  id: KeyId;
  name: string;
  key: ApiKey;
  prefix: string;
  scopes: Scope[];
  expiresAt: Timestamp | null;
}

export interface Key {
  id: KeyId;
  name: string;
  /** How its secret begins. */
  prefix: string;
  scopes: Scope[];
  createdAt: Timestamp;
  expiresAt: Timestamp | null;
  revokedAt: Timestamp | null;
  lastUsedAt: Timestamp | null;
}

export interface Keys {
  keys: Key[];
}

export interface RotatedKey {
  projectKey: ProjectKey;
}

/** `job_` and a ULID. */
export type JobId = string;

/** `prj_` and a ULID. */
export type ProjectId = string;

/** `key_` and a ULID. */
export type KeyId = string;

/** `req_` and a ULID: as the `X-Request-Id` of the answer. */
export type RequestId = string;

/** Publishable: it only reads the public part. */
export type ProjectKey = string;

/** A secret, shown once. */
export type ApiKey = string;

/** No comma, asterisk or control character, and no outer space. */
export type StageName = string;

/** An event's time in ms, made strictly increasing per log: its place. */
export type EventId = number;

/** The id of an event, as a stream tells it. */
export type Cursor = string;

/** ISO 8601 in UTC, with milliseconds. */
export type Timestamp = string;

/** A job's state. */
export type JobStatus = "scheduled" | "pending" | "delivered" | "running" | "completed" | "failed" | "cancelled";

/** A job's state in the words of the queue view. */
export type QueueStatus = "pending" | "running" | "completed" | "error" | "cancelled";

/** A job's state in the words of the pipeline view. */
export type PipelineStatus = "queued" | "running" | "completed" | "failed" | "cancelled";

export type StageStatus = "pending" | "running" | "done" | "skipped" | "error";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

export type Scope = "jobs:create" | "jobs:read" | "jobs:read:progress" | "jobs:poll" | "jobs:ack" | "jobs:progress" | "jobs:event" | "jobs:complete" | "jobs:fail" | "jobs:kill" | "jobs:keepalive" | "jobs:manage";

/** 1 high, 2 normal, 3 low. */
export type Priority = 1 | 2 | 3;

/** Older than what is kept; newer than the log; or no id of this feed. */
export type ResetReason = "cursor_too_old" | "cursor_ahead" | "cursor_unknown";

/** The state now; its id is the place from which the stream goes on. It also has the fields of the job's `meta`, where no word of ours stands. */
export interface PipelineJobSnapshot {
  id: JobId;
  topic: string | null;
  status: PipelineStatus;
  stages: Stages;
  name: string | null;
  filePath: string | null;
  progress: number;
  message: string | null;
  subProgress: SubProgress | null;
  attempt: number;
  maxAttempts: number;
  createdAt: Timestamp;
  scheduledFor: Timestamp | null;
  startedAt: Timestamp | null;
  completedAt: Timestamp | null;
  error: string | null;
  errorCode: string | null;
  result: unknown;
  /** What the word `results` brought. */
  researchData?: unknown;
  /** What the word `score` brought. */
  score?: unknown;
  /** What the word `cost_estimate` brought. */
  costEstimate?: unknown;
  /** What the words `music`, `music_resolved` and `music_generated` brought, together. */
  musicTrack?: unknown;
  /** What the word `review` brought. */
  criticReview?: unknown;
  [field: string]: unknown;
}

export interface PipelineJobStarted {
  attempt: number;
  startedAt: Timestamp;
}

export interface PipelineJobProgress {
  percent: number;
  message?: string;
  subProgress?: SubProgress;
}

export interface PipelineJobRetry {
  /** The attempt that comes. */
  attempt: number;
  retryAt: Timestamp;
  error?: string;
  code?: string | null;
  /** A person asked for it: then there is neither error nor code. */
  manual?: true;
}

/** A checkpoint. Needs `jobs:read`. */
export interface PipelineJobCheckpoint {
  attempt: number;
  ts: Timestamp;
  data: {
    [field: string]: unknown;
  };
}

/** A producer's own event. Needs `jobs:read`. */
export interface PipelineJobEvent {
  attempt: number;
  ts: Timestamp;
  data: {
    [field: string]: unknown;
  };
}

/** Lines that were appended together. Needs `jobs:read`. */
export interface PipelineJobLog {
  fromSeq: number;
  toSeq: number;
  lines: LogLine[];
}

export interface PipelineJobCompleted {
  result?: unknown;
}

export interface PipelineJobFailed {
  error: string;
  code?: string;
  /** The job was cancelled or killed. */
  cancelled?: true;
  /** Why it was killed. */
  reason?: string;
}

/** A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …). */
export interface PipelineStage {
  stage: StageName;
  /** `start`, `complete`, `skipped`, `error`, or a word of the producer's. */
  type: string;
  /** Of `complete`: a number of seconds, as told or as measured. */
  durationSec?: unknown;
  [field: string]: unknown;
}

/** One event of a job's stream. */
export type PipelineEvent = {
  event: "reset";
  data: Reset;
} | {
  event: "job:snapshot";
  id: Cursor;
  data: PipelineJobSnapshot;
} | {
  event: "job:started";
  id: Cursor;
  data: PipelineJobStarted;
} | {
  event: "job:progress";
  id: Cursor;
  data: PipelineJobProgress;
} | {
  event: "job:retry";
  id: Cursor;
  data: PipelineJobRetry;
} | {
  event: "job:checkpoint";
  id: Cursor;
  data: PipelineJobCheckpoint;
} | {
  event: "job:event";
  id: Cursor;
  data: PipelineJobEvent;
} | {
  event: "job:log";
  id: Cursor;
  data: PipelineJobLog;
} | {
  event: "job:completed";
  id: Cursor;
  data: PipelineJobCompleted;
} | {
  event: "job:failed";
  id: Cursor;
  data: PipelineJobFailed;
} | {
  event: `stage:${string}`;
  id: Cursor;
  data: PipelineStage;
};

export interface QueueConnected {
  clientId: string;
}

export interface QueueHeartbeat {
  timestamp: Timestamp;
}

export interface QueueJobCreated {
  jobId: JobId;
  filePath: string | null;
  status: "pending";
  priority: Priority;
}

export interface QueueJobStarted {
  jobId: JobId;
  filePath: string | null;
  status: "running";
}

export interface QueueJobProgress {
  jobId: JobId;
  progress: number;
}

export interface QueueJobRetry {
  jobId: JobId;
  filePath: string | null;
  status: "pending";
  /** The attempt that comes. */
  attempt: number;
  retryAt: Timestamp;
  /** Null where a person asked for it. */
  error: string | null;
}

export interface QueueJobCompleted {
  jobId: JobId;
  filePath: string | null;
  status: "completed";
}

export interface QueueJobError {
  jobId: JobId;
  filePath: string | null;
  status: "error";
  error: string;
}

export interface QueueJobCancelled {
  jobId: JobId;
  filePath: string | null;
  status: "cancelled";
}

export interface QueueJobDeleted {
  jobId: JobId;
  filePath: string | null;
}

/** One event of a project's queue. */
export type QueueEvent = {
  event: "reset";
  data: Reset;
} | {
  event: "connected";
  id: Cursor;
  data: QueueConnected;
} | {
  event: "heartbeat";
  data: QueueHeartbeat;
} | {
  event: "job:created";
  id: Cursor;
  data: QueueJobCreated;
} | {
  event: "job:started";
  id: Cursor;
  data: QueueJobStarted;
} | {
  event: "job:progress";
  id: Cursor;
  data: QueueJobProgress;
} | {
  event: "job:retry";
  id: Cursor;
  data: QueueJobRetry;
} | {
  event: "job:completed";
  id: Cursor;
  data: QueueJobCompleted;
} | {
  event: "job:error";
  id: Cursor;
  data: QueueJobError;
} | {
  event: "job:cancelled";
  id: Cursor;
  data: QueueJobCancelled;
} | {
  event: "job:deleted";
  id: Cursor;
  data: QueueJobDeleted;
};

export interface AssetQueued {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
}

export interface AssetVisionStarted {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "vision";
}

export interface AssetVisionCompleted {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "vision";
  /** How long what it ends had taken, ms. */
  latency_ms: number;
}

export interface AssetVisionFailed {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "vision";
  /** How long what it ends had taken, ms. */
  latency_ms?: number;
  /** As the producer told it, else a default. */
  error_code: string;
  error_msg: string;
}

export interface AssetStageStarted {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: StageName;
}

export interface AssetStageCompleted {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: StageName;
  /** How long what it ends had taken, ms. */
  latency_ms: number;
}

export interface AssetStageFailed {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: StageName;
  /** How long what it ends had taken, ms. */
  latency_ms?: number;
  /** As the producer told it, else a default. */
  error_code: string;
  error_msg: string;
}

export interface AssetRetryScheduled {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  /** How long what it ends had taken, ms. */
  latency_ms?: number;
  /** As the producer told it, else a default. */
  error_code?: string;
  error_msg?: string;
}

export interface AssetR2WriteCompleted {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "r2_write";
  /** How long what it ends had taken, ms. */
  latency_ms: number;
}

export interface AssetWebhookDispatched {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "webhook";
}

export interface AssetWebhookDelivered {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "webhook";
}

export interface AssetWebhookFailed {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "webhook";
  /** As the producer told it, else a default. */
  error_code: string;
  error_msg: string;
}

export interface AssetWebhookDeadLetter {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  stage: "webhook";
  /** As the producer told it, else a default. */
  error_code?: string;
  error_msg?: string;
}

export interface AssetReady {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  /** How long what it ends had taken, ms. */
  latency_ms?: number;
}

export interface AssetFailed {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
  /** How long what it ends had taken, ms. */
  latency_ms?: number;
  /** As the producer told it, else a default. */
  error_code: string;
  error_msg: string;
}

export interface AssetCancelled {
  asset_id: JobId;
  ts: Timestamp;
  attempt: number;
  /** The `X-Request-Id` of the request that caused it. */
  request_id: RequestId | null;
}

/** One event of an asset's stream, or of a project's activity. */
export type AssetEvent = {
  event: "reset";
  data: Reset;
} | {
  event: "queued";
  id: Cursor;
  data: AssetQueued;
} | {
  event: "vision_started";
  id: Cursor;
  data: AssetVisionStarted;
} | {
  event: "vision_completed";
  id: Cursor;
  data: AssetVisionCompleted;
} | {
  event: "vision_failed";
  id: Cursor;
  data: AssetVisionFailed;
} | {
  event: "stage_started";
  id: Cursor;
  data: AssetStageStarted;
} | {
  event: "stage_completed";
  id: Cursor;
  data: AssetStageCompleted;
} | {
  event: "stage_failed";
  id: Cursor;
  data: AssetStageFailed;
} | {
  event: "retry_scheduled";
  id: Cursor;
  data: AssetRetryScheduled;
} | {
  event: "r2_write_completed";
  id: Cursor;
  data: AssetR2WriteCompleted;
} | {
  event: "webhook_dispatched";
  id: Cursor;
  data: AssetWebhookDispatched;
} | {
  event: "webhook_delivered";
  id: Cursor;
  data: AssetWebhookDelivered;
} | {
  event: "webhook_failed";
  id: Cursor;
  data: AssetWebhookFailed;
} | {
  event: "webhook_dead_letter";
  id: Cursor;
  data: AssetWebhookDeadLetter;
} | {
  event: "ready";
  id: Cursor;
  data: AssetReady;
} | {
  event: "failed";
  id: Cursor;
  data: AssetFailed;
} | {
  event: "cancelled";
  id: Cursor;
  data: AssetCancelled;
};
