// BullMQ: a queue of jobs in Redis, from Node. An npm package, and Debian's redis-server, which listens on a socket in its own folder.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { at, NODE } from "../../scripts/paths.mjs";
import { Peer } from "./peer.mjs";

// As BullMQ's documentation advises: nothing is thrown away, and what was written reaches the disk within a second.
const SETTINGS = ["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"];

export const bullmq = {
  name: "BullMQ",
  serves: "lives of jobs",
  howToInstall: "apt-get install redis-server",
  isInstalled: () => Boolean(program()) && existsSync(at("node_modules", "bullmq")),
  start,
};

const program = () => [...process.env.PATH.split(delimiter), "/usr/bin", "/usr/local/bin"].map((folder) => join(folder, "redis-server")).find((path) => existsSync(path));

async function start() {
  const redis = new Peer("redis", (folder) => [program(), ...SETTINGS, "--dir", folder, "--unixsocket", join(folder, "socket")]);
  const socket = join(redis.folder, "socket");
  await redis.ready(async () => existsSync(socket));
  const worker = new Peer("bullmq", () => [NODE, at("bench", "peers", "bullmq-worker.mjs"), socket]);
  const queue = new Queue(redis, worker);
  await worker.ready(async () => queue.isReady);
  return queue;
}

/** One process adds jobs and works on them. What it costs is its processor and that of Redis: the library does what a service would. */
class Queue {
  serves = bullmq.serves;
  name = bullmq.name;
  isReady = false;
  #waiting = [];
  #peers;

  constructor(redis, worker) {
    this.#peers = [worker, redis];
    this.child = worker.child;
    createInterface({ input: worker.child.stdout }).on("line", (line) => {
      if (line === "ready") this.isReady = true;
      else this.#waiting.shift()?.answered(JSON.parse(line));
    });
    worker.exited.then(() => this.#waiting.splice(0).forEach(({ failed }) => failed(new Error("BullMQ's process ended."))));
  }

  processor() {
    return this.#peers.reduce((sum, peer) => sum + peer.runtime("").processor(), 0);
  }

  /** `{answers, ms}`: how many jobs were added, taken and completed, and how long that took. */
  lives({ connections, milliseconds }) {
    this.child.stdin.write(`${JSON.stringify({ connections, milliseconds })}\n`);
    return new Promise((answered, failed) => this.#waiting.push({ answered, failed }));
  }

  async leave() {}

  async stop() {
    for (const peer of this.#peers) await peer.stop();
  }
}
