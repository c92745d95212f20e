// How durations, times and names are written.

export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, "min", seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, "h", minutes % 60, "min");
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

const pair = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;

/** “3 min ago”, coarse on purpose: it stands in a list that is not redrawn each second. */
export function ago(iso: string | null, now: number, never = "never"): string {
  if (!iso) return never;
  const ms = now - Date.parse(iso);
  if (ms < 10_000) return "just now";
  return `${coarse(ms)} ago`;
}

function coarse(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const clock = (at: number): string => clockFormat.format(at);
export const date = (iso: string | null): string => (iso ? dateFormat.format(Date.parse(iso)) : "–");

const countFormat = new Intl.NumberFormat("en");
export const count = (number: number): string => countFormat.format(number);

/** A job without a name goes by its path's last part, else by its id. A name of blanks is none: nobody could see it, or click on it. */
export const title = (job: { id: string; name: string | null; filePath: string | null }): string =>
  job.name?.trim() || job.filePath?.split("/").findLast((part) => part.trim()) || shortId(job.id);

/** The end of a ULID is what differs. */
export const shortId = (id: string): string => `${id.slice(0, 4)}…${id.slice(-6)}`;

export const percent = (value: number): string => `${Math.floor(value)} %`;
export const plural = (number: number, one: string, many = `${one}s`): string => `${count(number)} ${number === 1 ? one : many}`;
