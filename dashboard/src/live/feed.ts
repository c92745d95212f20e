// The project's jobs, live: lists for what was, the feed for what happens. Nothing is asked at intervals; lists are read when a
// page is first shown, when the feed names a job that no list has shown, and when the feed says that it cannot go on (`reset`).
import { Refused, watchProject } from "#jobcast-client";
import { emptyTable, strangersInSight, trimmed, withListed, withNotices, withoutJob, withStats } from "../model/table.ts";
import type { Notice } from "../model/table.ts";
import { queueWord } from "../model/types.ts";
import type { Job, QueueEvent, QueueJob, QueueStatus, Stats } from "../model/types.ts";
import { get, sentence } from "./api.ts";
import { confirmSession, lost, may } from "./session.ts";
import { createStore } from "./store.ts";
import { createConnection, UNCONNECTED, watched } from "./watched.ts";
import type { Watched } from "./watched.ts";

interface Page {
  jobs: QueueJob[];
  total: number;
  nextCursor: string | null;
}

/** How far down a tab has been listed. */
export interface Reach {
  loading: boolean;
  error: string | null;
  cursor: string | null;
}

export const table = createStore(emptyTable);
export const connection = createConnection();
export const reaches = createStore<ReadonlyMap<string, Reach>>(new Map());
export const resets = createStore(0);

const FILL_MS = 150;
// Where jobs come all the time, their names are fetched together.
const BETWEEN_FILLS_MS = 1_500;
const RECOUNT_MS = 800;
const RECOUNT_LONGEST_MS = 60_000;
// A few jobs are asked for one by one; more are cheaper as a page.
const ONE_BY_ONE = 3;
const JOBS_HELD = 5_000;

let stream: Watched | null = null;
let filling: ReturnType<typeof setTimeout> | undefined;
let recounting: ReturnType<typeof setTimeout> | undefined;
let moved = false;
let filledAt = 0;
let known = false;
// An answer to what an earlier session asked is not for this one.
let session = 0;
let recountsFailed = 0;

export function startFeed(): void {
  // Who may not read lists learns of the jobs from what the feed still has of them.
  stream ??= watched<QueueEvent>((options) => watchProject(may("jobs:read") ? options : { ...options, cursor: 0 }), heard, connection);
}

export function stopFeed(): void {
  stream?.stop();
  stream = null;
  session += 1;
  connection.set(UNCONNECTED);
  known = false;
  clearTimeout(filling);
  clearTimeout(recounting);
  filling = recounting = undefined;
  recountsFailed = 0;
  table.set(emptyTable);
  reaches.set(new Map());
}

let phase = connection.get().phase;

connection.watch(() => {
  const before = phase;
  const now = connection.get();
  phase = now.phase;
  if (now.status === 401) lost("Your session is over. Sign in again.");
  // It ends a session's streams, so each new connection may be without one.
  else if (phase === "catching-up" && before !== phase) void confirmSession();
});

function heard(events: QueueEvent[]): void {
  const notices: Notice[] = [];
  for (const event of events) {
    if (event.type === "connected") begun();
    else if (event.type === "reset") startOver();
    else notices.push(event);
  }
  if (notices.length === 0) return;
  moved = true;
  table.update((now) => withNotices(now, notices));
  tidy();
}

/** The first lists are read only now that the feed is listening, so that nothing falls between them. */
function begun(): void {
  if (known || !may("jobs:read")) return;
  known = true;
  void recount();
}

function startOver(): void {
  resets.update((n) => n + 1);
  const listed = [...reaches.get().keys()];
  table.set(emptyTable);
  reaches.set(new Map());
  if (!may("jobs:read")) return;
  void recount();
  for (const tab of listed) void more(tab === "" ? null : (tab as QueueStatus));
}

/** Where in the feed we are: what it tells later is newer than a list that is asked for now. */
function place(): number {
  stream?.flush();
  return Number(connection.get().cursor || 0);
}

function tidy(): void {
  const { unsure } = table.get();
  const reads = may("jobs:read");
  if (reads && unnamed().length > 0) filling ??= setTimeout(fill, Math.max(FILL_MS, filledAt + BETWEEN_FILLS_MS - Date.now()));
  if (reads && unsure) recountSoon();
  const fewer = trimmed(table.get(), JOBS_HELD);
  if (!fewer) return;
  table.set(fewer.table);
  // What is below is listed again when somebody asks for it.
  reaches.update((now) => new Map([...now].map(([tab, reach]) => [tab, { ...reach, cursor: fewer.floor }])));
}

/** Those whose names the page lacks. One that is further down than anybody has looked moves without being asked for. */
const unnamed = (): string[] => strangersInSight(table.get(), new Map([...reaches.get()].map(([tab, { cursor }]) => [tab, cursor])));

/** Later each time that it fails: a service in trouble is not helped by being asked. */
function recountSoon(): void {
  recounting ??= setTimeout(recount, Math.min(RECOUNT_LONGEST_MS, RECOUNT_MS * 2 ** recountsFailed));
}

/** Counters that were read while jobs moved may count a move twice, so they are read again when it is quieter. */
async function recount(): Promise<void> {
  clearTimeout(recounting);
  recounting = undefined;
  moved = false;
  const asked = session;
  try {
    const stats = await get<Stats>("/queue/stats");
    if (asked !== session) return;
    recountsFailed = 0;
    table.update((now) => withStats(now, stats));
    if (moved) recountSoon();
  } catch (error) {
    if (asked !== session) return;
    recountsFailed += 1;
    if (error instanceof Refused && error.status === 403) return; // asking again would not help
    recountSoon();
  }
}

async function fill(): Promise<void> {
  const ids = unnamed();
  const since = place();
  const asked = session;
  const jobs = ids.length > ONE_BY_ONE ? await newest(ids) : await Promise.all(ids.map(one));
  if (asked !== session) return;
  filling = undefined;
  filledAt = Date.now();
  table.update((now) => ids.reduce((left, id) => forget(left, id), withListed(now, jobs.filter((job) => job !== null), since)));
  tidy();
}

/** A stranger that could not be fetched is not asked for again and again. */
function forget(now: ReturnType<typeof table.get>, id: string): typeof now {
  if (!now.strangers.has(id)) return now;
  const strangers = new Set(now.strangers);
  strangers.delete(id);
  return { ...withoutJob(now, id), strangers };
}

async function one(id: string): Promise<QueueJob | null> {
  const job = await get<Job>(`/api/v1/jobs/${id}`).catch(() => null);
  return job && { ...job, status: queueWord(job.status) };
}

async function newest(ids: string[]): Promise<QueueJob[]> {
  const page = await get<Page>("/queue/jobs?limit=100").catch(() => ({ jobs: [] as QueueJob[] }));
  const found = new Set(page.jobs.map((job) => job.id));
  const rest = await Promise.all(ids.filter((id) => !found.has(id)).slice(0, 100).map(one));
  return [...page.jobs, ...rest.filter((job) => job !== null)];
}

/** Lists the next page of a tab. */
export async function more(status: QueueStatus | null): Promise<void> {
  const tab = status ?? "";
  const reach = reaches.get().get(tab);
  if (reach?.loading || (reach && !reach.error && reach.cursor === null)) return;
  setReach(tab, { loading: true, error: null, cursor: reach?.cursor ?? null });
  const query = new URLSearchParams({ limit: "100", ...(status && { status }), ...(reach?.cursor && { cursor: reach.cursor }) });
  const since = place();
  const asked = session;
  try {
    const page = await get<Page>(`/queue/jobs?${query}`);
    if (asked !== session) return;
    table.update((now) => withListed(now, page.jobs, since));
    setReach(tab, { loading: false, error: null, cursor: page.nextCursor });
    tidy();
  } catch (error) {
    if (asked !== session) return;
    setReach(tab, { loading: false, error: sentence(error), cursor: reach?.cursor ?? null });
  }
}

function setReach(tab: string, reach: Reach): void {
  reaches.update((now) => new Map(now).set(tab, reach));
}

/** Asks the service for jobs of exactly this name or path, for those that no list has reached yet. */
export async function seek(exact: string, signal: AbortSignal): Promise<void> {
  const ask = (field: string) => get<Page>(`/queue/jobs?limit=100&${new URLSearchParams({ [field]: exact })}`, { signal }).catch(() => null);
  const since = place();
  const pages = await Promise.all([ask("name"), ask("filePath")]);
  const jobs = pages.flatMap((page) => page?.jobs ?? []);
  if (jobs.length > 0 && !signal.aborted) table.update((now) => withListed(now, jobs, since));
}
