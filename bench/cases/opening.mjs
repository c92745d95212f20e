// Opening very many streams of one job.
import { eventsOf } from "../../tests/torture/load/producer.mjs";
import { leave } from "./leaving.mjs";

const STREAMS = 1_000;
const AT_ONCE = 50;

export const opening = [{
  title: `opening ${STREAMS.toLocaleString("en")} streams, ${AT_ONCE} at once`,
  goals: {},
  prepare: async (contender) => (await contender.producer.running(1))[0],
  async round(contender, job) {
    const { open, ms } = await contender.readers.open([eventsOf(job)], { times: STREAMS, atOnce: AT_ONCE });
    if (open !== STREAMS) throw new Error(`${contender.name} holds ${open} streams of ${STREAMS}.`);
    return { figures: { "streams a second": (STREAMS / ms) * 1_000 }, units: STREAMS, unit: "stream" };
  },
  between: leave,
}];
