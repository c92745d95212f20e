// What stands beside a job's log: its figures, its JSON, its checkpoints and custom events.
import { useMemo, useState } from "preact/hooks";
import { clock, count, date, duration } from "../model/format.ts";
import type { Job, JobEvent, JobView } from "../model/types.ts";
import { CopyButton } from "./copy.tsx";

/** `document` has what no stream tells; null for who may not read it. */
export function Facts({ job, document }: { job: JobView; document: Job | null }) {
  const rows: [string, string | null | undefined][] = [
    ["Attempt", `${job.attempt} of ${job.maxAttempts}`],
    ["Priority", document && (document.priority === 1 ? "High" : document.priority === 3 ? "Low" : "Normal")],
    ["Time-out", document && duration(document.timeoutSeconds * 1_000)],
    ["Created", date(job.createdAt)],
    ["Due", job.scheduledFor && date(job.scheduledFor)],
    ["Started", job.startedAt && date(job.startedAt)],
    ["Ended", job.completedAt && date(job.completedAt)],
  ];
  return (
    <section class="card" aria-label="About this job">
      <header><h2>About</h2></header>
      <dl class="facts pad">{rows.map(([name, value]) => value && [<dt key={name}>{name}</dt>, <dd>{value}</dd>])}</dl>
    </section>
  );
}

export function JsonCard({ heading, value }: { heading: string; value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <section class="card" aria-label={heading}>
      <header><h2>{heading}</h2>{value != null && <CopyButton text={text} what={heading.toLowerCase()} />}</header>
      {value == null ? <p class="pad faint">None.</p> : <pre class="json pad scroll" tabIndex={0} aria-label={`${heading} as JSON`}>{text}</pre>}
    </section>
  );
}

const SHOWN = 50;

type Own = Extract<JobEvent, { type: "job:checkpoint" | "job:event" }>;

/** The newest first, each folded to a line. */
export function Entries({ events, type, heading, none }: { events: readonly JobEvent[]; type: Own["type"]; heading: string; none: string }) {
  const [shown, show] = useState(SHOWN);
  const own = useMemo(() => events.filter((event): event is Own => event.type === type), [events]);
  return (
    <section class="card" aria-label={heading}>
      <header><h2>{heading}</h2>{own.length > 0 && <span class="faint">{count(own.length)}</span>}</header>
      {own.length === 0 ? <p class="pad faint">None yet. {none}</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-label={`${heading}, scrollable`}>
          {own.slice(-shown).reverse().map(({ id, data: { attempt, ts, data } }) => (
            <details key={id} class="entry">
              <summary><span class="faint">{clock(Date.parse(ts))}</span><code class="cut grow">{JSON.stringify(data)}</code><span class="faint">attempt {attempt}</span></summary>
              <pre class="json">{JSON.stringify(data, null, 2)}</pre>
            </details>
          ))}
          {own.length > shown && <div class="more"><button type="button" class="btn small" onClick={() => show(shown + SHOWN * 4)}>Show older</button></div>}
        </div>
      )}
    </section>
  );
}
