// Readers that stop, and readers of one byte a second, on a busy job: they are cut and come back; nobody else notices.
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "../findings.mjs";
import { eventsOf } from "../producer.mjs";
import { cuts, eventsSeen, streams, wrong } from "../seen.mjs";

const ORDINARY = 20;
const STOPPED = 50;
const DRIPPING = 50;
const BATCHES = 200;
const PACE_MS = 100;
/** One event of some 60 KB. */
const LINES = Array(5).fill("x".repeat(12_000));
/** What waits for one slow reader: the bound of 1 MiB, what wasm took to hold it, and the kernel's share, which is none of the process's. */
const EACH_MB = 4;
const SLACK_MB = 250;

export async function slowReaders(bed, findings, count = BATCHES) {
  const { runtime } = bed;
  const before = await bed.before();
  findings.held("before", before);
  findings.felt("before", before.other);

  const alone = await busy(bed, count, []);
  findings.felt("busy job, ordinary readers", alone.other);
  findings.figure("ordinary readers, without slow ones", `from commit to reader p50 ${alone.latency.p50} ms, p99 ${alone.latency.p99} ms`);
  const together = await busy(bed, count, [["stopped", STOPPED], ["drip", DRIPPING]]);
  findings.felt("busy job, slow readers too", together.other);
  findings.figure(`ordinary readers, beside ${STOPPED + DRIPPING} slow ones`, `from commit to reader p50 ${together.latency.p50} ms, p99 ${together.latency.p99} ms`);
  findings.figure("slow readers cut", `${together.cut} of ${STOPPED + DRIPPING}`);

  for (const { ordinary, ids } of [alone, together]) {
    findings.holds(`each of ${ORDINARY} ordinary readers saw each of ${ids.length} events once, in order`, streams(ordinary) === ORDINARY && !wrong(ordinary, ids), wrong(ordinary, ids));
  }
  findings.figure("ordinary readers cut, and come back", `${cuts(alone.ordinary)} without slow ones, ${cuts(together.ordinary)} beside them`);
  findings.holds("nobody else is slowed by slow readers", together.latency.p99 <= 3 * alone.latency.p99 + 100 && together.other.p99 <= 3 * alone.other.p99 + 100, `p99 ${alone.latency.p99} → ${together.latency.p99}, ${alone.other.p99} → ${together.other.p99} ms`);
  findings.holds("each slow reader was cut while its job was busy, and holds nothing of the Worker's", together.cut === STOPPED + DRIPPING, `${together.cut}`);
  const { slow, ids } = together;
  findings.holds("with its cursor it came back to exactly the rest", slow.every((group) => group.cuts > 0) && !wrong(slow, ids), wrong(slow, ids) ?? "not each was cut");
  findings.figure("events checked", [alone.ordinary, together.ordinary, slow].reduce((sum, groups) => sum + eventsSeen(groups), 0).toLocaleString("en"));
  const bound = before.memory + SLACK_MB + EACH_MB * (STOPPED + DRIPPING);
  findings.figure("highest memory", `${alone.highest} MB without slow readers, ${together.highest} MB with them`);
  findings.figure("time", `${seconds(alone.seconds)}, ${seconds(together.seconds)}`);
  findings.holds(`memory stays under ${bound} MB`, together.highest < bound, `${together.highest} MB`);
  findings.figure("runtime now", `${runtime.memory()} MB`);
  await bed.checkAfter(findings, before);
}

/** A job on which something large happens several times a second. */
async function busy(bed, count, laggardly) {
  const { producer } = bed;
  const [job] = await producer.running(1);
  const [readers, laggards] = [bed.crowd(), bed.crowd()];
  await readers.open([eventsOf(job)], { times: ORDINARY, resumes: true });
  const { sockets } = await bed.held();
  for (const [pace, times] of laggardly) await laggards.open([eventsOf(job)], { times, pace, resumes: true });
  const reported = await bed.during(async () => {
    for (let sent = 0; sent < count; sent += 1) {
      await Promise.all([producer.accepted("POST", `/api/v1/jobs/${job}/logs`, { json: LINES }), sleep(PACE_MS)]);
    }
    await readers.order("frames", { count: ORDINARY * count });
  });
  const latency = await readers.order("latency");
  // Two sockets a stream. A connection that was cut stays with workerd until its reader reads on or leaves, so it tells nothing.
  const left = ((await bed.held()).sockets - sockets) / 2;
  await producer.report(job, "complete", {});
  await readers.order("ended");
  if (laggardly.length > 0) await laggards.order("release");
  const ids = await idsOf(producer, job);
  const [ordinary, slow] = [await readers.tally(), await laggards.tally()];
  const slowCount = laggardly.reduce((sum, [, times]) => sum + times, 0);
  return { ...reported, job, latency, ids, ordinary, slow, cut: slowCount - Math.max(0, left) };
}

/** What a reader who came at the start should have seen: all but what the snapshot told. */
async function idsOf(producer, job) {
  const ids = [];
  for (let after = 0; after !== null; ) {
    const page = await producer.accepted("GET", `${eventsOf(job)}?after=${after}&limit=1000`, { headers: { accept: "application/json" } });
    ids.push(...page.events.filter(({ type }) => type === "log.appended" || type === "job.completed").map(({ id }) => id));
    after = page.nextAfter;
  }
  return ids;
}
