// Progress reports, each durable when it is answered, as fast as the answers come.
import { PROGRESS } from "./bodies.mjs";

const GOAL = 1.5;

export const reports = [1, 16, 64].flatMap((connections) => [1, 100].map((jobs) => ({
  title: `progress reports, ${connections} connection${connections > 1 ? "s" : ""}, ${jobs === 1 ? "one job" : `${jobs} jobs`}`,
  goals: connections === 16 ? { "reports a second": { least: GOAL } } : {},
  prepare: async (contender) => ({ jobs: await contender.running(jobs), connections }),
  round: reportsOn,
})));

export async function reportsOn(contender, { jobs, connections }, milliseconds) {
  const paths = jobs.map((job) => contender.progressOf(job).path);
  const { headers } = contender.progressOf(jobs[0]);
  const { answers, ms } = await contender.produce({ connections, milliseconds, paths, bodies: PROGRESS, headers });
  return { figures: { "reports a second": (answers / ms) * 1_000 }, units: answers, unit: "report" };
}
