// What the pages show. The shapes on the wire are the client library's.
import type { Job as WireJob, LogLevel, QueueJob as WireQueueJob, QueueStatus, Scope, WatchedStatus } from "#jobcast-client";

export type { JobEvent, JobView, LogLine, QueueEvent, QueueStats as Stats, QueueStatus } from "#jobcast-client";
export type Job = WireJob;

export const QUEUE_STATUSES: readonly QueueStatus[] = ["running", "pending", "completed", "error", "cancelled"];

type Listed =
  | "id" | "name" | "filePath" | "status" | "priority" | "progress" | "message" | "attempt" | "maxAttempts" | "error" | "createdAt" | "startedAt"
  | "completedAt" | "scheduledFor";

/** A row of the table. Of a job that only the feed told of, `partial`, most is not known yet. */
export interface QueueJob extends Pick<WireQueueJob, Listed> {
  partial?: true;
  /** The last event of the feed that told of it. */
  touched?: number;
}

export type Level = LogLevel;
export const LEVELS: readonly Level[] = ["trace", "debug", "info", "warn", "error", "fatal"];

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
  scopes: Scope[];
  expiresAt: string | null;
}

export const isQueueFinal = (status: QueueStatus): boolean => status === "completed" || status === "error" || status === "cancelled";
export const isFinal = (status: WatchedStatus): boolean => status === "completed" || status === "failed" || status === "cancelled";

/** The state of a job in the words of the table, from those of its stream or of the producer API. */
export function queueWord(status: WatchedStatus | Job["status"]): QueueStatus {
  if (status === "failed") return "error";
  return status === "running" || status === "completed" || status === "cancelled" ? status : "pending";
}
