// Opening very many streams of one job.
import { eventsOf } from "../../tests/torture/load/producer.mjs";

const STREAMS = 1_000;
const AT_ONCE = 50;
/** Who has left is noticed by the second write after it. */
const NOTICED = 3;

export const opening = [{
  title: `opening ${STREAMS.toLocaleString("en")} streams, ${AT_ONCE} at once`,
  goals: {},
  prepare: async (contender) => (await contender.producer.running(1))[0],
  async round(contender, job) {
    const { open, ms } = await contender.readers.open([eventsOf(job)], { times: STREAMS, atOnce: AT_ONCE });
    if (open !== STREAMS) throw new Error(`${contender.name} holds ${open} streams of ${STREAMS}.`);
    return { figures: { "streams a second": (STREAMS / ms) * 1_000 }, units: STREAMS, unit: "stream" };
  },
  async between(contender, job) {
    await contender.readers.order("leave", { how: "finish" });
    for (let report = 0; report < NOTICED; report += 1) await contender.producer.report(job, "progress", { percent: report });
  },
}];
