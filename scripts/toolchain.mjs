// The tools that the build and the service need: checks each, installs what is missing, and nothing twice.
// Uses only what Node 20 brings, because it runs before anything is installed. Downloads come from package registries only.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { at, HOST_ENV, NODE } from "./paths.mjs";
import { printed, Refusal, run, step } from "./step.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";
// wasm-bindgen must be exactly the version that Cargo.toml pins.
const CARGO_TOOLS = [
  { name: "worker-build", version: "0.8.7", bin: "worker-build" },
  { name: "wasm-bindgen-cli", version: "0.2.129", bin: "wasm-bindgen" },
];
// For the tests alone, so that `npm start` does not wait for it.
const CARGO_DENY = { name: "cargo-deny", version: "0.20.2", bin: "cargo-deny" };
// Unoptimized they compile in a third of the time, and a build of the Worker takes a second longer.
const QUICKLY = ["--locked", "--debug"];
const WITHOUT_SYMBOLS = { ...process.env, CARGO_PROFILE_DEV_DEBUG: "0" };

export const tool = (bin) => at(".tools", "bin", bin);
/** What the build's result depends on besides the sources. */
export const toolVersions = () => [printed("rustc", "-V"), ...CARGO_TOOLS.map(({ name, version }) => name + version)];

export async function prepareToolchain() {
  requireHost();
  await installPackages();
  await installTarget();
  for (const cargoTool of CARGO_TOOLS) await installCargoTool(cargoTool);
}

/** For the tests of the dependencies; gives its path. */
export async function prepareCargoDeny() {
  await installCargoTool(CARGO_DENY);
  return tool(CARGO_DENY.bin);
}

/** For the tests that need neither wasm nor workerd. */
export function requireHost() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20) throw new Refusal(`Node ${process.versions.node} is too old. Install Node 20 or newer: https://nodejs.org`);
  if (!printed("cargo", "--version") || !printed("rustc", "--version")) {
    throw new Refusal("Rust is missing. Install it with rustup (https://rustup.rs), then `rustup default stable`.");
  }
  if (!printed("cc", "--version")) {
    throw new Refusal("A C compiler and linker `cc` is missing. Install one, on Debian or Ubuntu: apt-get install build-essential");
  }
}

/** Also alone, for the dashboard, which needs no Rust. */
export async function installPackages() {
  if (packagesInSync()) return;
  await step("Install the npm packages by the lock file", () =>
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { env: HOST_ENV }));
  if (!printed(NODE, "--version")) {
    throw new Refusal("The npm package `node` did not bring its binary: allow its install script and run `npm ci` again.");
  }
}

/** npm writes down what it installed; compare that with the lock file. Packages for other platforms are absent by right. */
function packagesInSync() {
  const installedList = at("node_modules", ".package-lock.json");
  if (!existsSync(installedList) || !existsSync(NODE)) return false;
  const installed = packagesOf(installedList);
  const wanted = Object.entries(packagesOf(at("package-lock.json"))).filter(([path]) => path !== "");
  return wanted.every(([path, { version, optional }]) => (installed[path] ? installed[path].version === version : optional));
}

const packagesOf = (lockFile) => JSON.parse(readFileSync(lockFile, "utf8")).packages;

async function installTarget() {
  const libraries = join(printed("rustc", "--print", "sysroot"), "lib", "rustlib", WASM_TARGET, "lib");
  if (existsSync(libraries)) return;
  if (!printed("rustup", "--version")) {
    throw new Refusal(`This Rust cannot compile to ${WASM_TARGET}, and rustup, which could add it, is missing: https://rustup.rs`);
  }
  await step(`Add the Rust target ${WASM_TARGET}`, () => run("rustup", ["target", "add", WASM_TARGET]));
}

async function installCargoTool({ name, version, bin }) {
  if (printed(tool(bin), "--version")?.split(" ").at(-1) === version) return;
  const args = ["install", name, "--version", version, "--bin", bin, "--root", at(".tools"), "--force", ...QUICKLY];
  await step(`Compile ${name} ${version} into .tools (once; a few minutes)`, () =>
    run("cargo", args, { env: WITHOUT_SYMBOLS }));
}
