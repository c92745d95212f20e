// One job's stream, in the pipeline view.
import type { Stream } from "./follower.js";
import { base, keyHeader } from "./service.js";
import type { JobEvent } from "./types.js";
import { Watch, type WatchOptions } from "./watch.js";

export interface WatchJobOptions extends WatchOptions<JobEvent> {
  /** Only these, as `["job:progress", "stage:*"]`; the snapshot and the end always come. */
  events?: readonly string[];
}

const TERMINAL: JobEvent["type"][] = ["job:completed", "job:failed"];
/** Each event of the description but the stages, whose names are the producer's. */
const NAMES = Object.keys({
  reset: 0, "job:snapshot": 0, "job:started": 0, "job:progress": 0, "job:retry": 0, "job:checkpoint": 0, "job:event": 0, "job:log": 0,
  "job:completed": 0, "job:failed": 0,
} satisfies Record<Exclude<JobEvent["type"], `stage:${string}`>, 0>);

/**
 * `job` is an id, or the address of the job's events (`eventsUrl`, or the `url` of a stream token). The stream ends with the job.
 * Without a cursor it begins with `job:snapshot`, the state now; a stored event comes once, in order, whatever the network does.
 */
export function watchJob(job: string, options: WatchJobOptions = {}): Watch<JobEvent> {
  const place = placeOf(job, options);
  const token = options.token ?? place.searchParams.get("token") ?? undefined;
  return new Watch(streamOf(place, options), { ...options, token });
}

function placeOf(job: string, options: WatchJobOptions): URL {
  return new URL(/^https?:\/\//.test(job) ? job : `${base(options)}/api/v1/jobs/${encodeURIComponent(job)}/events`);
}

function streamOf(place: URL, { events, projectKey, ...options }: WatchJobOptions): Stream {
  const named = events?.filter((name) => !name.endsWith("*")) ?? [];
  return {
    headers: keyHeader(options),
    greeting: "job:snapshot",
    terminal: TERMINAL,
    names: [...NAMES, ...named],
    address: (token, cursor) => withQuery(place, { token, lastEventId: cursor, key: token ? undefined : projectKey, events: events?.join(",") }),
  };
}

/** What is undefined stays as it stands in the address. */
export function withQuery(place: URL, query: Record<string, string | undefined>): string {
  const address = new URL(place);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
  return address.href;
}
