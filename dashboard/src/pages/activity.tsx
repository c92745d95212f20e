// What the project's jobs do, one line each, newest first.
import { useEffect, useState } from "preact/hooks";
import { watchProject } from "#jobcast-client";
import type { ActivityEvent, AssetNotice, AssetWord } from "#jobcast-client";
import { more, reaches, table } from "../live/feed.ts";
import { lost, may, who } from "../live/session.ts";
import { createStore, useStore } from "../live/store.ts";
import { createConnection, watched } from "../live/watched.ts";
import { clock, duration, shortId, title } from "../model/format.ts";
import { ConnectionState } from "../parts/connection.tsx";
import { Empty } from "../parts/empty.tsx";

interface Entry extends AssetNotice {
  id: string;
  event: AssetWord;
}

const KEPT = 500;

const TELLS: Record<AssetWord, string> = {
  queued: "was created", stage_started: "began", stage_completed: "finished", stage_failed: "failed in", retry_scheduled: "will be tried again", ready: "completed", failed: "failed",
  cancelled: "was cancelled", vision_started: "began vision", vision_completed: "finished vision", vision_failed: "failed in vision", r2_write_completed: "was written to storage",
  webhook_dispatched: "dispatched a webhook", webhook_delivered: "delivered a webhook", webhook_failed: "failed to deliver a webhook", webhook_dead_letter: "gave up on a webhook",
};

const tone = (event: string): string => (/failed|dead_letter/.test(event) ? "bad" : event === "ready" ? "good" : /started|queued|retry/.test(event) ? "go" : "");

export function ActivityPage() {
  const { entries, connection } = useActivity();
  const [failures, only] = useState(false);
  const phase = useStore(connection, (now) => now.phase);
  // The feed tells ids; the names stand in the list.
  useEffect(() => { if (may("jobs:read") && !reaches.get().has("")) void more(null); }, []);
  const shown = failures ? entries.filter(({ event }) => tone(event) === "bad") : entries;
  return (
    <>
      <div class="pagehead">
        <h1>Activity</h1>
        <label class="row quiet"><input type="checkbox" checked={failures} onChange={() => only(!failures)} />Failures only</label>
        <ConnectionState of={connection} chip />
      </div>
      <section class="card" aria-label="Activity of the project">
        {shown.length > 0 && <ol class="feed">{shown.map((entry) => <Line key={entry.id} of={entry} />)}</ol>}
        {shown.length === 0 && <Empty title={phase === "connecting" ? "Reading the feed …" : failures ? "No failures here" : "Nothing has happened yet"}>
          <p>{failures ? "Among the events that are shown, nothing failed." : "As soon as a job is created, it begins to tell here."}</p>
        </Empty>}
      </section>
    </>
  );
}

function Line({ of }: { of: Entry }) {
  const job = useStore(table, (now) => now.jobs.get(of.asset_id));
  const name = job && !job.partial ? title(job) : shortId(of.asset_id);
  return (
    <li>
      <time dateTime={of.ts} title={of.ts}>{clock(Date.parse(of.ts))}</time>
      <span class={`dot ${tone(of.event)}`} aria-hidden="true" />
      <span><a href={`/jobs/${of.asset_id}`}><b>{name}</b></a> {TELLS[of.event]}{of.stage && <> <b>{of.stage}</b></>}{of.attempt > 1 && <span class="faint"> · attempt {of.attempt}</span>}{of.latency_ms !== undefined && <span class="faint"> · {duration(of.latency_ms)}</span>}</span>
      {of.error_msg && <span class="err">{of.error_msg}{of.error_code && <span class="faint"> ({of.error_code})</span>}</span>}
    </li>
  );
}

function useActivity() {
  const session = useStore(who);
  const project = session.state === "in" ? session.projectId : "";
  const [[entries, connection]] = useState(() => [createStore<readonly Entry[]>([]), createConnection()] as const);
  useEffect(() => {
    const heard = (events: ActivityEvent[]) => {
      const fresh = events.filter((event) => event.type !== "reset").map(({ id, type, data }): Entry => ({ ...data, id, event: type })).reverse();
      // After a reset the newest hundred come again.
      entries.update((now) => (events.some(({ type }) => type === "reset") ? fresh : [...fresh, ...now]).slice(0, KEPT));
    };
    const stream = watched<ActivityEvent>((options) => watchProject({ ...options, view: "activity", project }), heard, connection);
    const leave = connection.watch(() => {
      if (connection.get().status === 401) lost("Your session is over. Sign in again.");
    });
    return () => {
      leave();
      stream.stop();
    };
  }, [project]);
  return { entries: useStore(entries), connection };
}
