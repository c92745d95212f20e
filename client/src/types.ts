// What travels on the wire, under the names that this library gives it. The shapes are openapi.json's (generated.ts); here they
// are only made narrower where JSON is all that can be, and generic where the shape is yours. Only types.
import type * as Wire from "./generated.js";

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
export type JsonObject = { [field: string]: Json };

export type Time = Wire.Timestamp;
export type JobStatus = Wire.JobStatus;
export type StageStatus = Wire.StageStatus;
export type LogLevel = Wire.LogLevel;
export type Priority = Wire.Priority;
export type Stage = Wire.Stage;
export type Stages = Wire.Stages;
export type SubProgress = Wire.SubProgress;
export type StreamToken = Wire.StreamToken;
export type Scope = Wire.Scope;

/** The job as the producer API tells it. */
export interface Job<Payload = Json> extends Omit<Wire.Job, "payload"> {
  payload: Payload;
  meta: JsonObject;
  result: Json;
}

/** Everything may be left out. */
export type NewJob = Wire.NewJob;

export interface JobList extends Wire.JobPage {
  jobs: Job[];
}

export interface Checkpoint<Data = JsonObject> extends Omit<Wire.Checkpoint, "data"> {
  data: Data;
}

export interface LogLine extends Wire.LogLine {
  metadata?: Json;
}

/** A line alone is a string. */
export type LogEntry = Exclude<Wire.LogEntry, string>;

/** `id` is the cursor: keep it once you have dealt with the event, and give it back to go on from there. */
type Told<Event> = Event extends { event: infer Type; data: infer Data } ? { type: Type; id: string; data: Data } : never;

export type Reset = Wire.Reset;

// One job's stream (pipeline view).

/** In the words of the streams: scheduled, pending and delivered are all `queued`. */
export type WatchedStatus = Wire.PipelineStatus;
export type RetryTold = Wire.PipelineJobRetry;

/** The state now. The fields of the job's `meta` stand beside these. */
export interface JobSnapshot extends Wire.PipelineJobSnapshot {
  result: Json;
}

/** `type` is `start`, `complete`, `skipped`, `error`, or a word of the producer's own. */
export interface StageReport extends Wire.PipelineStage {
  detail?: string;
  durationSec?: number;
  reason?: string;
  error?: string;
  code?: string;
}

interface ProducersOwn extends Wire.PipelineJobEvent {
  data: JsonObject;
}

interface LinesTold extends Wire.PipelineJobLog {
  lines: LogLine[];
}

interface Completion extends Wire.PipelineJobCompleted {
  result?: Json;
}

/** The events whose data is made narrower. */
interface Narrower {
  "job:snapshot": JobSnapshot;
  [stage: `stage:${string}`]: StageReport;
  "job:checkpoint": ProducersOwn;
  "job:event": ProducersOwn;
  "job:log": LinesTold;
  "job:completed": Completion;
}

type Narrow<Event> = Event extends { type: infer Type extends keyof Narrower } ? { type: Type; id: string; data: Narrower[Type] } : Event;

export type JobEvent = Narrow<Told<Wire.PipelineEvent>>;

// A project's streams.

export type QueueStatus = Wire.QueueStatus;
export type QueueStats = Wire.QueueStats;

/** The queue view: every job of the project. Heartbeats are kept for the connection's own use. */
export type QueueEvent = Exclude<Told<Wire.QueueEvent>, { type: "heartbeat" }>;

/** The asset view of a whole project. */
export type ActivityEvent = Told<Wire.AssetEvent>;
export type AssetWord = Exclude<ActivityEvent["type"], "reset">;

/** What any of them may tell. */
export interface AssetNotice extends Wire.AssetQueued {
  stage?: string;
  latency_ms?: number;
  error_code?: string;
  error_msg?: string;
}

/** A job in the lists of the queue: the queue's words first, then the fields of the producer API. */
export interface QueueJob extends Omit<Job, "status"> {
  status: QueueStatus;
}
