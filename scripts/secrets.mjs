// The two secrets of a local service. They are made once and kept in .dev.vars, which git ignores; the environment goes before.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { at } from "./paths.mjs";
import { Refusal } from "./step.mjs";

const FILE = at(".dev.vars");
const NAMES = ["ADMIN_TOKEN", "TOKEN_SECRET"];
// What can stand after `Bearer` (RFC 6750), and needs no quoting in an env file.
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
// The service takes no shorter one (src/limits.rs).
const SHORTEST = 32;

export const randomSecret = () => randomBytes(32).toString("hex");

export function localSecrets() {
  const kept = keptSecrets();
  const missing = NAMES.filter((name) => !process.env[name] && !kept[name]);
  for (const name of missing) kept[name] = randomSecret();
  if (missing.length > 0) keep(kept);
  const [adminToken, tokenSecret] = NAMES.map((name) => wellFormed(name, process.env[name] || kept[name]));
  return { adminToken, tokenSecret };
}

/** `{ADMIN_TOKEN?, TOKEN_SECRET?}` as `npm start` has kept them; makes none. */
export function keptSecrets() {
  if (!existsSync(FILE)) return {};
  const lines = readFileSync(FILE, "utf8").matchAll(/^\s*([A-Z_]+)\s*=\s*["']?(.*?)["']?\s*$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

function keep(secrets) {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(FILE, lines.join(""));
  chmodSync(FILE, 0o600);
}

function wellFormed(name, value) {
  if (!TOKEN.test(value)) throw new Refusal(`${name} may only hold letters, digits and . _ ~ + / - =`);
  if (value.length < SHORTEST) throw new Refusal(`${name} is too short: give at least ${SHORTEST} characters, e.g. \`openssl rand -hex 32\`.`);
  return value;
}
