// Nchan: nginx with a module in C that fans events out. Debian's packages; nothing of it outlives us, and its folder is its own.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { at } from "../../scripts/paths.mjs";
import { printed } from "../../scripts/step.mjs";
import { JSON_TYPE } from "../cases/bodies.mjs";
import { Channels } from "./channels.mjs";
import { answering, freePort, Peer } from "./peer.mjs";

const MODULES = ["/usr/lib/nginx/modules/ngx_nchan_module.so", "/usr/share/nginx/modules/ngx_nchan_module.so"];
/** Not everybody has the folder of such programs on the path. */
const FOLDERS = [...process.env.PATH.split(delimiter), "/usr/sbin", "/usr/local/sbin"];
const EVENT = (name) => `X-EventSource-Event: ${name}\r\n`;

export const nchan = {
  name: "Nchan",
  serves: "fan-out",
  howToInstall: "apt-get install nginx libnginx-mod-nchan",
  isInstalled: () => Boolean(program() && module()),
  start,
};

const program = () => FOLDERS.map((folder) => join(folder, "nginx")).find((path) => existsSync(path));
const module = () => MODULES.find((path) => existsSync(path));

async function start() {
  const port = await freePort();
  const peer = new Peer("nchan", (folder) => [program(), "-p", folder, "-c", configured(folder, { module: module(), port, descriptors: descriptors() })]);
  await peer.ready(() => answering(`http://127.0.0.1:${port}/`));
  return new Published(nchan, peer, `127.0.0.1:${port}`);
}

/** As many as this machine lets a program have. */
const descriptors = () => Math.min(Number(printed("sh", "-c", "ulimit -n")) || 1_024, 65_536);

function configured(folder, values) {
  const text = readFileSync(at("bench", "peers", "nginx.conf"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
  const path = join(folder, "nginx.conf");
  writeFileSync(path, text);
  return path;
}

class Published extends Channels {
  /** A channel is there once something was published on it. */
  async running(count) {
    const jobs = await super.running(count);
    for (const job of jobs) await this.#publish(job, "job:snapshot", "{}");
    return jobs;
  }

  progressOf(job) {
    return { path: `/report?job=${job}`, headers: JSON_TYPE + EVENT("job:progress") };
  }

  eventsOf(job) {
    return `/events?job=${job}`;
  }

  report(job, percent) {
    return this.#publish(job, "job:progress", JSON.stringify({ percent }));
  }

  /** 201 where somebody listens, 202 where nobody does. */
  accepts(status) {
    return status === 201 || status === 202;
  }

  async #publish(job, event, body) {
    const headers = { "content-type": "application/json", "x-eventsource-event": event };
    const { status } = await fetch(`${this.runtime.url}/report?job=${job}`, { method: "POST", headers, body });
    if (!this.accepts(status)) throw new Error(`Nchan answered ${status}.`);
  }
}
