// The Worker's build: src/ → build/index.js and build/index_bg.wasm, only when something changed.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { at, PINNED_ENV, ROOT } from "./paths.mjs";
import { printed, run, step } from "./step.mjs";
import { tool, toolVersions } from "./toolchain.mjs";
import { withoutNames } from "./wasm-names.mjs";

const WASM = at("build", "index_bg.wasm");
// The same module with the names of its functions, which are not uploaded: a stack trace has their numbers.
const NAMED = at("build", "named.wasm");
const STAMP = at("build", "stamp.json");
const FLAGS = ["--release", "--out-dir", "../build", "worker"];
// Without these worker-build downloads its own copies from GitHub.
const TOOLS_ENV = {
  WASM_BINDGEN_BIN: tool("wasm-bindgen"),
  ESBUILD_BIN: at("node_modules", ".bin", "esbuild"),
  WASM_OPT_BIN: at("node_modules", ".bin", "wasm-opt"),
};

export async function buildWorker() {
  if (isFresh()) return;
  const began = Date.now();
  await step("Build the Worker", () => run(tool("worker-build"), FLAGS, { env: { ...PINNED_ENV, ...TOOLS_ENV } }));
  renameSync(WASM, NAMED);
  writeFileSync(WASM, withoutNames(readFileSync(NAMED)));
  stamp(began);
}

/** Bytes of the WebAssembly module, as they are and gzipped, which is how Cloudflare counts. */
export function wasmSize() {
  const module = readFileSync(WASM);
  return { raw: module.length, gzipped: gzipSync(module, { level: 9 }).length };
}

function isFresh() {
  if (!existsSync(STAMP) || !existsSync(NAMED) || !existsSync(WASM) || !existsSync(at("build", "index.js"))) return false;
  const { sources, hash } = JSON.parse(readFileSync(STAMP, "utf8"));
  return sources.every((path) => existsSync(at(path))) && hash === hashOf(sources);
}

/** A source that was saved while the compiler ran may or may not be in the result: then there is no stamp, and the next build decides. */
function stamp(began) {
  const sources = compiledSources();
  if (sources.some((path) => statSync(at(path)).mtimeMs >= began)) return;
  writeFileSync(STAMP, JSON.stringify({ sources, hash: hashOf(sources) }, null, 2) + "\n");
}

/** Cargo's own list of what went into the crate, so that files included as text (SQL, pages) count too. */
function compiledSources() {
  const { target_directory: target } = JSON.parse(printed("cargo", "metadata", "--no-deps", "--format-version=1"));
  const rule = readFileSync(`${target}/wasm32-unknown-unknown/release/jobcast_worker.d`, "utf8").split("\n")[0];
  const files = rule.slice(rule.indexOf(": ") + 2).split(/(?<!\\) /).map((path) => path.replaceAll("\\ ", " "));
  return ["Cargo.toml", "worker/Cargo.toml", "Cargo.lock", ".cargo/config.toml", ...files.map((path) => path.replace(ROOT, ""))];
}

function hashOf(sources) {
  const hash = createHash("sha256").update(JSON.stringify([FLAGS, toolVersions()]));
  for (const path of sources) hash.update(path).update("\0").update(readFileSync(at(path)));
  return hash.digest("hex");
}
