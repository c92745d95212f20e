// better-sse: a library of server-sent events for Node, on node:http. An npm package, and so always there.
import { existsSync } from "node:fs";
import { at, NODE } from "../../scripts/paths.mjs";
import { JSON_TYPE } from "../cases/bodies.mjs";
import { Channels } from "./channels.mjs";
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
  return new Sessions(betterSse, peer, address);
}

class Sessions extends Channels {
  progressOf(job) {
    return { path: `/jobs/${job}/report`, headers: JSON_TYPE };
  }

  eventsOf(job) {
    return `/jobs/${job}/events`;
  }

  async report(job, percent) {
    await fetch(`${this.runtime.url}/jobs/${job}/report`, { method: "POST", body: JSON.stringify({ percent }) });
  }
}
