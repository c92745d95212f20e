// Whole lives of jobs, in BullMQ: `bullmq-worker.mjs <socket of Redis>`. Each line of standard input is a round, `{connections, milliseconds}`:
// so many lanes add jobs, each after the one before is completed, and a worker takes as many at once, as its guide has it. Answers
// `{answers, ms}` when the last is completed.
import { Queue, Worker } from "bullmq";
import Redis from "ioredis";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

const NAME = `bench-${randomUUID()}`;
const path = process.argv[2];
const connected = () => new Redis({ path, maxRetriesPerRequest: null });

const queue = new Queue(NAME, { connection: connected() });
const worker = new Worker(NAME, async () => ({}), { connection: connected(), concurrency: 1, autorun: false });
/** Who waits for which job. */
const waiting = new Map();
worker.on("completed", ({ id }) => over(id));
worker.on("failed", (job, error) => over(job.id, error));

function over(id, error) {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  return error ? reject(error) : resolve();
}

async function life(number) {
  const jobId = `job-${number}`;
  const completed = new Promise((resolve, reject) => waiting.set(jobId, { resolve, reject }));
  await queue.add("cycle", {}, { jobId, removeOnComplete: false });
  await completed;
}

let begun = 0;

async function round({ connections, milliseconds }) {
  worker.concurrency = connections;
  const [since, before] = [performance.now(), begun];
  const lane = async () => {
    while (performance.now() - since < milliseconds) await life((begun += 1));
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return { answers: begun - before, ms: performance.now() - since };
}

await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
worker.run();
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await round(JSON.parse(line))));
