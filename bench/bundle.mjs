// What would be uploaded, gzipped, which is how Cloudflare counts: bytes.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { at } from "../scripts/paths.mjs";
import { wasmSize } from "../scripts/worker.mjs";

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

export async function bundles() {
  const jobcast = wasmSize().gzipped + gzipped(readFileSync(at("build", "index.js")));
  return { jobcast, twin: gzipped(await twinBundle()) };
}

/** The twin as one module. */
export async function twinBundle() {
  const { outputFiles } = await build({
    entryPoints: [at("bench", "twin", "worker.ts")], bundle: true, write: false, format: "esm", target: "es2024", loader: { ".sql": "text" }, external: ["cloudflare:*"],
  });
  return outputFiles[0].contents;
}
