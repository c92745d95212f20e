// One job: what it does now, how it got there, what it says.
import { useEffect, useMemo, useState } from "preact/hooks";
import { act, remove } from "../live/actions.ts";
import { table } from "../live/feed.ts";
import { OpenJob } from "../live/job.ts";
import type { JobNow } from "../live/job.ts";
import { go } from "../live/route.ts";
import { scopesOf, who } from "../live/session.ts";
import { useNow, useStore } from "../live/store.ts";
import { date, duration, percent, title } from "../model/format.ts";
import { allowed } from "../model/table.ts";
import { timelineOf } from "../model/timeline.ts";
import { isFinal, queueWord } from "../model/types.ts";
import type { JobView } from "../model/types.ts";
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
  const { view } = now;
  useEffect(() => {
    document.title = view ? `${title(view)} · Jobcast` : "Jobcast";
  }, [view && title(view)]);
  const back = <a class="crumb" href="/"><Icon name="back" />Jobs</a>;
  if (!view || now.problem?.status === 404) return <>{back}<Missing now={now} id={id} /></>;
  return (
    <>
      {back}
      <div class="stack">
        <Head job={view} live={live} />
        {now.problem && <p class="notice bad" role="alert">{now.problem.message}</p>}
        {now.gap && <p class="notice warn" role="status">{now.gap}</p>}
        <Overall job={view} />
        <Outcome now={now} job={view} />
        <Story now={now} job={view} live={live} />
        <div class="cols">
          <div class="stack">{mayRead ? <Told now={now} live={live} job={view} /> : <Withheld />}</div>
          <div class="stack">
            <Facts job={view} document={now.document} />
            {now.document && <JsonCard heading="Payload" value={now.document.payload} />}
            {Object.keys(now.document?.meta ?? {}).length > 0 && <JsonCard heading="Meta" value={now.document?.meta} />}
          </div>
        </div>
      </div>
    </>
  );
}

const Told = ({ now, live, job }: { now: JobNow; live: OpenJob; job: JobView }) => (
  <>
    <LogView lines={live.lines} told={now.linesTold} live={!isFinal(job.status)} />
    <Entries events={now.events} type="job:checkpoint" heading="Checkpoints" none="A producer saves what it can resume from." />
    <Entries events={now.events} type="job:event" heading="Custom events" none="Whatever else a producer tells." />
  </>
);

const Withheld = () => (
  <section class="card" aria-label="Log">
    <Empty title="The log is not for this key"><p>It sees stages and progress. Log lines, checkpoints, custom events and the payload need a key with <code>jobs:read</code>.</p></Empty>
  </section>
);

/** The stream of a job ends with it; when the project's feed tells that it goes on, it is opened again. */
function useLiveJob(id: string): OpenJob {
  const live = useMemo(() => new OpenJob(id), [id]);
  useEffect(() => () => live.stop(), [live]);
  useEffect(() => table.watch(() => {
    const status = table.get().jobs.get(id)?.status;
    if (status && live.over && (status === "pending" || status === "running")) live.resume();
  }), [live]);
  return live;
}

function Missing({ now, id }: { now: JobNow; id: string }) {
  if (!now.problem) return <div class="stack" role="status" aria-label="Loading the job"><span class="skeleton" style={{ width: "40%", height: 24 }} /><span class="skeleton" /><span class="skeleton" style={{ width: "70%" }} /></div>;
  const gone = now.problem?.status === 404;
  return (
    <Empty title={gone ? "This job is not here" : "This job could not be read"}>
      <p class="mono">{id}</p>
      <p>{gone ? "It was deleted, or it belongs to another project." : now.problem?.message}</p>
      <button type="button" class="btn" onClick={() => (gone ? go("/") : location.reload())}>{gone ? "All jobs" : "Try again"}</button>
    </Empty>
  );
}

function Head({ job, live }: { job: JobView; live: OpenJob }) {
  const [watching, watch] = useState(false);
  const scopes = scopesOf(useStore(who));
  const status = queueWord(job.status);
  const may = allowed(status, scopes);
  const about = { id: job.id, name: job.name, filePath: job.filePath };
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
        {may.cancel && <button type="button" class="btn" onClick={() => void stop([{ ...about, status }])}><Icon name="cancel" />Cancel</button>}
        {may.kill && <button type="button" class="btn danger" onClick={() => void stop([{ ...about, status }])}><Icon name="kill" />Kill</button>}
        {may.remove && <button type="button" class="btn" onClick={away}><Icon name="remove" />Delete</button>}
      </div>
      {watching && <WatchDialog id={job.id} scopes={scopes} onClose={() => watch(false)} />}
    </header>
  );
}

const STATES: Record<Exclude<JobView["status"], "queued">, string> = { running: "Running", completed: "Completed", failed: "Failed", cancelled: "Cancelled" };

function state(job: JobView, now: number): string {
  if (job.status === "running") return job.message ? `Running: ${job.message}` : "Running";
  if (job.status !== "queued") return STATES[job.status];
  if (job.scheduledFor && Date.parse(job.scheduledFor) > now) return `Scheduled for ${date(job.scheduledFor)}`;
  return job.attempt > 1 ? `Attempt ${job.attempt} of ${job.maxAttempts} waits for a producer` : "Waits for a producer";
}

function Overall({ job }: { job: JobView }) {
  const running = job.status === "running";
  const now = useNow(1_000, !isFinal(job.status));
  const subs = running ? Object.entries(job.subProgress ?? {}).filter(([, sub]) => typeof sub?.percent === "number") : [];
  return (
    <section class="card pad overall" aria-label="Progress">
      <div class="line">
        <b>{percent(job.progress)}</b>
        <span class="quiet grow cut" title={job.message ?? undefined}>{state(job, now)}</span>
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

function elapsed(job: JobView, now: number): string {
  if (!job.startedAt || job.status === "queued") return "";
  return duration((job.completedAt ? Date.parse(job.completedAt) : now) - Date.parse(job.startedAt));
}

function Outcome({ now, job }: { now: JobNow; job: JobView }) {
  if (job.status === "completed") return job.result === null ? null : <JsonCard heading="Result" value={job.result} />;
  if (job.status === "cancelled") return <Cancelled events={now.events} />;
  if (!job.error || job.status === "running") return null;
  const failed = job.status === "failed";
  return <div class={`notice ${failed ? "bad" : "warn"}`}><b>{failed ? "Failed" : "The last attempt failed"}{job.errorCode && ` (${job.errorCode})`}: </b>{job.error}</div>;
}

function Cancelled({ events }: { events: JobNow["events"] }) {
  const end = events.findLast((event) => event.type === "job:failed");
  return end ? <div class="notice warn"><b>{end.data.error}</b>{end.data.reason && `: ${end.data.reason}`}</div> : null;
}

function Story({ now, job, live }: { now: JobNow; job: JobView; live: OpenJob }) {
  const { createdAt, attempt } = job;
  const gap = now.gap !== null;
  const timeline = useMemo(() => timelineOf(now.events, { createdAt, attempt, gap }), [now.events, createdAt, attempt, gap]);
  const reading = useStore(live.connection, ({ phase }) => phase === "connecting" || phase === "catching-up") && now.events.length === 0;
  const clock = useNow(500, !isFinal(job.status));
  return (
    <section class="card" aria-label="Timeline">
      <header><h2>Timeline</h2></header>
      {timeline && !reading ? <Gantt timeline={timeline} now={clock} /> : <p class="pad faint">{reading ? "Reading the log …" : "The log of this job is no longer kept."}</p>}
    </section>
  );
}
