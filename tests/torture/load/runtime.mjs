// The process that runs the Worker and its objects: where it listens, and what it holds. `wrangler dev` puts a proxy in front of it, a
// process of the same program, which has two descriptors a stream and a share of each byte's cost: loads go around it.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { get } from "node:http";
import { json } from "node:stream/consumers";
import { Inspector } from "./inspector.mjs";

const MB = 1024 * 1024;
/** Of the kernel's clock, a second. */
const TICKS = 100;

/** Finds the runtime behind the proxy at `url`, among the processes that this one started: both are children of one wrangler. */
export async function runtimeBehind(url) {
  const proxyPort = Number(new URL(url).port);
  const runtimes = descendants(process.pid).filter(isRuntime);
  const proxy = runtimes.find((pid) => listening(pid).includes(proxyPort));
  for (const pid of runtimes.filter((each) => each !== proxy && parentOf(each) === parentOf(proxy))) {
    const ports = listening(pid);
    const entry = await first(ports, "/health", ({ status }) => status === "ok");
    const inspector = await first(ports, "/json", Array.isArray);
    if (entry && inspector) return new Runtime(pid, entry, inspector);
  }
  throw new Error(`No workerd was found behind ${url}.`);
}

/** The runtime that serves `url` itself, among the processes that this one started. */
export async function runtimeAt(url) {
  const port = Number(new URL(url).port);
  const pid = descendants(process.pid).filter(isRuntime).find((each) => listening(each).includes(port));
  if (pid === undefined) throw new Error(`No workerd was found at ${url}.`);
  return new Runtime(pid, port, await first(listening(pid).filter((each) => each !== port), "/json", Array.isArray));
}

/** The port that answers at `path` with what `test` accepts. */
async function first(ports, path, test) {
  for (const port of ports) {
    if (test(await looked(`http://127.0.0.1:${port}${path}`).catch(() => ({})))) return port;
  }
}

/** On a connection of its own: the inspector takes no second request on one, and `fetch` would keep it for the next. */
function looked(url) {
  return new Promise((answered, failed) => {
    const call = get(url, { agent: false, timeout: 2_000 }, (answer) => json(answer).then(answered, failed));
    call.once("timeout", () => call.destroy()).once("error", failed).once("close", () => failed(new Error("closed")));
  });
}

class Runtime {
  constructor(pid, port, inspector) {
    Object.assign(this, { pid, address: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}` });
    this.inspector = new Inspector(inspector);
  }

  /** Resident memory, MB. */
  memory() {
    return Math.round((Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))[1]) * 1024) / MB);
  }

  /** Open files and sockets. */
  descriptors() {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** How many it may have open. */
  limit() {
    return limitOf(this.pid);
  }

  /** Seconds on the processor so far. */
  processor() {
    return processorOf(this.pid);
  }
}

/** How many files and sockets a process may have open. */
export const limitOf = (pid) => Number(/Max open files\s+(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))[1]);

/** Seconds that a process has been on the processor. */
export function processorOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The processes that it started, and those that they did. */
export function descendants(pid) {
  const parents = processes().map((each) => [each, parentOf(each)]);
  const below = (one) => parents.filter(([, parent]) => parent === one).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

const processes = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
const parentOf = (pid) => Number(/^PPid:\s+(\d+)/m.exec(attempt(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "")?.[1]);
const isRuntime = (pid) => /workerd\0serve\0/.test(attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "");

function listening(pid) {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)));
  const own = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link ?? "")?.[1]));
  const sockets = readFileSync("/proc/net/tcp", "utf8").trim().split("\n").slice(1).map((line) => line.trim().split(/\s+/));
  return sockets.filter((fields) => fields[3] === "0A" && own.has(fields[9])).map((fields) => parseInt(fields[1].split(":")[1], 16));
}

/** A process may end while it is looked at. */
function attempt(look) {
  try {
    return look();
  } catch {
    return undefined;
  }
}
