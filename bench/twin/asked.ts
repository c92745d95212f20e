// What requests ask for, checked as the contract says. What an object only keeps and shows comes out as text, so that it is encoded once.
import type { Fields } from "./body.js";
import * as field from "./fields.js";
import { refuse, refuseField } from "./problem.js";

const SHORT = 200;
const BODY = 256 * 1024;
const SUB_PROGRESS = 64 * 1024;
const STAGES = 100;
const LINE = 16 * 1024;
const ENTRIES = 1_000;
const LEVELS = new Map(["trace", "debug", "info", "warn", "error", "fatal"].map((level) => [level, level])).set("warning", "warn");
// Control characters, commas and asterisks have a meaning of their own in a stream's names.
const STAGE = /^(?!\s)[^\p{Cc},*]{1,64}(?<!\s)$/u;

export interface Created {
  name: string | null;
  filePath: string | null;
  topic: string | null;
  priority: number;
  payload: unknown;
  meta: Fields;
  stages: string[];
  maxAttempts: number;
  timeoutSeconds: number;
  scheduledFor: number | null;
}

export function created(value: unknown, at = "body"): Created {
  const fields = field.objectOf(value, at);
  const stages = field.texts(fields, "stages") ?? [];
  if (stages.length > STAGES) refuseField("stages", `stages has more than ${STAGES} names.`);
  stages.forEach((name, index) => {
    const isGood = STAGE.test(name) && stages.indexOf(name) === index;
    if (!isGood) refuseField(`stages[${index}]`, `stages are different names of 1 to 64 characters, without comma or asterisk.`);
  });
  return {
    name: field.text(fields, "name", SHORT),
    filePath: field.text(fields, "filePath", 4_096),
    topic: field.text(fields, "topic", 2_000),
    priority: field.whole(fields, "priority", 1, 3) ?? 2,
    payload: fields.payload ?? null,
    meta: field.object(fields, "meta") ?? {},
    stages,
    maxAttempts: field.whole(fields, "maxAttempts", 1, 25) ?? 3,
    timeoutSeconds: field.whole(fields, "timeoutSeconds", 1, 86_400) ?? 300,
    scheduledFor: field.time(fields, "scheduledFor"),
  };
}

export function creation(body: unknown): Created[] {
  if (!Array.isArray(body)) return [created(body)];
  if (body.length === 0 || body.length > 100) refuseField("body", "Name 1 to 100 jobs at once.");
  return body.map((entry, index) => created(entry, `[${index}]`));
}

export interface Progress {
  percent: number;
  message: string | null;
  subProgress: Fields | null;
  /** As its event shows it. */
  data: string;
}

export function progress(body: unknown): Progress {
  const fields = field.objectOf(body);
  const report = { percent: field.percent(fields), message: field.text(fields, "message", BODY), subProgress: subProgress(fields) };
  const { percent, message, subProgress: parts } = report;
  return { ...report, data: JSON.stringify({ percent, message: message ?? undefined, subProgress: parts ?? undefined }) };
}

function subProgress(fields: Fields): Fields | null {
  const parts = field.object(fields, "subProgress");
  if (!parts) return null;
  const names = Object.keys(parts);
  if (names.length > STAGES) refuseField("subProgress", `subProgress has at most ${STAGES} entries.`);
  for (const name of names) {
    const part = field.objectOf(parts[name], `subProgress.${name}`);
    field.percent(part, `subProgress.${name}.`);
    field.text(part, "message", BODY, `subProgress.${name}.`);
  }
  if (JSON.stringify(parts).length > SUB_PROGRESS) refuse("too_large", `subProgress is larger than ${SUB_PROGRESS} bytes.`, { field: "subProgress" });
  return parts;
}

export interface Poll {
  count: number;
  names: string[];
}

export function poll(body: unknown): Poll {
  const fields = field.objectOf(body);
  const names = [...new Set(field.texts(fields, "names") ?? [])];
  if (names.length > 50) refuseField("names", "names has at most 50 entries.");
  field.whole(fields, "waitSeconds", 0, 20);
  return { count: field.whole(fields, "count", 1, 50) ?? 1, names };
}

/** Lines as they are stored, but for the number that the object gives each: what follows `{"seq":…`. */
export function lines(entries: unknown[]): string[] {
  if (entries.length === 0) refuseField("logs", "logs must have at least one entry.");
  if (entries.length > ENTRIES) refuse("too_large", `A batch has at most ${ENTRIES} entries: send several.`, { field: "logs" });
  const now = new Date().toISOString();
  return entries.map((entry, index) => line(entry, index, now));
}

function line(entry: unknown, index: number, now: string): string {
  if (typeof entry === "string") return `,"level":"info","message":${message(entry, index)},"timestamp":"${now}"}`;
  const at = `logs[${index}].`;
  const fields = field.objectOf(entry, `logs[${index}]`);
  const level = LEVELS.get(String(fields.level ?? "info").toLowerCase()) ?? refuseField(`${at}level`, `${at}level must be trace, debug, info, warn, error or fatal.`);
  const timestamp = fields.timestamp === undefined ? null : field.time(fields, "timestamp", at);
  const told = timestamp === null ? now : new Date(timestamp).toISOString();
  const source = field.text(fields, "source", SHORT, at);
  const metadata = JSON.stringify(fields.metadata ?? null);
  if (metadata.length > LINE) refuse("too_large", `${at}metadata is longer than ${LINE} bytes.`, { field: `${at}metadata` });
  const more = (source === null ? "" : `,"source":${JSON.stringify(source)}`) + (metadata === "null" ? "" : `,"metadata":${metadata}`);
  return `,"level":"${level}","message":${message(fields.message, index)},"timestamp":"${told}"${more}}`;
}

const encoder = new TextEncoder();

function message(value: unknown, index: number): string {
  if (typeof value !== "string") return refuseField(`logs[${index}].message`, `logs[${index}].message must be a string.`);
  // A character has three bytes at the most: only a long text is counted byte by byte.
  if (value.length * 3 > LINE && encoder.encode(value).length > LINE) {
    refuse("too_large", `logs[${index}] is longer than ${LINE} bytes.`, { field: `logs[${index}]` });
  }
  return JSON.stringify(value);
}
