// All jobs of the project, live.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { leaving } from "../live/actions.ts";
import { more, reaches, seek, table } from "../live/feed.ts";
import { go } from "../live/route.ts";
import { may, scopesOf, who } from "../live/session.ts";
import { useNow, useStore } from "../live/store.ts";
import { count, plural } from "../model/format.ts";
import { seen } from "../model/table.ts";
import { QUEUE_STATUSES } from "../model/types.ts";
import type { QueueJob, QueueStatus } from "../model/types.ts";
import { Empty } from "../parts/empty.tsx";
import { Needs } from "../parts/needs.tsx";
import { Icon, STATUS_WORDS } from "../parts/icons.tsx";
import { BulkBar } from "../parts/bulk.tsx";
import { JobRow } from "../parts/job-row.tsx";
import { useTableKeys } from "../parts/table-keys.ts";

const SEEK_MS = 300;
// Rows cost the browser, so that a long list is drawn by and by.
const DRAWN = 200;

export function JobsPage({ query }: { query: URLSearchParams }) {
  const asked = query.get("status") as QueueStatus | null;
  const status = asked && QUEUE_STATUSES.includes(asked) ? asked : null;
  const reads = scopesOf(useStore(who)).includes("jobs:read");
  const { rows, search, setSearch, reach } = useRows(status, query.get("q") ?? "", reads);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [drawn, setDrawn] = useState(DRAWN);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { setChosen(new Set()); setDrawn(DRAWN); }, [status]);
  const selection = useMemo(() => rows.filter((job) => chosen.has(job.id)), [rows, chosen]);
  const toggle = (id: string) => setChosen((now) => { const next = new Set(now); if (!next.delete(id)) next.add(id); return next; });
  const clear = () => setChosen(new Set());
  useTableKeys({ rows, selection, field, clear: () => { clear(); setSearch(""); } });
  return (
    <>
      <div class="pagehead"><h1>Jobs</h1></div>
      {!reads && <div class="above"><Needs scope="jobs:read">This key sees progress only: jobs show as they move. Names, older jobs and the counters are not for it.</Needs></div>}
      <Tabs status={status} search={search} />
      <div class="toolbar">
        {selection.length > 0 ? <BulkBar jobs={selection} clear={clear} /> : <Search field={field} value={search} onInput={setSearch} />}
      </div>
      {reach?.error && <p class="notice bad" role="alert">{reach.error} <button type="button" class="btn small" onClick={() => more(status)}>Try again</button></p>}
      <section class="card" aria-label="Jobs" aria-busy={reads && (reach?.loading ?? true)}>
        {rows.length > 0 && <Rows rows={rows.slice(0, drawn)} chosen={chosen} toggle={toggle} all={() => setChosen(chosen.size ? new Set() : new Set(rows.map((job) => job.id)))} />}
        {rows.length === 0 && !reach?.error && <Nothing status={status} search={search} loading={reads && (!reach || reach.loading)} />}
        {(rows.length > drawn || reach?.cursor) && !search && (
          <div class="more">
            <button type="button" class="btn" disabled={reach?.loading} onClick={() => { if (rows.length > drawn) setDrawn(drawn + DRAWN); else { setDrawn(drawn + DRAWN); void more(status); } }}>
              {reach?.loading ? "Loading …" : "Show older jobs"}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

/** With the search in it, so that whoever opens a job and comes back finds the list as it was. */
function address(status: QueueStatus | null, search: string): string {
  const query = new URLSearchParams({ ...(status && { status }), ...(search && { q: search }) }).toString();
  return query ? `/?${query}` : "/";
}

function useRows(status: QueueStatus | null, asked: string, reads: boolean) {
  const [search, setSearch] = useState(asked);
  const now = useStore(table);
  const hidden = useStore(leaving);
  const reach = useStore(reaches, (all) => all.get(status ?? ""));
  useEffect(() => { if (reads && !reach) void more(status); }, [status, reach]);
  useEffect(() => go(address(status, search), { replace: true }), [search]);
  useEffect(() => {
    const exact = search.trim();
    if (!exact || !reads) return;
    const asking = new AbortController();
    const timer = setTimeout(() => void seek(exact, asking.signal), SEEK_MS);
    return () => { clearTimeout(timer); asking.abort(); };
  }, [search]);
  const floor = reach?.cursor ?? null;
  const rows = useMemo(() => seen(now, { status, search, floor, hidden, partial: !reads }), [now.jobs, status, search, floor, hidden]);
  return { rows, search, setSearch, reach };
}

function Tabs({ status, search }: { status: QueueStatus | null; search: string }) {
  const stats = useStore(table, (now) => now.stats);
  const tab = (to: QueueStatus | null, name: string, number: number | undefined) => (
    <a key={name} href={address(to, search)} aria-current={to === status ? "page" : undefined}>
      {name}
      <span class={`n ${to === "error" && number ? "alarm" : ""}`} data-count={to ?? "total"}>{number === undefined ? "" : count(Math.max(0, number))}</span>
    </a>
  );
  return (
    <nav class="tabs" aria-label="Jobs by state">
      {tab(null, "All", stats?.total)}
      {QUEUE_STATUSES.map((one) => tab(one, STATUS_WORDS[one], stats?.[one]))}
    </nav>
  );
}

function Search({ field, value, onInput }: { field: { current: HTMLInputElement | null }; value: string; onInput: (text: string) => void }) {
  return (
    <label class="search">
      <span class="sr">Search by name, path or id</span>
      <Icon name="search" />
      <input ref={field} class="input" type="search" placeholder="Search by name, path or id" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

interface RowsProps {
  rows: QueueJob[];
  chosen: ReadonlySet<string>;
  toggle: (id: string) => void;
  all: () => void;
}

function Rows({ rows, chosen, toggle, all }: RowsProps) {
  const now = useNow(10_000);
  const scopes = scopesOf(useStore(who));
  const acts = scopes.includes("jobs:manage") || scopes.includes("jobs:kill");
  return (
    <table class={`jobs ${acts ? "" : "readonly"}`}>
      <thead>
        <tr>
          <th class="c-check" scope="col"><input type="checkbox" aria-label="Select all listed jobs" checked={chosen.size > 0 && chosen.size === rows.length} onChange={all} /></th>
          <th scope="col">Job</th>
          <th class="c-progress" scope="col">Progress</th>
          <th class="c-small" scope="col">Priority</th>
          <th class="c-small" scope="col">Attempt</th>
          <th class="c-when" scope="col">Time</th>
          <th class="c-acts" scope="col"><span class="sr">Actions</span></th>
        </tr>
      </thead>
      <tbody>
        {rows.map((job) => <JobRow key={job.id} job={job} chosen={chosen.has(job.id)} toggle={toggle} now={now} scopes={scopes} />)}
      </tbody>
    </table>
  );
}

function Nothing({ status, search, loading }: { status: QueueStatus | null; search: string; loading: boolean }) {
  const known = useStore(table, (now) => now.jobs.size);
  const total = useStore(table, (now) => now.stats?.total);
  if (loading) return <Skeleton />;
  if (search) {
    return (
      <Empty title={`No job matches “${search}”`}>
        <p>Looked through {plural(known, "loaded job")} for a part of name, path or id, and through all for exactly this name or path.</p>
      </Empty>
    );
  }
  if (status) return <Empty title={`No ${STATUS_WORDS[status].toLowerCase()} jobs`}><p>They appear here by themselves.</p></Empty>;
  if (total) return <Empty title="Nothing to show" />;
  if (!may("jobs:create")) return <Empty title="Nothing moves now"><p>Jobs appear here by themselves as soon as they do something.</p></Empty>;
  return (
    <Empty title="No jobs yet">
      <p>Create the first one from a terminal and watch it move here. It takes a minute.</p>
      <button type="button" class="btn primary" onClick={() => go("/start")}>Show me how</button>
    </Empty>
  );
}

const Skeleton = () => (
  <div class="pad stack" role="status" aria-label="Loading jobs">
    {[62, 48, 71, 40, 55].map((width) => <span key={width} class="skeleton" style={{ width: `${width}%` }} />)}
  </div>
);
