// React hooks. Each opens its stream when the component appears, and closes it when it goes; none of them polls.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { ConnectionState, Ending } from "../follower.js";
import { LiveJob, type LiveJobState, NO_JOB } from "../live-job.js";
import { LiveJobs, type LiveJobsOptions, type LiveJobsState, NO_JOBS } from "../live-jobs.js";
import type { QueueEvent } from "../types.js";
import { type WatchJobOptions } from "../watch-job.js";
import { watchProject, type WatchQueueOptions } from "../watch-project.js";

/**
 * One job as it is now: `{job, connection, cursor, ending}`. `job` is undefined until the first snapshot, and nothing is opened
 * while you have no job to watch. Functions in the options may be made anew at each render: the newest is called.
 */
export function useJob(job: string | undefined | null, options: WatchJobOptions = {}): LiveJobState {
  const latest = useLatest(options);
  const live = useMemo(() => (job ? new LiveJob(job, steady(options, latest)) : undefined), [job, identity(options)]);
  return useSyncExternalStore(live?.subscribe ?? nothing, live?.get ?? (() => NO_JOB), () => NO_JOB);
}

/** A page of the project's jobs, newest first, kept up by the project's stream. Needs `jobs:read` for the list. */
export function useJobs(options: LiveJobsOptions = {}): LiveJobsState {
  const latest = useLatest(options);
  const live = useMemo(() => new LiveJobs(steady(options, latest)), [identity(options), options.limit]);
  return useSyncExternalStore(live.subscribe, live.get, () => NO_JOBS);
}

export interface ProjectConnection {
  connection: ConnectionState;
  ending: Ending | undefined;
}

/** Calls `onEvent` with each event of the project, in order. */
export function useProjectEvents(onEvent: (event: QueueEvent) => void, options: WatchQueueOptions = {}): ProjectConnection {
  const latest = useLatest({ ...options, onEvent });
  const [connection, setConnection] = useState<ProjectConnection>({ connection: "connecting", ending: undefined });
  useEffect(() => {
    let open = true;
    const told = (change: Partial<ProjectConnection>) => open && setConnection((now) => ({ ...now, ...change }));
    const steadied = steady<WatchQueueOptions>({ ...options, onEvent }, latest);
    const watch = watchProject({
      ...steadied,
      onState: (state) => void (told({ connection: state }), latest.current.onState?.(state)),
      onEnd: (ending) => void (told({ ending }), latest.current.onEnd?.(ending)),
    });
    return () => {
      open = false;
      watch.close();
    };
  }, [identity(options)]);
  return connection;
}

const nothing = () => () => {};

/** What an effect or a stream that outlives the render may call. */
function useLatest<Value>(value: Value): { current: Value } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

type Common = Pick<WatchJobOptions, "onState" | "onEnd" | "token"> & { onEvent?: (event: never) => void | Promise<void> };

/** The options with functions that stay the same and call the newest ones. */
function steady<Options extends Common>(options: Options, latest: { current: Options }): Options {
  return {
    ...options,
    ...(typeof options.token === "function" && { token: () => (latest.current.token as () => string)() }),
    onEvent: (event: never) => latest.current.onEvent?.(event),
    onState: (state: ConnectionState) => latest.current.onState?.(state),
    onEnd: (ending: Ending) => latest.current.onEnd?.(ending),
  };
}

/** What makes it another stream. Objects made anew at each render with the same words in them do not. */
function identity(options: WatchJobOptions | WatchQueueOptions): string {
  const { url, key, projectKey, credentials, cursor, silenceMs, hiddenMs, token } = options;
  const { events } = options as WatchJobOptions;
  return JSON.stringify([url, key, projectKey, credentials, cursor, silenceMs, hiddenMs, events, typeof token === "function" ? "renewed" : token]);
}
