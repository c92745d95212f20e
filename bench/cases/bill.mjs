// What Cloudflare bills, as bench/costs counts it: rows written for a job and for a report, and the time that an object is awake because
// somebody watches. These are counts and no speeds: both are counted at once.
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../scripts/paths.mjs";
import { step } from "../../scripts/step.mjs";
import { JOBCAST, startContender, TWIN } from "../contender.mjs";
import { compared, median } from "../statistics.mjs";

const JOBS = 20;
const REPORTS = 20;
/** A little more than a second: nothing that follows behind each second could then gather two. */
const RHYTHM_MS = 1_050;
/** All alarms that a job sets for soon have rung. */
const SETTLED_MS = 12_000;
const WATCHED = 5;
const WATCHED_MS = 60_000;
const HOUR_S = 3_600;

const LIFE = "a job: create, poll, ack, complete";
const REPORT = "a report, one a second";
const IDLE = "a watched job on which nothing happens, an hour";
const GOALS = { [IDLE]: { "seconds awake": { figure: 0 } } };

export const bill = [{ title: "rows written, time awake", measure }];

async function measure() {
  const sides = await step("Start both, counted", async () => [
    // What isolates add to the totals each minute is nobody's job.
    await startContender(JOBCAST, { main: at("bench", "costs", "jobcast.mjs"), vars: { METRICS_SECONDS: "0" } }),
    await startContender(TWIN, { main: at("bench", "costs", "twin.mjs") }),
  ]);
  try {
    const [first, second] = await Promise.all(sides.map(figuresOf));
    return { lines: lines(first, second), missing: [] };
  } finally {
    for (const side of sides) await side.stop();
  }
}

const lines = (first, second) =>
  Object.entries(first).flatMap(([title, figures]) =>
    Object.keys(figures).map((figure) => ({ title, figure, against: TWIN.name, goal: GOALS[title]?.[figure], ...compared([figures[figure]], [second[title][figure]]) })),
  );

/** `{title: {figure: value}}`. */
async function figuresOf(contender) {
  await contender.produce({ connections: 1, count: 1 }); // the first job of a project makes tables, and the key is known
  await counted(contender);
  await contender.produce({ connections: 1, count: JOBS });
  const lives = await counted(contender);
  return { [LIFE]: written(lives, JOBS), [REPORT]: await reported(contender), ...(await watched(contender)) };
}

async function reported(contender) {
  const [job] = await contender.running(1);
  await counted(contender);
  await contender.producers.order("pace", { ...contender.progressOf(job), count: REPORTS, milliseconds: RHYTHM_MS });
  return written(await counted(contender), REPORTS);
}

const written = ({ d1Written = 0, jobWritten = 0, feedWritten = 0 }, times) => ({ "rows of D1": d1Written / times, "rows of objects": (jobWritten + feedWritten) / times });

/** What was counted, once all is done that follows behind. */
async function counted(contender) {
  await sleep(SETTLED_MS);
  return counts(contender);
}

const counts = async ({ runtime }) => (await fetch(`${runtime.url}/api/counts`)).json();

/**
 * Seconds of an hour, of `watched` objects in `ms` of silence, after which `built` of them had to be built anew. Such a one was not in memory,
 * and was awake for its handlers alone; one that is still the same was there all the time, and all of it is billed.
 */
export function secondsAwake({ awakeMs, built, watched, ms }) {
  const stayed = (watched - built) * ms;
  return (Math.min(awakeMs + stayed, watched * ms) / (watched * ms)) * HOUR_S;
}

async function watched(contender) {
  const jobs = await contender.running(WATCHED);
  for (const job of jobs) await contender.watch(contender.eventsOf(job), 1);
  await counted(contender);
  await sleep(WATCHED_MS);
  const { awakeMs = 0 } = await counts(contender);
  const times = [];
  for (const job of jobs) times.push(await timed(() => contender.report(job, 50)));
  const { jobBuilt = 0 } = await counts(contender);
  const seconds = secondsAwake({ awakeMs, built: Math.min(jobBuilt, WATCHED), watched: WATCHED, ms: WATCHED_MS });
  return { [IDLE]: { "seconds awake": seconds }, "the first report after a quiet minute": { ms: median(times) } };
}

async function timed(work) {
  const since = performance.now();
  await work();
  return performance.now() - since;
}
