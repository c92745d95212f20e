// The local D1 database of a state folder, brought up to date with migrations/.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, ROOT } from "./paths.mjs";
import { Refusal } from "./step.mjs";
import { LOCAL_ENV, WRANGLER } from "./wrangler.mjs";

/** wrangler takes seconds even when nothing is to be done, so the folder remembers what was applied. */
export async function migrateLocal(state) {
  const wanted = migrationsHash();
  const applied = join(state, "migrations.applied");
  if (existsSync(applied) && readFileSync(applied, "utf8") === wanted) return;
  if (existsSync(join(state, "v3"))) await migrate(state);
  else cpSync(await emptyDatabase(wanted), state, { recursive: true });
  writeFileSync(applied, wanted);
}

function migrationsHash() {
  const hash = createHash("sha256");
  for (const name of readdirSync(at("migrations")).sort()) hash.update(name).update(readFileSync(at("migrations", name)));
  return hash.digest("hex");
}

/** Tests start many services on fresh folders: they copy one empty database instead of migrating each. */
async function emptyDatabase(hash) {
  const folder = at("build", `d1-${hash.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await migrate(draft);
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true }); // another test file was quicker
  }
  return folder;
}

function migrate(state) {
  const [command, ...args] = [...WRANGLER, "d1", "migrations", "apply", "DB", "--local", "--persist-to", state];
  const child = spawn(command, args, { cwd: ROOT, env: LOCAL_ENV, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return new Promise((done, failed) => {
    child.once("close", (code) => (code === 0 ? done() : failed(new Refusal(`The D1 migrations failed:\n${output}`))));
  });
}
