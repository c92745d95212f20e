// The first job, by hand: the very commands, and a page that notices each as it happens.
import { useState } from "preact/hooks";
import { table } from "../live/feed.ts";
import { heldKey, scopesOf, who } from "../live/session.ts";
import { useStore } from "../live/store.ts";
import { percent, title } from "../model/format.ts";
import { firstJob, stepsDone } from "../model/snippets.ts";
import type { QueueJob } from "../model/types.ts";
import { Bar } from "../parts/bar.tsx";
import { Copyable } from "../parts/copy.tsx";
import { STATUS_WORDS, StatusMark } from "../parts/icons.tsx";
import { Needs } from "../parts/needs.tsx";

export function FirstRunPage() {
  const job = useNewJob();
  const held = useStore(heldKey);
  const [shown, show] = useState(false);
  const creates = scopesOf(useStore(who)).includes("jobs:create");
  const done = stepsDone(job);
  const steps = firstJob(location.origin, shown ? held : null, job?.id ?? null);
  return (
    <>
      <div class="pagehead"><h1>Your first job</h1></div>
      <div class="stack" style={{ maxWidth: "760px" }}>
        <p class="quiet">Anything that can call <code>curl</code> can be a producer. Copy these into a terminal one by one and watch this page notice. Every other route is in the <a href="/reference">API reference</a>.</p>
        {!creates && <Needs scope="jobs:create">The key that you signed in with may not create jobs.</Needs>}
        {job ? <Noticed job={job} /> : <p class="notice row" role="status"><span class="lamp connecting" aria-hidden="true" />Waiting for a job to be created …</p>}
        {held && <label class="row quiet"><input type="checkbox" checked={shown} onChange={() => show(!shown)} />Put the key that I signed in with into the first command</label>}
        <ol class="steps">
          {steps.map((step, i) => (
            <li key={step.title} class={i < done ? "done" : i === done ? "next" : ""}>
              <span class="num" aria-hidden="true" />
              <div>
                <h2>{step.title}{i < done && <span class="sr"> (done)</span>}</h2>
                <p>{step.why}</p>
                <Copyable text={step.command} what={`the command: ${step.title}`} />
              </div>
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}

/** The first job that is created while the page is open; none of those before. */
function useNewJob(): QueueJob | null {
  const [since] = useState(() => new Date(Date.now() - 2_000).toISOString());
  return useStore(table, (now) => {
    let first: QueueJob | null = null;
    for (const job of now.jobs.values()) if (job.createdAt >= since && (!first || job.id < first.id)) first = job;
    return first;
  });
}

const Noticed = ({ job }: { job: QueueJob }) => (
  <div class="notice stack" role="status" style={{ gap: "8px" }}>
    <div class="row"><StatusMark status={job.status} progress={job.progress} /><a class="link grow cut" href={`/jobs/${job.id}`}>{title(job)}</a><span class="quiet">{STATUS_WORDS[job.status]}, {percent(job.progress)}</span></div>
    <Bar value={job.progress} label="Progress of your first job" status={job.status} />
  </div>
);
