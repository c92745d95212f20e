// One job that very many watch: each gets each event, once, in order.
import { setTimeout as sleep } from "node:timers/promises";
import { perSecond, seconds } from "../findings.mjs";
import { eventsOf, inLanes, range } from "../producer.mjs";
import { eventsSeen, otherwise, streams, wrong } from "../seen.mjs";

const WANTED = 10_000;
/** Events at a pace that the runtime can keep, and events as fast as they are taken. */
const PACED = 4;
const PACE_MS = 5_000;
const BURST = 10;
const LANES = 8;
/** workerd holds each connection by two descriptors. */
const DESCRIPTORS_EACH = 2;
/** What one subscriber may cost, MB. */
const EACH_MB = 0.5;

export async function subscribers(bed, findings, count = WANTED) {
  const { runtime, producer } = bed;
  count = Math.min(count, Math.floor((runtime.limit() - runtime.descriptors() - 100) / DESCRIPTORS_EACH));
  const before = await bed.before();
  findings.held("before", before);
  findings.felt("before", before.other);
  const crowd = bed.crowd();
  const [job] = await producer.running(1);

  const opened = await bed.during(() => crowd.open([eventsOf(job)], { times: count }));
  findings.figure("subscribers", `${count}, opened in ${seconds(opened.seconds)}, ${perSecond(count, opened.seconds)}`);
  findings.felt("while they come", opened.other);
  findings.figure("runtime, all there", `${runtime.memory()} MB, ${runtime.descriptors()} descriptors`);
  findings.felt("while they wait", await bed.probe.rest(5_000));

  const ids = [];
  const progress = async (percent) => ids.push((await producer.report(job, "progress", { percent })).id);
  const arrived = () => crowd.order("frames", { count: count * ids.length });
  const paced = await bed.during(async () => {
    for (const percent of range(PACED)) {
      await Promise.all([progress(percent), sleep(PACE_MS)]);
    }
    await arrived();
  });
  tell(findings, `an event every ${PACE_MS / 1_000} s`, PACED * count, paced, await crowd.order("latency"));
  const burst = await bed.during(async () => {
    await inLanes(LANES, range(BURST), progress);
    await arrived();
  });
  tell(findings, `${BURST} events at once`, BURST * count, burst, await crowd.order("latency"));

  ids.push(Number(await finished(producer, job)));
  await crowd.order("ended");
  const groups = await crowd.tally();
  findings.figure("events checked", eventsSeen(groups).toLocaleString("en"));
  findings.holds(`each of ${count} subscribers saw each of ${ids.length} events once, in order`, streams(groups) === count && !wrong(groups, ids), wrong(groups, ids));
  findings.holds("each stream ended cleanly with its job", !otherwise(groups, "clean"), otherwise(groups, "clean"));
  const highest = Math.max(opened.highest, paced.highest, burst.highest);
  findings.figure("highest memory", `${highest} MB, ${(((highest - before.memory) * 1_024) / count).toFixed(0)} KB a subscriber`);
  findings.holds(`memory stays under ${EACH_MB} MB a subscriber`, highest - before.memory < EACH_MB * count, `${highest} MB`);
  await bed.checkAfter(findings, before);
}

function tell(findings, when, frames, { seconds: time, other, processor }, { p50, p99 }) {
  findings.figure(when, `${frames.toLocaleString("en")} frames in ${seconds(time)} (${perSecond(frames, time)}, ${seconds(processor)} of processor), from commit to reader p50 ${p50} ms, p99 ${p99} ms`);
  findings.felt(when, other);
}

/** Completes the job; the id of its end. */
async function finished(producer, job) {
  await producer.report(job, "complete", {});
  const { events } = await producer.accepted("GET", `${eventsOf(job)}?limit=1000`, { headers: { accept: "application/json" } });
  return events.at(-1).id;
}
