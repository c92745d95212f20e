// A whole project's streams: the queue view and the asset view (“activity”). They do not end by themselves.
import type { Stream } from "./follower.js";
import { base, keyHeader } from "./service.js";
import type { ActivityEvent, QueueEvent } from "./types.js";
import { withQuery } from "./watch-job.js";
import { Watch, type WatchOptions } from "./watch.js";

export type WatchQueueOptions = WatchOptions<QueueEvent> & { view?: "queue" };
/** Needs `jobs:read:progress` and the project's id. */
export type WatchActivityOptions = WatchOptions<ActivityEvent> & { view: "activity"; project: string };

// Each event of the description, and no other: the compiler sees to it.
const QUEUE_NAMES = Object.keys({
  reset: 0, connected: 0, heartbeat: 0, "job:created": 0, "job:started": 0, "job:progress": 0, "job:retry": 0, "job:completed": 0,
  "job:error": 0, "job:cancelled": 0, "job:deleted": 0,
} satisfies Record<QueueEvent["type"] | "heartbeat", 0>);
const ACTIVITY_NAMES = Object.keys({
  reset: 0, queued: 0, vision_started: 0, vision_completed: 0, vision_failed: 0, stage_started: 0, stage_completed: 0, stage_failed: 0,
  retry_scheduled: 0, r2_write_completed: 0, webhook_dispatched: 0, webhook_delivered: 0, webhook_failed: 0, webhook_dead_letter: 0,
  ready: 0, failed: 0, cancelled: 0,
} satisfies Record<ActivityEvent["type"], 0>);

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
