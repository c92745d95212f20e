// The whole log of a job that has ended, from its beginning to its end, for one reader.
import { PROGRESS } from "./bodies.mjs";

/** With what creates, begins and ends the job, no more than is kept. */
const REPORTS = 9_990;
const TIMES = 4;

export const replay = [{
  title: "replay of 10,000 events",
  goals: { "events a second": { least: 5 } },
  async prepare(contender) {
    const [job] = await contender.running(1);
    const { path, headers } = contender.progressOf(job);
    await contender.produce({ connections: 16, count: REPORTS, paths: [path], bodies: PROGRESS, headers });
    await contender.producer.report(job, "complete", {});
    return contender.eventsOf(job);
  },
  async round(contender, path) {
    let [seen, took] = [0, 0];
    for (let time = 0; time < TIMES; time += 1) {
      took += (await contender.readers.open([path], { cursor: 0 })).ms + (await contender.readers.order("ended")).ms;
      const [{ ids, resets }] = await contender.readers.tally();
      if (ids.length < REPORTS || resets > 0) throw new Error(`${contender.name} replayed ${ids.length} events of ${REPORTS}, with ${resets} resets.`);
      seen += ids.length;
      await contender.leave();
    }
    return { figures: { "events a second": (seen / took) * 1_000 }, units: seen, unit: "event" };
  },
}];
