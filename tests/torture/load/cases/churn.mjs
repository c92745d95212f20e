// Connections that open and leave, in order or abruptly, at any moment: nothing of them is left.
import { perSecond, seconds } from "../findings.mjs";
import { eventsOf } from "../producer.mjs";

const WANTED = 8_000;
const JOBS = 10;
const AT_ONCE = 100;
const WAYS = [
  ["begun", "finish"], ["begun", "reset"], ["asked", "finish"], ["asked", "reset"], ["halfAsked", "finish"], ["halfAsked", "reset"],
  ["connected", "finish"], ["connected", "reset"],
];
/** What so many at one time may take, MB. */
const GROWTH_MB = 600;

export async function churn(bed, findings, count = WANTED) {
  const { producer } = bed;
  const before = await bed.before();
  findings.held("before", before);
  findings.felt("before", before.other);
  const jobs = await producer.running(JOBS);
  const paths = [...jobs.map(eventsOf), "/queue/events"];
  const crowd = bed.crowd();
  let highest = 0;
  for (const [when, how] of WAYS) {
    const share = Math.ceil(count / WAYS.length);
    const left = await bed.during(() => crowd.order("churn", { paths, count: share, when, how, atOnce: AT_ONCE }));
    highest = Math.max(highest, left.highest);
    findings.figure(`${when}, ${how}`, `${share} in ${seconds(left.seconds)}, ${perSecond(share, left.seconds)}`);
    if (left.other.count > 0) findings.felt(`${when}, ${how}`, left.other);
    findings.holds(`${share} connections came and left (${when}, ${how})`, left.result.came === share, `${left.result.came}`);
  }
  findings.figure("highest memory", `${highest} MB`);
  findings.holds(`memory grows by less than ${GROWTH_MB} MB`, highest - before.memory < GROWTH_MB, `${before.memory} → ${highest} MB`);
  await bed.checkAfter(findings, before);
  // Who comes now is served.
  await crowd.open(paths, {});
  const ids = [];
  for (const job of jobs) ids.push((await producer.report(job, "progress", { percent: 1 })).id);
  await crowd.order("frames", { count: jobs.length });
  findings.holds("who comes now is served", ids.length === jobs.length);
}
