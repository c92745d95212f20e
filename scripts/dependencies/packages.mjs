// The npm packages, by their lock file. What is bundled into the dashboard stands under `dependencies` in package.json and is
// shipped; everything else only builds and tests.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { at, HOST_ENV, ROOT } from "../paths.mjs";
import { CLEAN, FOUND, UNREACHABLE } from "./verdict.mjs";

// Permissive ones, as in deny.toml. Tools may have any: they go nowhere from our machines.
const LICENCES = ["MIT", "Apache-2.0", "MIT OR Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD"];
// For other systems; npm's registry did not have this version of them when the lock file was made, and so no checksum.
const UNPUBLISHED = ["darwin-64", "darwin-arm64", "windows-64"].map((system) => `node_modules/@cloudflare/workerd-${system}`);
const LIMIT_MS = 60_000;
const REGISTRY = "https://registry.npmjs.org/";

export const lockedPackages = () => JSON.parse(readFileSync(at("package-lock.json"), "utf8")).packages;

/** What is wrong with the packages of a lock file, a sentence each. */
export function refusedPackages(packages) {
  const installed = Object.entries(packages).filter(([path, { link }]) => path !== "" && !link);
  return installed.flatMap(([path, entry]) => faults(path, entry).map((fault) => `${path} ${fault}`));
}

function faults(path, { license, dev, integrity, resolved = REGISTRY }) {
  return [
    !dev && !LICENCES.includes(license) && `is shipped, and has the licence ${license ?? "of nobody knows"}`,
    !integrity && !UNPUBLISHED.includes(path) && "has no checksum",
    !resolved.startsWith(REGISTRY) && `comes from ${resolved}`,
  ].filter(Boolean);
}

/** Known holes in what is shipped, or with the tools too, by npm's registry: `{verdict, told}`. */
export async function packageAdvisories({ tools = false, cwd = ROOT, registry } = {}) {
  const which = tools ? ["--audit-level=high"] : ["--omit=dev"];
  const where = registry ? [`--registry=${registry}`] : [];
  const { code, stdout } = await npm(["audit", "--json", "--fetch-retries=0", ...which, ...where], cwd);
  const answer = parsed(stdout);
  if (!answer?.auditReportVersion) return { verdict: UNREACHABLE, told: answer?.message ?? `npm audit: ${stdout.slice(0, 200)}` };
  const told = Object.values(answer.vulnerabilities).map(({ name, severity, range }) => `${name} ${range}: ${severity}`).join("\n");
  return { verdict: code === 0 ? CLEAN : FOUND, told };
}

const npm = (args, cwd) =>
  new Promise((ran) => execFile("npm", args, { cwd, env: HOST_ENV, timeout: LIMIT_MS }, (error, stdout) => ran({ code: error ? error.code : 0, stdout })));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
