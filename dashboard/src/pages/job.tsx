// One job: what it does now, how it got there, what it says.
import { useEffect, useMemo, useState } from "preact/hooks";
import { act, remove } from "../live/actions.ts";
import { queueWord, table } from "../live/feed.ts";
import { LiveJob } from "../live/job.ts";
import type { JobNow } from "../live/job.ts";
import { go } from "../live/route.ts";
import { scopesOf, who } from "../live/session.ts";
import { useNow, useStore } from "../live/store.ts";
import { date, duration, percent, title } from "../model/format.ts";
import { allowed } from "../model/table.ts";
import { timelineOf } from "../model/timeline.ts";
import { isFinal } from "../model/types.ts";
import type { Job } from "../model/types.ts";
import { Bar } from "../parts/bar.tsx";
import { ConnectionState } from "../parts/connection.tsx";
import { Empty } from "../parts/empty.tsx";
import { Gantt } from "../parts/gantt.tsx";
import { Icon, StatusMark } from "../parts/icons.tsx";
import { stop } from "../parts/job-row.tsx";
import { Entries, Facts, JsonCard } from "../parts/job-side.tsx";
import { LogView } from "../parts/log-view.tsx";
import { WatchDialog } from "../parts/watch-dialog.tsx";

export function JobPage({ id }: { id: string }) {
  const live = useLiveJob(id);
  const now = useStore(live.now);
  const mayRead = scopesOf(useStore(who)).includes("jobs:read");
  useEffect(() => {
    document.title = now.job ? `${title(now.job)} · Jobcast` : "Jobcast";
  }, [now.job && title(now.job)]);
  const back = <a class="crumb" href="/"><Icon name="back" />Jobs</a>;
  if (!now.job || now.problem?.status === 404) return <>{back}<Missing now={now} id={id} /></>;
  return (
    <>
      {back}
      <div class="stack">
        <Head job={now.job} live={live} />
        {now.problem && <p class="notice bad" role="alert">{now.problem.message}</p>}
        {now.gap && <p class="notice warn" role="status">{now.gap}</p>}
        <Overall job={now.job} />
        <Outcome job={now.job} />
        <Story now={now} />
        <div class="cols">
          <div class="stack">
            {mayRead ? <LogView lines={live.lines} told={now.linesTold} live={!isFinal(now.job.status)} /> : <p class="notice">Log lines, checkpoints and custom events need a key with jobs:read.</p>}
            <Entries facts={now.facts} type="checkpoint.saved" heading="Checkpoints" none="A producer saves what it can resume from." />
            <Entries facts={now.facts} type="event.emitted" heading="Custom events" none="Whatever else a producer tells." />
          </div>
          <div class="stack">
            <Facts job={now.job} />
            <JsonCard heading="Payload" value={now.job.payload} />
            {Object.keys(now.job.meta ?? {}).length > 0 && <JsonCard heading="Meta" value={now.job.meta} />}
          </div>
        </div>
      </div>
    </>
  );
}

/** The stream of a job ends with it; when the project's feed tells that it goes on, it is opened again. */
function useLiveJob(id: string): LiveJob {
  const live = useMemo(() => new LiveJob(id), [id]);
  useEffect(() => () => live.stop(), [live]);
  useEffect(() => table.watch(() => {
    const status = table.get().jobs.get(id)?.status;
    if (status && live.ended && (status === "pending" || status === "running")) live.resume();
  }), [live]);
  return live;
}

function Missing({ now, id }: { now: JobNow; id: string }) {
  if (now.loading) return <div class="stack" role="status" aria-label="Loading the job"><span class="skeleton" style={{ width: "40%", height: 24 }} /><span class="skeleton" /><span class="skeleton" style={{ width: "70%" }} /></div>;
  const gone = now.problem?.status === 404;
  return (
    <Empty title={gone ? "This job is not here" : "This job could not be read"}>
      <p class="mono">{id}</p>
      <p>{gone ? "It was deleted, or it belongs to another project." : now.problem?.message}</p>
      <button type="button" class="btn" onClick={() => (gone ? go("/") : location.reload())}>{gone ? "All jobs" : "Try again"}</button>
    </Empty>
  );
}

function Head({ job, live }: { job: Job; live: LiveJob }) {
  const [watching, watch] = useState(false);
  const scopes = scopesOf(useStore(who));
  const status = queueWord(job.status);
  const may = allowed(status, scopes);
  const away = () => { remove([job.id]); go("/"); };
  return (
    <header class="jobhead">
      <div class="what">
        <h1><StatusMark status={status} progress={job.progress} />{title(job)}</h1>
        <div class="ids">
          {job.filePath && <span class="mono">{job.filePath}</span>}
          <span class="mono">{job.id}</span>
          {job.topic && <span>{job.topic}</span>}
        </div>
      </div>
      <ConnectionState of={live.connection} chip />
      <div class="do">
        <button type="button" class="btn" onClick={() => watch(true)}><Icon name="code" />curl / EventSource</button>
        {may.retry && <button type="button" class="btn primary" onClick={() => void act("retry", [job.id])}><Icon name="retry" />Retry</button>}
        {may.cancel && <button type="button" class="btn" onClick={() => void stop([{ ...job, status }])}><Icon name="cancel" />Cancel</button>}
        {may.kill && <button type="button" class="btn danger" onClick={() => void stop([{ ...job, status }])}><Icon name="kill" />Kill</button>}
        {may.remove && <button type="button" class="btn" onClick={away}><Icon name="remove" />Delete</button>}
      </div>
      {watching && <WatchDialog id={job.id} scopes={scopes} onClose={() => watch(false)} />}
    </header>
  );
}

const STATES: Record<Job["status"], string> = {
  scheduled: "Scheduled", pending: "Waits for a producer", delivered: "Handed to a producer", running: "Running", completed: "Completed", failed: "Failed", cancelled: "Cancelled",
};

function Overall({ job }: { job: Job }) {
  const running = job.status === "running";
  const now = useNow(1_000, running || job.status === "scheduled");
  const subs = running ? Object.entries(job.subProgress ?? {}).filter(([, sub]) => typeof sub?.percent === "number") : [];
  return (
    <section class="card pad overall" aria-label="Progress">
      <div class="line">
        <b>{percent(job.progress)}</b>
        <span class="quiet grow cut" title={job.message ?? undefined}>{STATES[job.status]}{running && job.message && `: ${job.message}`}{job.status === "scheduled" && job.scheduledFor && ` for ${date(job.scheduledFor)}`}</span>
        <span class="quiet">{elapsed(job, now)}</span>
      </div>
      <Bar big value={job.progress} label="Overall progress" status={queueWord(job.status)} />
      {subs.length > 0 && (
        <div class="subs">
          {subs.map(([name, sub]) => (
            <div key={name} class="prog">
              <div class="said"><span class="cut">{name}{sub.message && <span class="faint"> · {sub.message}</span>}</span><b>{percent(sub.percent!)}</b></div>
              <Bar value={sub.percent!} label={`Progress of ${name}`} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

function elapsed(job: Job, now: number): string {
  if (!job.startedAt || job.status === "scheduled" || job.status === "pending") return "";
  return duration((job.completedAt ? Date.parse(job.completedAt) : now) - Date.parse(job.startedAt));
}

function Outcome({ job }: { job: Job }) {
  if (job.status === "completed" && job.result !== null) return <JsonCard heading="Result" value={job.result} />;
  if (job.error && job.status !== "running" && job.status !== "completed") {
    return <div class={`notice ${job.status === "failed" ? "bad" : "warn"}`}><b>{job.status === "failed" ? "Failed" : job.status === "cancelled" ? "Cancelled" : "The last attempt failed"}{job.errorCode && ` (${job.errorCode})`}: </b>{job.error}</div>;
  }
  return null;
}

function Story({ now }: { now: JobNow }) {
  const timeline = useMemo(() => timelineOf(now.facts), [now.facts]);
  const open = now.job !== null && !isFinal(now.job.status);
  const clock = useNow(500, open);
  return (
    <section class="card" aria-label="Timeline">
      <header><h2>Timeline</h2></header>
      {timeline ? <Gantt timeline={timeline} now={clock} /> : <p class="pad faint">{now.loading ? "Reading the log …" : "The log of this job is no longer kept."}</p>}
    </section>
  );
}
