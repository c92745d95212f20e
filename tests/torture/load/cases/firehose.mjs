// A million lines on one job, with somebody who reads them all.
import { gzipSync } from "node:zlib";
import { perSecond, seconds } from "../findings.mjs";
import { eventsOf, inLanes, range } from "../producer.mjs";
import { cuts } from "../seen.mjs";

const WANTED = 1_000_000;
const BATCH = 1_000;
const LANES = 2;
const READERS = 3;
const KEPT = 100_000;
/** One batch among so many is refused. */
const REFUSED_EVERY = 10;
/** What the reading and keeping of any number of lines may take, MB. */
const GROWTH_MB = 400;

const line = (number) => ({ level: "info", message: `frame ${number} encoded, ${"=".repeat(number % 90)} bitrate 4200 kbit/s`, source: "encoder" });
const ndjson = (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

/** In turn as a JSON array, as NDJSON, and each of them packed. */
const FORMS = [
  (entries) => ({ body: JSON.stringify(entries), headers: { "content-type": "application/json" } }),
  (entries) => ({ body: ndjson(entries), headers: { "content-type": "application/x-ndjson" } }),
  (entries) => ({ body: gzipSync(JSON.stringify(entries)), headers: { "content-type": "application/json", "content-encoding": "gzip" } }),
  (entries) => ({ body: gzipSync(ndjson(entries)), headers: { "content-type": "application/x-ndjson", "content-encoding": "gzip" } }),
];

/** What the limits refuse: too many entries, too much on the wire, too much unpacked, a line that is too long. */
const TOO_MUCH = [
  ...FORMS.map((form) => form(Array(BATCH + 1).fill("x"))),
  { body: JSON.stringify(Array(100).fill("x".repeat(12_000))), headers: { "content-type": "application/json" } },
  { body: gzipSync(Buffer.alloc(64 * 1_024 * 1_024, "x")), headers: { "content-type": "application/x-ndjson", "content-encoding": "gzip" } },
];

export async function firehose(bed, findings, count = WANTED) {
  const { producer } = bed;
  const before = await bed.before();
  findings.held("before", before);
  findings.felt("before", before.other);
  const [job] = await producer.running(1);
  const crowd = bed.crowd();
  await crowd.open([eventsOf(job)], { times: READERS, resumes: true });

  const refusals = [];
  const bytes = { plain: 0, gzip: 0 };
  const poured = await bed.during(async () => {
    await inLanes(LANES, range(count / BATCH), async (batch) => {
      const options = FORMS[batch % FORMS.length](range(BATCH).map((number) => line(batch * BATCH + number)));
      bytes[options.headers["content-encoding"] ?? "plain"] += options.body.length;
      await producer.accepted("POST", `/api/v1/jobs/${job}/logs`, options);
      if (batch % REFUSED_EVERY === 0) refusals.push((await producer.ask("POST", `/api/v1/jobs/${job}/logs`, TOO_MUCH[(batch / REFUSED_EVERY) % TOO_MUCH.length])).status);
    });
    await producer.report(job, "complete", {});
    await crowd.order("ended");
  });
  findings.figure("lines", `${count.toLocaleString("en")} in ${seconds(poured.seconds)}, ${perSecond(count, poured.seconds)} (${mb(bytes.plain)} MB plain, ${mb(bytes.gzip)} MB packed)`);
  findings.felt("meanwhile", poured.other);
  const groups = await crowd.tally();
  const readers = groups.map(({ lines, resets, ending, streams }) => JSON.stringify({ lines, resets, ending, streams }));
  findings.figure("cut for being behind, and taken up again", `${cuts(groups)} times`);
  const seen = groups.reduce((sum, { lines, streams }) => sum + streams * lines.reduce((all, [from, to]) => all + to - from + 1, 0), 0);
  findings.figure("lines checked", seen.toLocaleString("en"));
  findings.figure("resets, because the log had been trimmed past a reader", groups.reduce((sum, { resets, streams }) => sum + resets * streams, 0));
  // No range begins before the one ahead of it has ended, and where one is missing a reset has said so.
  const rising = ({ lines }) => lines.flat().every((seq, at, all) => at === 0 || seq >= all[at - 1]);
  const told = (group) => rising(group) && group.lines[0][0] === 1 && group.lines.at(-1)[1] === count && group.lines.length <= group.resets + 1;
  findings.holds(`each of ${READERS} readers got the lines once, in order, and a reset for each gap`, groups.every(told), readers.join(" "));
  findings.holds(`what is too much was refused with 413, ${refusals.length} times`, refusals.length > 0 && refusals.every((status) => status === 413), refusals.join(" "));
  await checkKept(findings, producer, job, count);
  findings.figure("storage of the object", `${mb(bed.stored())} MB`);
  findings.holds("storage holds what is kept, not what came", bed.stored() < 100 * 1_024 * 1_024, `${mb(bed.stored())} MB`);
  findings.figure("highest memory", `${poured.highest} MB`);
  findings.holds(`memory grows by less than ${GROWTH_MB} MB`, poured.highest - before.memory < GROWTH_MB, `${before.memory} → ${poured.highest} MB`);
  await bed.checkAfter(findings, before);
}

async function checkKept(findings, producer, job, count) {
  const { logs } = await producer.accepted("GET", `/api/v1/jobs/${job}/logs?limit=1`);
  const kept = count - logs[0].seq + 1;
  findings.figure("lines kept", kept.toLocaleString("en"));
  findings.holds(`the newest ${KEPT.toLocaleString("en")} are kept, and a tenth more at the most`, kept >= Math.min(count, KEPT) && kept <= KEPT * 1.1 + BATCH, `${kept}`);
}

const mb = (size) => Math.round(size / 1_024 / 1_024);
