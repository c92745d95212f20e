// The table of jobs: what lists answered, and what the project's feed told since. Pure: a state and a batch make the next state.
// Invariant: a job stands in it once, and an event that is told twice changes nothing the second time.
import { listedChange } from "#jobcast-client";
import type { JobHappening } from "#jobcast-client";
import { isQueueFinal } from "./types.ts";
import type { QueueEvent, QueueJob, QueueStatus, Stats } from "./types.ts";

/** An event that tells of a job. */
export type Notice = Exclude<QueueEvent, { type: "connected" | "reset" }>;

export interface Table {
  jobs: ReadonlyMap<string, QueueJob>;
  stats: Stats | null;
  /** Jobs that the feed named and no list has shown yet: their names are still to be fetched. */
  strangers: ReadonlySet<string>;
  /** A job of which we did not know where it stood has moved: the counters must be read again. */
  unsure: boolean;
}

export const emptyTable: Table = { jobs: new Map(), stats: null, strangers: new Set(), unsure: false };

/** What a list answered is the truth of its moment: what the feed told after `since`, when the list was asked for, is newer. */
export function withListed(table: Table, listed: readonly QueueJob[], since = Infinity): Table {
  const jobs = new Map(table.jobs);
  const strangers = new Set(table.strangers);
  for (const job of listed) {
    const told = table.jobs.get(job.id);
    jobs.set(job.id, told?.touched && told.touched > since ? { ...job, ...newer(told) } : job);
    strangers.delete(job.id);
  }
  return { ...table, jobs, strangers };
}

const newer = ({ status, progress, attempt, error, startedAt, completedAt, scheduledFor, touched }: QueueJob) =>
  ({ status, progress, attempt, error, startedAt, completedAt, scheduledFor, touched: touched ?? 0 });

export const withStats = (table: Table, stats: Stats): Table => ({ ...table, stats, unsure: false });

export function withoutJob(table: Table, id: string): Table {
  const jobs = new Map(table.jobs);
  jobs.delete(id);
  return { ...table, jobs };
}

/** What a batch of the feed makes of the table. */
export function withNotices(table: Table, notices: readonly Notice[]): Table {
  const next = {
    jobs: new Map(table.jobs), stats: table.stats && { ...table.stats }, strangers: new Set(table.strangers), unsure: table.unsure,
  };
  for (const notice of notices) take(next, notice);
  return next;
}

interface Draft {
  jobs: Map<string, QueueJob>;
  stats: Stats | null;
  strangers: Set<string>;
  unsure: boolean;
}

function take(draft: Draft, notice: Notice): void {
  const id = notice.data.jobId;
  const known = draft.jobs.get(id);
  if (notice.type === "job:deleted") return remove(draft, id, known);
  if (notice.type === "job:created" && known) return;
  const { updatedAt, ...change } = listedChange(notice);
  const before = known ?? stub(id, notice, updatedAt);
  if (!known) draft.strangers.add(id);
  draft.jobs.set(id, { ...before, ...change, touched: Number(notice.id) });
  if (change.status) count(draft, known ? known.status : cameFrom(notice), change.status);
}

function remove(draft: Draft, id: string, known: QueueJob | undefined): void {
  draft.jobs.delete(id);
  draft.strangers.delete(id);
  if (!known) draft.unsure = true;
  else if (draft.stats) {
    draft.stats[known.status] -= 1;
    draft.stats.total -= 1;
  }
}

/** `from` null is a new job; undefined one of which only the counters know where it stood. */
function count(draft: Draft, from: QueueStatus | null | undefined, to: QueueStatus): void {
  if (!draft.stats || from === to) return;
  if (from === undefined) {
    draft.unsure = true;
    return;
  }
  if (from) draft.stats[from] -= 1;
  else draft.stats.total += 1;
  draft.stats[to] += 1;
}

/** Where a job must have stood before, by the rules of its states. */
function cameFrom({ type, data }: JobHappening): QueueStatus | null | undefined {
  switch (type) {
    case "job:created": return null;
    case "job:started": return "pending";
    case "job:retry": return data.error === null ? "error" : "running";
    case "job:completed": case "job:error": return "running";
    default: return undefined;
  }
}

const stub = (id: string, { type, data }: JobHappening, at: string): QueueJob => ({
  id, name: null, filePath: "filePath" in data ? data.filePath : null, status: type === "job:progress" ? "running" : "pending", priority: 2,
  progress: 0, message: null, attempt: 1, maxAttempts: 3, error: null, createdAt: type === "job:created" ? at : UNKNOWN, startedAt: null,
  completedAt: null, scheduledFor: null, partial: true,
});

/** When a job was created of which nobody has told. */
export const UNKNOWN = new Date(0).toISOString();

/** The strangers that would be shown now: `floors` tells how far down each listed tab reaches, null for all the way. */
export function strangersInSight({ jobs, strangers }: Table, floors: ReadonlyMap<string, string | null>): string[] {
  const listed = [...floors];
  return [...strangers].filter((id) => listed.some(([tab, floor]) => (tab === "" || tab === jobs.get(id)?.status) && (!floor || id >= floor)));
}

/** A page that stays open for days holds the newest jobs only; null while there are few enough. */
export function trimmed(table: Table, most: number): { table: Table; floor: string } | null {
  if (table.jobs.size <= most) return null;
  const kept = [...table.jobs.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, Math.floor(most * 0.8));
  return { table: { ...table, jobs: new Map(kept.map((job) => [job.id, job])) }, floor: kept.at(-1)!.id };
}

/** Which jobs a page of the table shows, newest first. */
export interface Sight {
  status: QueueStatus | null;
  search: string;
  /** Older jobs than this one have not been listed here yet; null when all have. */
  floor: string | null;
  /** With what only the feed told of: all that there is, for who may not read lists. */
  partial?: boolean;
  /** Deleted a moment ago; it can still be undone. */
  hidden: ReadonlySet<string>;
}

export function seen(table: Table, { status, search, floor, hidden, partial = false }: Sight): QueueJob[] {
  const wanted = search.trim().toLowerCase();
  const rows = [...table.jobs.values()].filter((job) =>
    (partial || !job.partial) && !hidden.has(job.id) && (!status || job.status === status) && (wanted ? matches(job, wanted) : !floor || job.id >= floor),
  );
  return rows.sort((a, b) => (a.id < b.id ? 1 : -1)); // a ULID sorts by time
}

const matches = (job: QueueJob, wanted: string): boolean =>
  [job.name, job.filePath, job.id].some((field) => field?.toLowerCase().includes(wanted));

export interface Allowed {
  retry: boolean;
  cancel: boolean;
  kill: boolean;
  remove: boolean;
}

/** What the service would take now from somebody with these scopes. A pending job may be held by a producer; then the service refuses. */
export function allowed(status: QueueStatus, scopes: readonly string[]): Allowed {
  const manage = scopes.includes("jobs:manage");
  return {
    retry: manage && status === "error",
    cancel: manage && status === "pending",
    kill: scopes.includes("jobs:kill") && status === "running",
    remove: manage && (isQueueFinal(status) || status === "pending"),
  };
}
