// How long a report takes until its frame is read: ten a second, whether or not the service keeps up.
import { eventsOf } from "../../tests/torture/load/producer.mjs";
import { leave } from "./leaving.mjs";

const EVERY_MS = 100;
/** A share of one in a hundred needs more events than other cases. */
const STRETCH = 3;

export const pace = [1, 100, 1_000].map((subscribers) => ({
  title: `report to frame, 10 a second, ${subscribers.toLocaleString("en")} subscriber${subscribers > 1 ? "s" : ""}`,
  goals: subscribers === 100 ? { "p99, ms": { most: 1 } } : {},
  async prepare(contender) {
    const [job] = await contender.producer.running(1);
    await contender.readers.open([eventsOf(job)], { times: subscribers, atOnce: 50 });
    return { job, expected: 0 };
  },
  async round(contender, crowd, milliseconds) {
    const count = Math.ceil((STRETCH * milliseconds) / EVERY_MS);
    crowd.expected += count * subscribers;
    await contender.readers.order("latency");
    const { taken } = await contender.producers.order("pace", { path: `/api/v1/jobs/${crowd.job}/progress`, count, milliseconds: EVERY_MS });
    const { frames } = await contender.readers.order("frames", { count: crowd.expected });
    if (taken !== count || frames !== crowd.expected) throw new Error(`${contender.name} took ${taken} of ${count} reports and sent ${frames} of ${crowd.expected} frames.`);
    const { fromReport } = await contender.readers.order("latency");
    return { figures: { "p50, ms": fromReport.p50, "p99, ms": fromReport.p99 }, units: count * subscribers, unit: "frame" };
  },
  after: (contender, { job }) => leave(contender, job),
}));
