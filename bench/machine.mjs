// On what it was measured.
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { at } from "../scripts/paths.mjs";
import { printed } from "../scripts/step.mjs";

const GB = 1024 ** 3;
const version = (name) => JSON.parse(readFileSync(at("node_modules", name, "package.json"), "utf8")).version;

export function machine() {
  const processors = cpus();
  return [
    `${processors.length} cores (${processors[0].model.trim()}), ${Math.round(totalmem() / GB)} GB, Linux ${release()}`,
    `workerd ${version("workerd")} by wrangler ${version("wrangler")}, Node ${process.versions.node}, ${printed("rustc", "-V")}, hono ${version("hono")}`,
    `commit ${printed("git", "rev-parse", "--short", "HEAD") ?? "unknown"}${printed("git", "status", "--porcelain", "--untracked-files=no") ? " with changes" : ""}, ${new Date().toISOString().slice(0, 10)}`,
  ];
}

/** Processes that wanted the processor, on the average of the last minute. */
export const busy = () => loadavg()[0].toFixed(1);
