// The shapes that the service answers with, as docs/PROTOCOL.md tells them.

export type QueueStatus = "pending" | "running" | "completed" | "error" | "cancelled";
export const QUEUE_STATUSES: readonly QueueStatus[] = ["running", "pending", "completed", "error", "cancelled"];

export type StageStatus = "pending" | "running" | "done" | "skipped" | "error";
export interface StageState {
  status: StageStatus;
  detail?: string;
  durationSec?: number;
  error?: string;
}

export interface SubProgress {
  percent?: number;
  message?: string;
}

/** A job of `GET /queue/jobs`. Of one that only the feed told of, `partial`, most is not known yet. */
export interface QueueJob {
  id: string;
  name: string | null;
  filePath: string | null;
  status: QueueStatus;
  priority: number;
  progress: number;
  message: string | null;
  attempt: number;
  maxAttempts: number;
  error: string | null;
  createdAt: string;
  startedAt: string | null;
  completedAt: string | null;
  scheduledFor: string | null;
  partial?: true;
  /** The last event of the feed that told of it. */
  touched?: number;
}

export type JobStatus = "scheduled" | "pending" | "delivered" | "running" | "completed" | "failed" | "cancelled";

/** A job of `GET /api/v1/jobs/{id}`. */
export interface Job extends Omit<QueueJob, "status" | "partial" | "touched"> {
  status: JobStatus;
  topic: string | null;
  subProgress: Record<string, SubProgress> | null;
  stages: Record<string, StageState>;
  timeoutSeconds: number;
  payload: unknown;
  meta: Record<string, unknown>;
  result: unknown;
  errorCode: string | null;
  deliveredAt: string | null;
  updatedAt: string;
  deadline: string | null;
  eventsUrl: string;
}

export type Stats = Record<QueueStatus | "total", number>;

export type Level = "trace" | "debug" | "info" | "warn" | "error" | "fatal";
export const LEVELS: readonly Level[] = ["trace", "debug", "info", "warn", "error", "fatal"];

export interface LogLine {
  seq: number;
  level: Level;
  message: string;
  timestamp: string;
  source?: string;
  metadata?: unknown;
}

/** One event of a job's log, in canonical words. */
export interface Fact {
  id: number;
  type: string;
  attempt: number;
  data: Record<string, unknown>;
}

export interface Key {
  id: string;
  name: string | null;
  prefix: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

export interface Project {
  id: string;
  name: string;
  publicRead: boolean;
  projectKey: string;
  retentionHours: number;
  isDefault: boolean;
}

export interface Session {
  projectId: string;
  scopes: string[];
  expiresAt: string | null;
}

export const isQueueFinal = (status: QueueStatus): boolean => status === "completed" || status === "error" || status === "cancelled";
export const isFinal = (status: JobStatus): boolean => status === "completed" || status === "failed" || status === "cancelled";
