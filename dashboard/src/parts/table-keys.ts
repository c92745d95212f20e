// The table by keyboard. The focus itself moves, so that a screen reader follows and Enter opens by itself.
import { useEffect } from "preact/hooks";
import { act, remove, undoLast } from "../live/actions.ts";
import { scopesOf, who } from "../live/session.ts";
import { allowed } from "../model/table.ts";
import type { QueueJob } from "../model/types.ts";
import { stop } from "./job-row.tsx";
import { typingFree } from "./keyboard.ts";

interface Table {
  rows: QueueJob[];
  selection: QueueJob[];
  field: { current: HTMLInputElement | null };
  clear: () => void;
}

export function useTableKeys(table: Table): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && event.target === table.field.current) return escape(table);
      if (typingFree(event) && command(event.key, table)) event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

const links = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-row]")];
const rowOf = (element: Element | null): HTMLElement | null => element?.closest<HTMLElement>("tr[data-job]") ?? null;

function step(by: number): void {
  const all = links();
  const row = rowOf(document.activeElement);
  const at = row ? all.findIndex((link) => rowOf(link) === row) : by > 0 ? -1 : all.length;
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function escape({ clear, field }: Table): void {
  clear();
  field.current?.blur();
}

/** True when the key meant something. */
function command(key: string, table: Table): boolean {
  switch (key) {
    case "j": step(1); return true;
    case "k": step(-1); return true;
    case "/": table.field.current?.focus(); return true;
    case "x": rowOf(document.activeElement)?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click(); return true;
    case "u": undoLast(); return true;
    case "Escape": escape(table); return true;
    default: return toJobs(key, table);
  }
}

function toJobs(key: string, { rows, selection }: Table): boolean {
  const id = rowOf(document.activeElement)?.dataset.job;
  const jobs = selection.length > 0 ? selection : rows.filter((job) => job.id === id);
  const scopes = scopesOf(who.get());
  const ids = (what: "retry" | "remove") => jobs.filter((job) => allowed(job.status, scopes)[what]).map((job) => job.id);
  if (jobs.length === 0) return false;
  if (key === "r" && ids("retry").length > 0) void act("retry", ids("retry"));
  else if (key === "c") void stop(jobs.filter((job) => allowed(job.status, scopes).cancel || allowed(job.status, scopes).kill));
  else if (key === "#" && ids("remove").length > 0) remove(ids("remove"));
  else return false;
  return true;
}
