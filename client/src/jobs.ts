// What is asked about jobs, one function a route. Each takes where the service is as its last argument.
import { call, type CallOptions } from "./call.js";
import type { Checkpoint, Job, JobList, JsonObject, NewJob, StreamToken } from "./types.js";

const jobPath = (id: string) => `/jobs/${encodeURIComponent(id)}`;

export interface CreateOptions extends CallOptions {
  /** Your own name for this creation: repeated within 24 h, also by another process, it creates nothing more. */
  idempotencyKey?: string;
}

export function createJob<Payload = unknown>(job: NewJob & { payload?: Payload }, options: CreateOptions): Promise<Job<Payload>> {
  return call({ method: "POST", path: "/jobs", json: job, idempotencyKey: options.idempotencyKey }, options);
}

/** Up to 100; all or none. */
export async function createJobs(jobs: NewJob[], options: CreateOptions): Promise<Job[]> {
  const answer = await call<{ jobs: Job[] }>({ method: "POST", path: "/jobs", json: jobs, idempotencyKey: options.idempotencyKey }, options);
  return answer.jobs;
}

export function getJob(id: string, options: CallOptions): Promise<Job> {
  return call({ method: "GET", path: jobPath(id) }, options);
}

export interface ListOptions extends CallOptions {
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
  status?: string;
  name?: string;
  filePath?: string;
}

/** Newest first. */
export function listJobs({ limit, cursor, status, name, filePath, ...options }: ListOptions): Promise<JobList> {
  const asked = Object.entries({ limit, cursor, status, name, filePath }).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(asked.map(([field, value]) => [field, String(value)]));
  return call({ method: "GET", path: `/jobs?${query}` }, options);
}

/** For a page that may watch this one job. The scope `jobs:read` also shows logs, checkpoints and custom events. */
export function createToken(id: string, options: CallOptions & { ttlSeconds?: number; scopes?: string[] }): Promise<StreamToken> {
  const { ttlSeconds, scopes } = options;
  return call({ method: "POST", path: `${jobPath(id)}/tokens`, json: { ttlSeconds, scopes } }, options);
}

/** Stops a job in any state that is not final; its producer learns it from its next report. */
export function killJob(id: string, options: CallOptions & { reason?: string }): Promise<Job> {
  return call({ method: "POST", path: `${jobPath(id)}/kill`, json: { reason: options.reason } }, options);
}

/** Takes back a job that nobody has begun. */
export const cancelJob = (id: string, options: CallOptions): Promise<Managed> => manage("POST", id, "/cancel", options);
/** One more attempt for a failed job. */
export const retryJob = (id: string, options: CallOptions): Promise<Managed> => manage("POST", id, "/retry", options);
export const deleteJob = (id: string, options: CallOptions): Promise<Managed> => manage("DELETE", id, "", options);

export interface Managed {
  success: true;
  message: string;
}

const manage = (method: "POST" | "DELETE", id: string, part: string, options: CallOptions) =>
  call<Managed>({ method, path: jobPath(id) + part }, options);

/** The checkpoints of all attempts so far, oldest first. */
export async function checkpointsOf<Data = JsonObject>(id: string, options: CallOptions): Promise<Checkpoint<Data>[]> {
  const found: Checkpoint<Data>[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const path = `${jobPath(id)}/checkpoints?limit=1000&after=${after}`;
    const page: { checkpoints: Checkpoint<Data>[]; nextAfter: number | null } = await call({ method: "GET", path }, options);
    found.push(...page.checkpoints);
    after = page.nextAfter;
  }
  return found;
}
