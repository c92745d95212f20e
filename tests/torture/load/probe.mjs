// Somebody else: a job of its own with one subscriber, in a process of its own. Says how long a report takes until its frame is there.
// As a program, `probe.mjs <url> <key>`: each line of standard input asks for the figures since the last one.
import { fork } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { fileURLToPath } from "node:url";
import { eventsOf, Producer } from "./producer.mjs";

/** Between a frame and the next report, ms. */
const PAUSE_MS = 30;

export class Probe {
  constructor({ url }, key) {
    this.child = fork(fileURLToPath(import.meta.url), [url, key]);
  }

  /** `{count, p50, p99, max}`, ms, since it was asked the last time. */
  async figures() {
    this.child.send("figures");
    return (await once(this.child, "message"))[0];
  }

  /** Figures of so many quiet milliseconds. */
  async rest(milliseconds) {
    await this.figures();
    await pause(milliseconds);
    return this.figures();
  }

  end() {
    this.child.kill("SIGKILL");
  }
}

const pause = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));

function figuresOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const share = (part) => Math.round((sorted[Math.ceil(sorted.length * part) - 1] ?? NaN) * 10) / 10;
  return { count: sorted.length, p50: share(0.5), p99: share(0.99), max: share(1) };
}

async function follow(url, key) {
  const producer = new Producer(url, key);
  const [job] = await producer.running(1);
  let times = [];
  let arrived = () => {};
  process.on("message", () => process.send(figuresOf(times.splice(0))));
  for (;;) {
    const [stream] = await once(get(url + eventsOf(job), { headers: { "x-api-key": key } }), "response");
    let open = true;
    stream.setEncoding("utf8").on("data", (text) => text.includes("event: job:progress") && arrived());
    stream.once("close", () => arrived((open = false))).on("error", () => {});
    await once(stream, "data");
    // Its stream ends with the cap, as everybody's; then it comes again.
    while (open) {
      const began = performance.now();
      const seen = new Promise((resolve) => (arrived = resolve));
      await producer.report(job, "progress", { percent: 1 });
      await seen;
      if (open) times.push(performance.now() - began);
      await pause(PAUSE_MS);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await follow(process.argv[2], process.argv[3]);
