// A whole project's streams: the queue view and the asset view (“activity”). They do not end by themselves.
import type { Stream } from "./follower.js";
import { base, keyHeader } from "./service.js";
import type { ActivityEvent, QueueEvent } from "./types.js";
import { withQuery } from "./watch-job.js";
import { Watch, type WatchOptions } from "./watch.js";

export type WatchQueueOptions = WatchOptions<QueueEvent> & { view?: "queue" };
/** Needs `jobs:read:progress` and the project's id. */
export type WatchActivityOptions = WatchOptions<ActivityEvent> & { view: "activity"; project: string };

const QUEUE_NAMES = [
  "reset", "connected", "heartbeat", "job:created", "job:started", "job:progress", "job:retry", "job:completed", "job:error",
  "job:cancelled", "job:deleted",
];
const ACTIVITY_NAMES = [
  "reset", "queued", "vision_started", "vision_completed", "vision_failed", "stage_started", "stage_completed", "stage_failed",
  "retry_scheduled", "r2_write_completed", "webhook_dispatched", "webhook_delivered", "webhook_failed", "webhook_dead_letter",
  "ready", "failed", "cancelled",
];

/** Every job of the project: of the key's, the session's or the project key's; of the default project for nobody's name. */
export function watchProject(options?: WatchQueueOptions): Watch<QueueEvent>;
export function watchProject(options: WatchActivityOptions): Watch<ActivityEvent>;
export function watchProject(options: WatchQueueOptions | WatchActivityOptions = {}): Watch<QueueEvent> | Watch<ActivityEvent> {
  if (options.view !== "activity") return new Watch(stream("/queue/events", QUEUE_NAMES, options), options);
  const path = `/api/projects/${encodeURIComponent(options.project)}/activity`;
  return new Watch(stream(path, ACTIVITY_NAMES, options), options);
}

function stream(path: string, names: string[], options: WatchQueueOptions | WatchActivityOptions): Stream {
  const place = new URL(base(options) + path);
  const key = options.projectKey;
  return {
    headers: keyHeader(options),
    greeting: "connected",
    terminal: [],
    names,
    address: (token, cursor) => withQuery(place, { token, key: token ? undefined : key, lastEventId: cursor }),
  };
}
