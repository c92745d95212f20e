// What the project's jobs do, one line each, newest first.
import { useEffect, useState } from "preact/hooks";
import { more, reaches, table } from "../live/feed.ts";
import { lost, who } from "../live/session.ts";
import { createStore, useStore } from "../live/store.ts";
import { LiveStream } from "../live/stream.ts";
import type { Connection } from "../live/stream.ts";
import { clock, duration, shortId, title } from "../model/format.ts";
import type { Frame } from "../model/frames.ts";
import { ConnectionState } from "../parts/connection.tsx";
import { Empty } from "../parts/empty.tsx";

interface Entry {
  id: string;
  event: string;
  asset_id: string;
  ts: string;
  attempt: number;
  stage?: string;
  latency_ms?: number;
  error_msg?: string;
  error_code?: string;
}

const KEPT = 500;

const TELLS: Record<string, string> = {
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
  useEffect(() => { if (!reaches.get().has("")) void more(null); }, []);
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
      <span><a href={`/jobs/${of.asset_id}`}><b>{name}</b></a> {TELLS[of.event] ?? of.event}{of.stage && <> <b>{of.stage}</b></>}{of.attempt > 1 && <span class="faint"> · attempt {of.attempt}</span>}{of.latency_ms !== undefined && <span class="faint"> · {duration(of.latency_ms)}</span>}</span>
      {of.error_msg && <span class="err">{of.error_msg}{of.error_code && <span class="faint"> ({of.error_code})</span>}</span>}
    </li>
  );
}

function useActivity() {
  const session = useStore(who);
  const project = session.state === "in" ? session.projectId : "";
  const [[entries, connection]] = useState(() => [createStore<readonly Entry[]>([]), createStore<Connection>({ phase: "connecting", cursor: "", resumedFrom: "", status: null })] as const);
  useEffect(() => {
    const frames = (heard: Frame[]) => {
      const fresh = heard.filter(({ event }) => event !== "reset").map(({ id, event, data }) => ({ ...JSON.parse(data), id, event }) as Entry).reverse();
      // After a reset the newest hundred come again.
      entries.update((now) => (heard.some(({ event }) => event === "reset") ? fresh : [...fresh, ...now]).slice(0, KEPT));
    };
    const told = (now: Connection) => {
      connection.set(now);
      if (now.status === 401) lost("Your session is over. Sign in again.");
    };
    const stream = new LiveStream(`/api/projects/${project}/activity`, { frames, connection: told });
    return () => stream.stop();
  }, [project]);
  return { entries: useStore(entries), connection };
}
