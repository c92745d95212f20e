// Single fields of a body, each refusal naming its field. Written by hand: a schema library cannot compile its checks in a Worker.
import type { Fields } from "./body.js";
import { refuseField } from "./problem.js";

export function objectOf(value: unknown, at = "body"): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuseField(at, `${at} must be a JSON object.`);
  return value as Fields;
}

/** A non-empty text of at most `cap` characters, without NUL. */
export function text(fields: Fields, name: string, cap: number, at = ""): string | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "string") return refuseField(at + name, `${at}${name} must be a string.`);
  if (value === "" || value.length > cap || value.includes("\0")) {
    return refuseField(at + name, `${at}${name} must be a non-empty string of at most ${cap} characters, without NUL.`);
  }
  return value;
}

export function whole(fields: Fields, name: string, low: number, high: number): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    return refuseField(name, `${name} must be a whole number from ${low} to ${high}.`);
  }
  return value as number;
}

export function percent(fields: Fields, at = ""): number {
  const value = fields.percent;
  if (typeof value !== "number" || !(value >= 0 && value <= 100)) {
    return refuseField(`${at}percent`, `${at}percent is required: a number from 0 to 100.`);
  }
  return value;
}

export function object(fields: Fields, name: string): Fields | null {
  const value = fields[name] ?? null;
  return value === null ? null : objectOf(value, name);
}

export function texts(fields: Fields, name: string): string[] | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string" && entry !== "")) {
    return refuseField(name, `${name} must be a list of non-empty strings.`);
  }
  return value as string[];
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** ISO 8601 with an offset, as ms since 1970. */
export function time(fields: Fields, name: string, at = ""): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  const parsed = typeof value === "string" && ISO.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? refuseField(at + name, `${at}${name} must be a time such as 2026-03-01T09:21:01.120Z.`) : parsed;
}
