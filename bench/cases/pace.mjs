// How long a report takes until its frame is read: ten a second, whether or not the service keeps up.
import { gather, leave, renew } from "./leaving.mjs";

const EVERY_MS = 100;
/** A share of one in a hundred needs more events than other cases. */
const STRETCH = 3;

export const pace = [1, 100, 1_000].map((subscribers) => ({
  title: `report to frame, 10 a second, ${subscribers.toLocaleString("en")} subscriber${subscribers > 1 ? "s" : ""}`,
  goals: subscribers === 100 ? { "p99, ms": { most: 1 } } : {},
  peers: "fan-out",
  prepare: (contender) => gather(contender, subscribers),
  before: renew,
  async round(contender, crowd, milliseconds) {
    const count = Math.ceil((STRETCH * milliseconds) / EVERY_MS);
    crowd.expected += count * subscribers;
    await contender.readers.order("latency");
    const { taken } = await contender.producers.order("pace", { ...contender.progressOf(crowd.job), count, milliseconds: EVERY_MS });
    if (taken !== count) throw new Error(`${contender.name} took ${taken} of ${count} reports.`);
    await contender.frames(crowd.expected);
    const { fromReport } = await contender.readers.order("latency");
    return { figures: { "p50, ms": fromReport.p50, "p99, ms": fromReport.p99 }, units: count * subscribers, unit: "frame" };
  },
  after: (contender, { job }) => leave(contender, job),
}));
