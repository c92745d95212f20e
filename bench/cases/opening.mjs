// Opening very many streams of one job.
import { leave } from "./leaving.mjs";

const STREAMS = 1_000;
const AT_ONCE = 50;

export const opening = [{
  title: `opening ${STREAMS.toLocaleString("en")} streams, ${AT_ONCE} at once`,
  goals: {},
  prepare: async (contender) => (await contender.running(1))[0],
  async round(contender, job) {
    const { ms } = await contender.watch(contender.eventsOf(job), STREAMS, { atOnce: AT_ONCE });
    return { figures: { "streams a second": (STREAMS / ms) * 1_000 }, units: STREAMS, unit: "stream" };
  },
  between: leave,
}];
