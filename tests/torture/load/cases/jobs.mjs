// Very many jobs at once, each with a subscriber of its own.
import { perSecond, seconds } from "../findings.mjs";
import { eventsOf, inLanes, range } from "../producer.mjs";
import { eventsSeen, otherwise, streams, wrong } from "../seen.mjs";

const WANTED = 2_000;
const REPORTS = 3;
const LANES = 32;
/** What one job with its object and subscriber may cost, MB. */
const EACH_MB = 2;

export async function jobs(bed, findings, count = WANTED) {
  const { producer, runtime } = bed;
  const before = await bed.before();
  findings.held("before", before);
  findings.felt("before", before.other);

  const made = await bed.during(() => producer.running(count));
  findings.figure("jobs", `${count}, created and taken in ${seconds(made.seconds)}, ${perSecond(count, made.seconds)}`);
  const all = made.result;
  const crowd = bed.crowd();
  const opened = await bed.during(() => crowd.open(all.map(eventsOf), { atOnce: 50 }));
  findings.figure("subscribers", `${opened.result.open}, opened in ${seconds(opened.seconds)}`);
  findings.figure("runtime, all there", `${runtime.memory()} MB, ${runtime.descriptors()} descriptors`);
  findings.felt("while they wait", await bed.probe.rest(5_000));

  const told = new Map(all.map((job) => [job, []]));
  const reports = range(REPORTS).flatMap((percent) => all.map((job) => [job, percent]));
  const worked = await bed.during(async () => {
    await inLanes(LANES, reports, async ([job, percent]) => told.get(job).push((await producer.report(job, "progress", { percent })).id));
    await crowd.order("frames", { count: count * REPORTS });
  });
  const { p50, p99 } = await crowd.order("latency");
  findings.figure(`${REPORTS} reports on each`, `in ${seconds(worked.seconds)}, ${perSecond(reports.length, worked.seconds)}, from commit to reader p50 ${p50} ms, p99 ${p99} ms`);
  findings.felt("meanwhile", worked.other);

  const ended = await bed.during(async () => {
    await inLanes(LANES, all, (job) => producer.report(job, "complete", {}));
    await crowd.order("ended");
  });
  findings.figure("all completed", `in ${seconds(ended.seconds)}`);
  const groups = await crowd.tally();
  const bad = groups.map((group) => wrong([{ ...group, ids: group.ids.slice(0, -1) }], told.get(group.path.split("/")[4]))).find(Boolean);
  findings.figure("events checked", eventsSeen(groups).toLocaleString("en"));
  findings.holds(`each of ${count} subscribers saw each event of its job once, in order`, streams(groups) === count && !bad, bad);
  findings.holds("each stream ended cleanly with its job", !otherwise(groups, "clean"), otherwise(groups, "clean"));
  const { total } = await producer.accepted("GET", "/api/v1/jobs?status=completed&limit=1");
  findings.holds("the directory lists them all as completed", total === count, `${total}`);
  const highest = Math.max(made.highest, opened.highest, worked.highest, ended.highest);
  findings.figure("highest memory", `${highest} MB, ${(((highest - before.memory) * 1_024) / count).toFixed(0)} KB a job`);
  findings.holds(`memory stays under ${EACH_MB} MB a job`, highest - before.memory < EACH_MB * count, `${highest} MB`);
  await bed.checkAfter(findings, before);
}
