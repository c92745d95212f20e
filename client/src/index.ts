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
