// A running service: `wrangler dev` and its workerd processes, with a state folder of their own.
// Invariant: nothing of it outlives the process that started it, however that ends.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { migrateLocal } from "./database.mjs";
import { at, ROOT } from "./paths.mjs";
import { Refusal } from "./step.mjs";
import { LOCAL_ENV, WRANGLER } from "./wrangler.mjs";

const READY = /Ready on (http:\/\/\S+)/;
const START_LIMIT_MS = 90_000;
// workerd drains on SIGTERM and would wait for every open stream.
const STOP_GRACE_MS = 2_000;
const GONE_LIMIT_MS = 500;
// The shell leads a process group and becomes wrangler. Its other half waits for the end of descriptor 3, which our process holds
// open: when we end, even by SIGKILL, the kernel closes it, and the whole group goes.
export const GUARD = '(cat <&3 >/dev/null; kill -KILL 0) & exec "$@" 3<&-';

/**
 * Starts the service and resolves when it answers.
 * `port` 0 takes a free one; `state` is the folder of D1 and the objects; `vars` override those of wrangler.toml, `limits` its
 * limits of rate, by the names of their bindings, and `main` its Worker; `config` stands for the project's wrangler.toml.
 * `serve` makes the command that serves it; another than `wrangler dev`'s says “Ready on <address>” as that does.
 * Resolves to `{url, exited, tail(), stop(), kill()}`: `stop` ends it in order, `kill` as a crash would; both wait until it is gone.
 */
export async function startService({ port = 0, state, adminToken, tokenSecret, logFile, vars = {}, limits = {}, main, config = at("wrangler.toml"), serve = devCommand }) {
  await refuseTakenPort(port);
  state = resolve(ROOT, state);
  mkdirSync(state, { recursive: true });
  await migrateLocal(state);
  const envFile = writeEnvFile(state, { ...vars, ADMIN_TOKEN: adminToken, TOKEN_SECRET: tokenSecret });
  const isOwn = main || Object.keys(limits).length > 0;
  if (isOwn) config = writeConfig(state, config, limits, main);
  const group = launch(serve(port, state, envFile, config), state, logFile);
  try {
    const url = await group.ready;
    await answers(url);
    return { url, exited: group.exited, tail: group.tail, stop: group.stop, kill: group.kill };
  } catch (error) {
    await group.kill();
    throw new Refusal(`The service did not start: ${error.message}\n${group.tail()}`);
  }
}

async function refuseTakenPort(port) {
  if (port === 0) return;
  const probe = createServer();
  await new Promise((free, taken) => probe.once("error", taken).listen(port, free)).catch((error) => {
    throw new Refusal(`Port ${port} cannot be used (${error.code}). Stop what listens there, or choose another: PORT=8788 npm start`);
  });
  await new Promise((closed) => probe.close(closed));
}

/** Secrets travel in a file that only we can read, not in the arguments that every user of the machine sees. */
function writeEnvFile(state, vars) {
  const path = join(state, "service.env");
  const lines = Object.entries(vars).map(([name, value]) => `${name}='${String(value).replaceAll("$", "\\$")}'\n`);
  writeFileSync(path, lines.join(""), { mode: 0o600 });
  return path;
}

/** A copy of a wrangler.toml. Paths in there are relative to the file, so the copy has them whole. */
function writeConfig(state, config, limits, main) {
  const path = join(state, "wrangler.toml");
  const original = readFileSync(config, "utf8");
  const served = main ? original.replace(/^main = .*$/m, `main = ${JSON.stringify(main)}`) : original;
  const copy = served.replace(/^(main|migrations_dir|directory) = "(.+)"$/gm, (_, setting, place) => `${setting} = ${JSON.stringify(resolve(dirname(config), place))}`);
  writeFileSync(path, Object.entries(limits).reduce(withLimit, copy));
  return path;
}

/** A limit stands twice: in its binding, and for the answers among the vars. */
function withLimit(config, [binding, limit]) {
  const setting = new RegExp(`(name = "${binding}"[^[]*\\blimit = )\\d+`);
  const figure = new RegExp(`^(${binding}_FIGURES = ")\\d+`, "m");
  if (!setting.test(config) || !figure.test(config)) throw new Error(`wrangler.toml has no limit of rate named ${binding}.`);
  return config.replace(setting, `$1${limit}`).replace(figure, `$1${limit}`);
}

const devCommand = (port, state, envFile, config) => [
  ...WRANGLER, "dev", "--config", config, "--local", "--port", String(port), "--inspector-port", "0", "--persist-to", state,
  "--env-file", envFile, "--show-interactive-dev-session=false",
];

function launch(command, state, logFile) {
  // A registry of its own: two instances on one machine must not find each other's objects.
  const env = { ...LOCAL_ENV, WRANGLER_REGISTRY_PATH: join(state, "registry") };
  const child = spawn("sh", ["-c", GUARD, "sh", ...command], {
    cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const exited = new Promise((ended) => child.once("exit", (code) => ended(code ?? 1)));
  exited.then(() => child.stdio[3].destroy());
  const { ready, tail } = listen(child, logFile);
  return { exited, tail, ...endings(child, exited), ready: firstOf(ready, exited) };
}

/** Writes what the service says to its log at once, and keeps the end of it for error messages. */
function listen(child, logFile) {
  const log = logFile && openSync(logFile, "w", 0o600);
  let last = "";
  const ready = new Promise((found) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        if (log) writeSync(log, text);
        last = (last + text).slice(-4_000);
        const match = READY.exec(last);
        if (match) found(match[1]);
      });
    }
  });
  if (log) child.once("close", () => closeSync(log));
  return { ready, tail: () => last.trim() };
}

function firstOf(ready, exited) {
  const died = exited.then((code) => Promise.reject(new Error(`wrangler ended with code ${code}.`)));
  const late = sleep(START_LIMIT_MS, null, { ref: false }).then(() => Promise.reject(new Error("it took too long.")));
  return Promise.race([ready, died, late]);
}

/** wrangler may be ready for a Worker that cannot run. */
async function answers(url) {
  const { status } = await fetch(`${url}/health`, { signal: AbortSignal.timeout(START_LIMIT_MS) });
  if (status !== 200) throw new Error(`GET /health answered ${status}.`);
}

function endings(child, exited) {
  const signalAll = (signal) => {
    try {
      return process.kill(-child.pid, signal);
    } catch {
      return false; // nobody is left
    }
  };
  const kill = async () => {
    signalAll("SIGKILL");
    await exited;
    // The rest of the group dies just after its leader. The limit is for hosts whose init leaves zombies.
    for (const end = Date.now() + GONE_LIMIT_MS; signalAll(0) && Date.now() < end; ) await sleep(10);
  };
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([exited, sleep(STOP_GRACE_MS)]);
    await kill();
  };
  return { stop, kill };
}
