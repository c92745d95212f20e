// One job in the table. Drawn again only when it, its selection or the coarse clock has changed.
import { Component } from "preact";
import { act, remove } from "../live/actions.ts";
import { ago, date, duration, percent, title } from "../model/format.ts";
import { allowed, UNKNOWN } from "../model/table.ts";
import type { QueueJob } from "../model/types.ts";
import { Bar } from "./bar.tsx";
import { ask } from "./dialog.tsx";
import { Icon, StatusMark } from "./icons.tsx";
import type { IconName } from "./icons.tsx";

interface Props {
  job: QueueJob;
  chosen: boolean;
  toggle: (id: string) => void;
  now: number;
  scopes: readonly string[];
}

export class JobRow extends Component<Props> {
  shouldComponentUpdate(next: Props): boolean {
    return next.job !== this.props.job || next.chosen !== this.props.chosen || next.now !== this.props.now || next.scopes !== this.props.scopes;
  }

  render({ job, chosen, toggle, now, scopes }: Props) {
    const name = title(job);
    return (
      <tr class={chosen ? "chosen" : ""} data-job={job.id} data-status={job.status}>
        <td class="c-check"><input type="checkbox" checked={chosen} aria-label={`Select ${name}`} onChange={() => toggle(job.id)} /></td>
        <td class="c-name">
          <div class="jobname">
            <StatusMark status={job.status} progress={job.progress} />
            <a class="cut" href={`/jobs/${job.id}`} data-row>{name}</a>
            <small class="cut" title={job.filePath ?? job.id}>{job.filePath ?? job.id}</small>
          </div>
        </td>
        <td class="c-progress"><Progress job={job} name={name} now={now} /></td>
        <td class="c-small">{!job.partial && <Priority of={job.priority} />}</td>
        <td class="c-small quiet">{job.partial ? job.attempt : `${job.attempt} of ${job.maxAttempts}`}</td>
        <td class="c-when quiet" title={created(job)}>{when(job, now)}{took(job)}</td>
        <td class="c-acts"><Acts job={job} name={name} scopes={scopes} /></td>
      </tr>
    );
  }
}

const Priority = ({ of }: { of: number }) => <span class={`prio ${of === 1 ? "high" : ""}`}>{of === 1 ? "↑ High" : of === 3 ? "↓ Low" : "Normal"}</span>;

const created = ({ createdAt }: QueueJob) => (createdAt === UNKNOWN ? undefined : `Created ${date(createdAt)}`);
const when = ({ completedAt, createdAt, startedAt }: QueueJob, now: number) => ago(completedAt ?? (createdAt === UNKNOWN ? startedAt : createdAt), now, "");

/** How long what has ended took. */
const took = ({ status, startedAt, completedAt }: QueueJob) =>
  (status === "completed" || status === "error") && startedAt && completedAt && <small>in {duration(Date.parse(completedAt) - Date.parse(startedAt))}</small>;

function Progress({ job, name, now }: { job: QueueJob; name: string; now: number }) {
  const waits = job.status === "pending" && job.scheduledFor && Date.parse(job.scheduledFor) > now;
  const said = job.status === "error" ? job.error : waits ? `waits until ${date(job.scheduledFor)}` : job.status === "pending" && job.attempt > 1 ? `will try again: ${job.error ?? "retried"}` : job.message;
  return (
    <div class="prog">
      <div class="said">
        <span class={`cut ${job.status === "error" ? "bad" : ""}`} title={said ?? undefined}>{said ?? (job.status === "pending" ? "waits for a producer" : "")}</span>
        <b>{percent(job.progress)}</b>
      </div>
      <Bar value={job.progress} label={`Progress of ${name}`} status={job.status} />
    </div>
  );
}

function Acts({ job, name, scopes }: { job: QueueJob; name: string; scopes: readonly string[] }) {
  const may = allowed(job.status, scopes);
  const button = (icon: IconName, word: string, on: () => void) => (
    <button type="button" class="btn plain icon" title={word} aria-label={`${word} ${name}`} onClick={on}><Icon name={icon} /></button>
  );
  return (
    <div class="acts">
      {may.retry && button("retry", "Retry", () => void act("retry", [job.id]))}
      {may.cancel && button("cancel", "Cancel", () => void stop([job]))}
      {may.kill && button("kill", "Kill", () => void stop([job]))}
      {may.remove && button("remove", "Delete", () => remove([job.id]))}
    </div>
  );
}

/** Cancels what waits and kills what runs, after asking once. Neither can be undone. */
export async function stop(jobs: readonly Pick<QueueJob, "id" | "status" | "name" | "filePath">[]): Promise<void> {
  const running = jobs.filter((job) => job.status === "running");
  const waiting = jobs.filter((job) => job.status === "pending");
  if (running.length + waiting.length === 0) return;
  const only = jobs.length === 1 ? `“${title(jobs[0]!)}”` : `${running.length + waiting.length} jobs`;
  const verb = running.length > 0 ? "Kill" : "Cancel";
  const text = running.length > 0
    ? "The producer learns it from its next call and stops. A killed job cannot be brought back."
    : "No producer will take it. A cancelled job cannot be brought back.";
  const reason = await ask({ title: `${verb} ${only}?`, text, yes: verb, reason: running.length > 0 });
  if (reason === null) return;
  if (running.length > 0) await act("kill", running.map((job) => job.id), reason);
  if (waiting.length > 0) await act("cancel", waiting.map((job) => job.id));
}
