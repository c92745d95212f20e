// What a person does to jobs: at once, after a confirmation, or after a moment in which it can be undone.
import { table } from "./feed.ts";
import { call, post, sentence } from "./api.ts";
import { createStore } from "./store.ts";
import { title } from "../model/format.ts";
import { withoutJob } from "../model/table.ts";

export type Action = "retry" | "cancel" | "kill";

export interface Notice {
  id: number;
  text: string;
  bad: boolean;
  undo?: () => void;
}

export const notices = createStore<readonly Notice[]>([]);
/** Deleted for the eye, and in a moment for good. */
export const leaving = createStore<ReadonlySet<string>>(new Set());

const UNDO_MS = 6_000;
const SHOWN_MS = 6_000;
let made = 0;

export function say(text: string, { bad = false, undo, ms = SHOWN_MS }: { bad?: boolean; undo?: () => void; ms?: number } = {}): () => void {
  const id = ++made;
  const away = () => notices.update((now) => now.filter((notice) => notice.id !== id));
  notices.update((now) => [...now.slice(-3), { id, text, bad, ...(undo && { undo: () => { undo(); away(); } }) }]);
  setTimeout(away, bad ? ms * 2 : ms);
  return away;
}

const DONE: Record<Action, string> = { retry: "will be tried again", cancel: "cancelled", kill: "killed" };

/** Several at a time, a few in flight; says how it went in one sentence. */
export async function act(action: Action, ids: readonly string[], reason?: string): Promise<void> {
  const failures: string[] = [];
  await inTurns(ids, async (id) => {
    const body = action === "kill" ? (reason ? { reason } : {}) : undefined;
    await post(`/api/v1/jobs/${id}/${action}`, body).catch((error) => failures.push(sentence(error)));
  });
  const done = ids.length - failures.length;
  if (done > 0) say(`${subject(ids, done)} ${DONE[action]}.`);
  if (failures.length > 0) say(failures.length === 1 ? failures[0]! : `${failures.length} of ${ids.length} were refused: ${failures[0]}`, { bad: true });
}

function subject(ids: readonly string[], done: number): string {
  const only = ids.length === 1 ? table.get().jobs.get(ids[0]!) : undefined;
  if (only) return `“${title(only)}”`;
  return done === 1 ? "1 job" : `${done} jobs`;
}

async function inTurns(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const left = [...ids];
  const worker = async () => {
    for (let id = left.shift(); id; id = left.shift()) await work(id);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

const pending = new Map<string, ReturnType<typeof setTimeout>>();

/** Takes jobs out of sight, and deletes them when nobody has undone it. */
export function remove(ids: readonly string[]): void {
  const what = subject(ids, ids.length);
  leaving.update((now) => new Set([...now, ...ids]));
  const timer = setTimeout(() => void deleteNow(ids), UNDO_MS);
  for (const id of ids) pending.set(id, timer);
  say(`${what} deleted.`, { ms: UNDO_MS, undo: () => { clearTimeout(timer); settle(ids); } });
}

function settle(ids: readonly string[]): void {
  for (const id of ids) pending.delete(id);
  leaving.update((now) => new Set([...now].filter((id) => !ids.includes(id))));
}

async function deleteNow(ids: readonly string[], keepalive = false): Promise<void> {
  const failures: string[] = [];
  await inTurns(ids, async (id) => {
    try {
      await call("DELETE", `/api/v1/jobs/${id}`, { keepalive });
      if (!table.get().stats) table.update((now) => withoutJob(now, id));
    } catch (error) {
      failures.push(sentence(error));
    }
  });
  // The feed takes them out of the table; one that it told of before is gone already.
  setTimeout(() => settle(ids), 2_000);
  if (failures.length > 0) say(`Not deleted: ${failures[0]}`, { bad: true });
}

/** Who leaves has stopped considering: what was deleted goes, while there is a session that may. */
export async function deletePending(keepalive = false): Promise<void> {
  const ids = [...pending.keys()];
  for (const timer of pending.values()) clearTimeout(timer);
  pending.clear();
  notices.update((now) => now.filter((notice) => !notice.undo));
  if (ids.length > 0) await deleteNow(ids, keepalive);
}

addEventListener("pagehide", () => void deletePending(true));

export const undoLast = (): void => notices.get().findLast((notice) => notice.undo)?.undo?.();
