// Starts: of a process with an isolate that has never run, and of an object that nobody has asked before. How an object that was evicted
// comes back is among what `bill` finds, because it takes a minute of silence.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { at } from "../../scripts/paths.mjs";
import { twinBundle } from "../bundle.mjs";
import { JOBCAST, TWIN } from "../contender.mjs";
import { Peer } from "../peers/peer.mjs";
import { compared } from "../statistics.mjs";
import { bytes, JSON_TYPE } from "./bodies.mjs";

const workerd = createRequire(import.meta.url)("workerd").default;
/** Of Jobcast, its entry first. */
const PARTS = ["src/worker.js", "src/edge/callable.js", "build/index.js", "build/index_bg.wasm"];
const NEW_JOB = bytes({ name: "cold" });
/** Starts, for each round: they are short. */
const STARTS = 3;
const EMPTY = { name: "an empty Worker", modules: () => ({ "index.js": 'export default { fetch: () => Response.json({ status: "ok" }) };' }) };

export const cold = [
  {
    title: "the first request of a new object: create a job",
    goals: {},
    prepare: async () => ({}),
    async round(contender, _, milliseconds) {
      const load = { connections: 1, milliseconds, paths: ["/api/v1/jobs"], bodies: [NEW_JOB], headers: JSON_TYPE };
      const { answers, latency } = await contender.produce(load, (status) => status === 201);
      return { figures: { "p50, ms": latency.p50, "p99, ms": latency.p99 }, units: answers, unit: "job" };
    },
  },
  { title: "from the start of a process to its first answer", measure },
];

/** Of workerd on the built files, without wrangler, whose own start would be most of it; D1 and the assets, which run beside it, are not asked. */
async function measure({ rounds }) {
  const twin = await twinBundle();
  const sides = [
    { name: JOBCAST.name, modules: () => Object.fromEntries(PARTS.map((path) => [path, readFileSync(at(path))])) },
    { name: TWIN.name, modules: () => ({ "index.js": twin }) },
    EMPTY,
  ].map((side) => ({ ...side, times: [] }));
  for (const side of sides) await firstAnswer(side.modules()); // what the disk has to bring counts for nobody
  for (let start = 0; start < rounds * STARTS; start += 1) for (const side of sides) side.times.push(await firstAnswer(side.modules()));
  const [first, ...others] = sides;
  const title = "from the start of a process to its first answer";
  return { lines: others.map(({ name, times }) => ({ title, figure: "ms", against: name, ...compared(first.times, times) })), missing: [] };
}

/** Milliseconds. */
async function firstAnswer(modules) {
  let since;
  const peer = new Peer("workerd", (folder) => {
    const config = configured(folder, modules);
    since = performance.now();
    return [workerd, "serve", config, "--control-fd=4"];
  });
  try {
    const port = await Promise.race([listening(peer), peer.exited.then(() => Promise.reject(new Error("workerd ended.")))]);
    await answered(`http://127.0.0.1:${port}/health`);
    return performance.now() - since;
  } finally {
    await peer.stop();
  }
}

/** The port, once it says so. */
async function listening({ child }) {
  for await (const line of createInterface({ input: child.stdio[4] })) {
    const { event, port } = JSON.parse(line);
    if (event === "listen") return port;
  }
  throw new Error("workerd did not listen.");
}

async function answered(url) {
  const answer = await new Promise((resolve, reject) => get(url, { agent: false }, resolve).once("error", reject));
  const body = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${body}`);
}

function configured(folder, modules) {
  for (const [name, content] of Object.entries(modules)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const embedded = Object.keys(modules).map((name) => `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${name}")`);
  const path = join(folder, "config.capnp");
  writeFileSync(path, `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [${embedded.join(", ")}], compatibilityDate = "2026-11-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`);
  return path;
}
