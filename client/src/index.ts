// What the package offers; each thing can be taken alone, and what is not taken does not reach your bundle.
export type { Clock } from "./clock.js";
export { fetchStream } from "./fetch-stream.js";
export type { ConnectionState, Ending } from "./follower.js";
export { type EventSourceClass, nativeStream } from "./native-stream.js";
export { Refused } from "./refused.js";
export type { Service } from "./service.js";
export type { Token, TokenSource } from "./token.js";
export type { Heard, Opening, Outcome, Transport } from "./transport.js";
export type * from "./types.js";
export { Watch, type WatchOptions } from "./watch.js";
export { watchJob, type WatchJobOptions } from "./watch-job.js";
export { watchProject, type WatchActivityOptions, type WatchQueueOptions } from "./watch-project.js";
export { call, type CallOptions, type Request } from "./call.js";
export {
  cancelJob, checkpointsOf, createJob, createJobs, type CreateOptions, createToken, deleteJob, getJob, killJob, listJobs, type ListOptions,
  type Managed, retryJob,
} from "./jobs.js";
export { Attempt, type AttemptOptions, isOver } from "./producer/attempt.js";
export { JobError, type JobErrorOptions } from "./producer/job-error.js";
export { type Handler, work, type Worker, type WorkOptions } from "./producer/work.js";
export { foldJob, type JobView } from "./fold.js";
export { Live, type LiveState } from "./live.js";
export { LiveJob, type LiveJobState } from "./live-job.js";
export { foldJobs, type JobHappening, listedChange, type ListedJob, LiveJobs, type LiveJobsOptions, type LiveJobsState } from "./live-jobs.js";
