// The dashboard's build: dashboard/ and the client library → dashboard/dist, which the Worker serves as static assets, with
// openapi.json beside it; only when something changed.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildClient } from "./client.mjs";
import { at, NODE, PINNED_ENV } from "./paths.mjs";
import { run, step } from "./step.mjs";

const SOURCES = ["openapi.json", "dashboard/index.html", "dashboard/vite.config.ts", "dashboard/tsconfig.json", "dashboard/src", "dashboard/public", "client/src", "client/tsconfig.json", "package-lock.json"];
const PAGE = at("dashboard", "dist", "index.html");
// Beside the Worker's, not in dist: what lies there is served.
const STAMP = at("build", "dashboard-stamp.json");
const VITE = at("node_modules", "vite", "bin", "vite.js");

export async function buildDashboard() {
  const before = hashOfSources();
  if (existsSync(PAGE) && existsSync(STAMP) && JSON.parse(readFileSync(STAMP, "utf8")).hash === before) return;
  await buildClient();
  await step("Build the dashboard", () => run(NODE, [VITE, "build", "dashboard", "--logLevel", "warn"], { env: PINNED_ENV }));
  copyFileSync(at("openapi.json"), at("dashboard", "dist", "openapi.json"));
  // A source that was saved while Vite ran may or may not be in the result: then there is no stamp, and the next build decides.
  if (hashOfSources() !== before) return;
  mkdirSync(at("build"), { recursive: true });
  writeFileSync(STAMP, JSON.stringify({ hash: before }) + "\n");
}

/** Bytes that a browser fetches before it shows the first page, gzipped: the page itself and what it names. */
export function firstPageSize() {
  const page = readFileSync(PAGE, "utf8");
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path]) => at("dashboard", "dist", path));
  return [PAGE, ...named].reduce((sum, path) => sum + gzipSync(readFileSync(path), { level: 9 }).length, 0);
}

function hashOfSources() {
  const hash = createHash("sha256");
  for (const path of SOURCES.flatMap(filesIn)) hash.update(path).update("\0").update(readFileSync(at(path)));
  return hash.digest("hex");
}

function filesIn(path) {
  if (!statSync(at(path)).isDirectory()) return [path];
  return readdirSync(at(path)).sort().flatMap((name) => filesIn(join(path, name)));
}
