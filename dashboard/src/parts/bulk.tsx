// What can be done to the selected jobs together.
import { act, remove } from "../live/actions.ts";
import { scopesOf, who } from "../live/session.ts";
import { useStore } from "../live/store.ts";
import { plural } from "../model/format.ts";
import { allowed } from "../model/table.ts";
import type { Allowed } from "../model/table.ts";
import type { QueueJob } from "../model/types.ts";
import { Icon } from "./icons.tsx";
import { stop } from "./job-row.tsx";

export function BulkBar({ jobs, clear }: { jobs: QueueJob[]; clear: () => void }) {
  const scopes = scopesOf(useStore(who));
  const which = (what: keyof Allowed) => jobs.filter((job) => allowed(job.status, scopes)[what]);
  const [retry, removable] = [which("retry"), which("remove")];
  const stoppable = jobs.filter((job) => allowed(job.status, scopes).cancel || allowed(job.status, scopes).kill);
  return (
    <div class="bulk" role="toolbar" aria-label="Selected jobs">
      <b role="status">{plural(jobs.length, "job")} selected</b>
      {retry.length > 0 && <button type="button" class="btn small" onClick={() => void act("retry", retry.map((job) => job.id)).then(clear)}><Icon name="retry" />Retry {retry.length}</button>}
      {stoppable.length > 0 && <button type="button" class="btn small" onClick={() => void stop(stoppable).then(clear)}><Icon name="kill" />Stop {stoppable.length}</button>}
      {removable.length > 0 && <button type="button" class="btn small danger" onClick={() => { remove(removable.map((job) => job.id)); clear(); }}><Icon name="remove" />Delete {removable.length}</button>}
      <button type="button" class="btn plain small" onClick={clear}>Clear</button>
    </div>
  );
}
