// What the service wrote to its log: one JSON line per happening, among lines of other kinds.
import { readFileSync } from "node:fs";
import { place } from "./place.mjs";

export function happenings(event, job) {
  const lines = readFileSync(place.log, "utf8").split("\n").filter((line) => line.includes(`"${event}"`));
  return lines.map((line) => JSON.parse(line.slice(line.indexOf("{")))).filter((entry) => entry.job === job.id);
}
