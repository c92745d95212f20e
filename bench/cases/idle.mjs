// Streams on which nothing happens but heartbeats: what each holds, and what it costs.
import { setTimeout as sleep } from "node:timers/promises";
import { leave } from "./leaving.mjs";

const STREAMS = 500;
/** Two heartbeats; what opening left to do is over long before. */
const REST_MS = 30_000;
const KB = 1024;

export const idle = [{
  title: `idle streams, ${STREAMS} more each round`,
  goals: {},
  /** Each keeps its streams, which end after five minutes. */
  rounds: 2,
  prepare: async (contender) => (await contender.running(1))[0],
  async round(contender, job) {
    const before = contender.runtime.memory();
    const { open } = await contender.watch(contender.eventsOf(job), STREAMS);
    const processor = contender.processor();
    await sleep(REST_MS);
    const figures = {
      "KB a stream": ((contender.runtime.memory() - before) * KB) / STREAMS,
      "processor, ms a stream and minute": ((contender.processor() - processor) * 60e6) / REST_MS / open,
    };
    return { figures, units: STREAMS, unit: "stream" };
  },
  after: leave,
}];
