// The values of options, from the words of the command line to those of the service.
import { Misuse } from "./arguments.mjs";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `30d`, `12h`, `15m` or `90s`, in seconds. */
export function lifetime(text) {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? refuse("--expires", "a time like 30d, 12h, 15m or 90s", text);
  return Number(count) * SECONDS[unit];
}

export function wholeHours(text) {
  return /^\d+$/.test(text) ? Number(text) : refuse("--retention", "a whole number of hours", text);
}

export function onOff(text) {
  return { on: true, off: false }[text] ?? refuse("--public", "on or off", text);
}

export function scopeList(text) {
  const scopes = text.split(",").map((scope) => scope.trim()).filter(Boolean);
  return scopes.length > 0 ? scopes : refuse("--scopes", "one scope or several with commas between, like jobs:read,jobs:worker", text);
}

function refuse(option, wanted, text) {
  throw new Misuse(`${option} takes ${wanted}, not “${text}”.`);
}
