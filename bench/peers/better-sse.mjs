// better-sse: a library of server-sent events for Node, on node:http. An npm package, and so always there.
import { existsSync } from "node:fs";
import { at, NODE } from "../../scripts/paths.mjs";
import { Contender } from "../contender.mjs";
import { Peer } from "./peer.mjs";

export const betterSse = {
  name: "better-sse",
  serves: "fan-out",
  howToInstall: "npm ci",
  isInstalled: () => existsSync(at("node_modules", "better-sse")),
  start,
};

async function start() {
  const peer = new Peer("better-sse", () => [NODE, at("bench", "peers", "better-sse-server.mjs")]);
  let address;
  peer.child.stdout.once("data", (line) => (address = line.trim()));
  await peer.ready(async () => address !== undefined);
  return new Sessions(peer, address);
}

/** A channel for each job, made when somebody first names it. */
class Sessions extends Contender {
  #last = 0;

  constructor(peer, address) {
    super(betterSse.name, peer.runtime(address), "none", () => peer.stop());
    this.serves = betterSse.serves;
  }

  async running(count) {
    return Array.from({ length: count }, () => `job_${(this.#last += 1)}`);
  }

  progressOf(job) {
    return { path: `/jobs/${job}/report`, headers: "Content-Type: application/json\r\n" };
  }

  eventsOf(job) {
    return `/jobs/${job}/events`;
  }

  async report(job, percent) {
    await fetch(`${this.runtime.url}/jobs/${job}/report`, { method: "POST", body: JSON.stringify({ percent }) });
  }
}
