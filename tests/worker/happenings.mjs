// What the service wrote to its log: one JSON line per happening, among lines of other kinds.
import { readFileSync } from "node:fs";
import { place } from "./place.mjs";

/** Of one job or one project, as the line names it. */
export function happenings(event, { id }) {
  const lines = readFileSync(place.log, "utf8").split("\n").filter((line) => line.includes(`"${event}"`));
  return lines.map((line) => JSON.parse(line.slice(line.indexOf("{")))).filter((entry) => entry.job === id || entry.project === id);
}
