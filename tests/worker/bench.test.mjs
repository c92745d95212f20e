// npm run bench: how its rounds go, what is made of their figures, and that what it measures with can be spoken to. Nothing is measured here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { secondsAwake } from "../../bench/cases/bill.mjs";
import { cold } from "../../bench/cases/cold.mjs";
import { renew } from "../../bench/cases/leaving.mjs";
import { JOBCAST, startContender, TWIN } from "../../bench/contender.mjs";
import { betterSse } from "../../bench/peers/better-sse.mjs";
import { bullmq } from "../../bench/peers/bullmq.mjs";
import { nchan } from "../../bench/peers/nchan.mjs";
import { PEERS, startPeers } from "../../bench/peers/peers.mjs";
import { carriedOut, takingPart } from "../../bench/rounds.mjs";
import { compared, isMet, median } from "../../bench/statistics.mjs";
import { table } from "../../bench/table.mjs";
import { at } from "../../scripts/paths.mjs";

test("the median is the middle, or between the two in the middle", () => {
  assert.deepEqual([median([9, 1, 5]), median([4, 1, 3, 100])], [5, 3.5]);
});

test("the ratio is the median of the rounds' own, so that a slow moment of the machine counts for both", () => {
  // In the second round everything took ten times as long.
  const { first, second, ratio, least, most } = compared([200, 20, 220], [100, 10, 100]);
  assert.deepEqual({ first, second, ratio, least, most }, { first: 200, second: 100, ratio: 2, least: 2, most: 2.2 });
});

test("a goal is a least ratio, a most, or what the figure has to be", () => {
  assert.deepEqual([isMet(1.5, { least: 1.5 }), isMet(1.4, { least: 1.5 }), isMet(1, { most: 1 }), isMet(1.1, { most: 1 })], [true, false, true, false]);
  assert.deepEqual([isMet(0, { figure: 0 }, 0), isMet(0, { figure: 0 }, 1)], [true, false]);
  assert.equal(isMet(1, undefined), undefined);
});

test("an object that is still the same was awake all the time, one that was built anew for its handlers alone", () => {
  const awake = (awakeMs, built) => secondsAwake({ awakeMs, built, watched: 4, ms: 60_000 });
  assert.deepEqual([awake(0, 4), awake(40, 4), awake(0, 0), awake(500, 0), awake(0, 3)], [0, 0.6, 3_600, 3_600, 900]);
});

/** One that has a speed, and tells what was asked of it. */
const pretended = (calls, name, speed, serves) => ({
  name, speed, serves, used: 0,
  processor() { return (this.used += 0.001); },
  leave: async () => void calls.push(`${name} leaves`),
});

const caseOf = (calls, failing) => ({
  title: "a case", goals: { "reports a second": { least: 1.5 } },
  prepare: async ({ name }) => void calls.push(`prepare ${name}`),
  before: async ({ name }) => void calls.push(`before ${name}`),
  round: async ({ name, speed }, _, milliseconds) => {
    calls.push(`${name} ${milliseconds}`);
    if (name === failing) throw new Error("a frame is missing");
    return { figures: { "reports a second": speed }, units: 2, unit: "report" };
  },
  after: async ({ name }) => calls.push(`after ${name}`),
});

test("contenders are prepared, warmed up, and then measured in turn, each against the first", async () => {
  const calls = [];
  const contenders = [pretended(calls, "A", 300), pretended(calls, "B", 100), pretended(calls, "C", 600, "fan-out")];
  const { lines, missing } = await carriedOut(caseOf(calls), contenders, { rounds: 2, milliseconds: 10 });
  const round = (milliseconds) => ["A", "B", "C"].flatMap((name) => [`before ${name}`, `${name} ${milliseconds}`]);
  assert.deepEqual(calls, ["prepare A", "prepare B", "prepare C", ...round(5), ...round(10), ...round(10), "after A", "after B", "after C"]);
  assert.deepEqual(lines.map(({ against, ratio, goal, processor }) => [against, ratio, goal, processor.map(Math.round)]), [["B", 3, { least: 1.5 }, [500, 500]], ["C", 0.5, undefined, [500, 500]]]);
  assert.deepEqual(missing, []);
});

test("a peer that fails is left out and told of, and spoils nothing", async () => {
  const calls = [];
  const contenders = [pretended(calls, "A", 300), pretended(calls, "B", 100), pretended(calls, "C", 600, "fan-out")];
  const { lines, missing } = await carriedOut(caseOf(calls, "C"), contenders, { rounds: 2, milliseconds: 10 });
  assert.deepEqual(lines.map(({ against }) => against), ["B"]);
  assert.deepEqual(missing, [{ title: "a case, C", why: "a frame is missing" }]);
  assert.deepEqual(calls.filter((call) => call.includes("C")), ["prepare C", "before C", "C 5", "C leaves"]);
});

test("a twin that fails spoils the case", async () => {
  const contenders = [pretended([], "A", 300), pretended([], "B", 100)];
  await assert.rejects(carriedOut(caseOf([], "B"), contenders, { rounds: 1, milliseconds: 10 }), /a frame is missing/);
});

test("a peer takes part in what it serves, and the twin in all but what Jobcast alone has", () => {
  const contenders = [pretended([], "A", 1), pretended([], "B", 1), pretended([], "C", 1, "fan-out"), pretended([], "D", 1, "lives of jobs")];
  const names = (one) => takingPart(one, contenders).map(({ name }) => name).join("");
  assert.deepEqual([names({}), names({ peers: "fan-out" }), names({ peers: "lives of jobs" }), names({ alone: true })], ["AB", "ABC", "ABD", "A"]);
});

test("streams that would soon end give place to others, of another job, before a round", async () => {
  const calls = [];
  const contender = {
    running: async () => ["job_2"], eventsOf: (job) => job, report: async (job) => void calls.push(`report on ${job}`),
    leave: async () => void calls.push("leave"), watch: async (path, times) => void calls.push(`${times} watch ${path}`),
  };
  const crowd = { job: "job_1", subscribers: 7, expected: 70, since: performance.now() };
  await renew(contender, crowd);
  assert.deepEqual(calls, []);
  await renew(contender, Object.assign(crowd, { since: performance.now() - 200_000 }));
  assert.deepEqual(calls, ["leave", ...Array(3).fill("report on job_1"), "7 watch job_2"]);
  assert.deepEqual([crowd.job, crowd.expected], ["job_2", 0]);
});

test("the table tells of each goal whether it is met", () => {
  const line = { title: "a case", figure: "p99, ms", against: "twin", first: 12.34, second: 1234.5, ratio: 0.01, least: 0.009, most: 1, goal: { most: 1 }, processor: [0.5, 15], unit: "frame" };
  const [, , met, missed] = table([line, { ...line, ratio: 1.2, goal: { least: 1.5 } }]).split("\n");
  assert.match(met, /\| a case \| p99, ms \| 12\.3 +\| twin +\| 1,235 +\| 0\.01 +\| 0\.01 to 1\.00 +\| ≤ 1\.0 ✓ +\| 0\.50 µs a frame +\| 15\.0 µs a frame +\|/);
  assert.match(missed, /≥ 1\.5 ✗/);
});

test("the table shows what Jobcast alone has, and what is counted once", () => {
  const [, , alone, once] = table([
    { title: "a feed", figure: "frames a second", first: 5_000, processor: [20], unit: "report" },
    { title: "an hour", figure: "seconds awake", against: "twin", goal: { figure: 0 }, ...compared([0], [3_600]) },
  ]).split("\n");
  assert.match(alone, /\| a feed +\| frames a second +\| 5,000 +\| +\| +\| +\| +\| +\| 20\.0 µs a report +\| +\|/);
  assert.match(once, /\| 0 +\| twin +\| 3,600 +\| 0\.00 +\| +\| 0 ✓ +\| +\| +\|/);
});

test("a peer that is not installed or does not start is left out, and it is said how to install it", async () => {
  const there = { name: "there", serves: "fan-out", isInstalled: () => true, start: async () => "started" };
  const known = [
    there,
    { ...there, name: "elsewhere", serves: "lives of jobs" },
    { ...there, name: "absent", isInstalled: () => false, howToInstall: "apt-get install absent" },
    { ...there, name: "broken", start: async () => { throw new Error("it ended"); } },
  ];
  const { peers, absent } = await startPeers(new Set(["fan-out", undefined]), known);
  assert.deepEqual(peers, ["started"]);
  assert.deepEqual(absent, ["absent was left out: it is not installed (apt-get install absent).", "broken was left out: it ended."]);
  assert.deepEqual(PEERS.map(({ howToInstall }) => howToInstall.split(" ")[0]), ["apt-get", "npm", "apt-get"]);
});

/** The frames of a stream as they come: `{event, id, data}`. */
async function* framesOf(url, signal) {
  let text = "";
  for await (const piece of (await fetch(url, { headers: { accept: "text/event-stream" }, signal })).body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text += piece).split("\n\n");
    text = blocks.pop();
    const fields = blocks.map((block) => Object.fromEntries(block.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line)?.slice(1) ?? ["", line])));
    yield* fields.filter(({ event }) => event);
  }
}

for (const peer of [betterSse, nchan]) {
  test(`${peer.name} begins as Jobcast does, and brings each report to who watches its job`, { skip: peer.isInstalled() ? false : peer.howToInstall }, async () => {
    const started = await peer.start();
    const gone = new AbortController();
    try {
      const [job, other] = await started.running(2);
      const frames = framesOf(started.runtime.url + started.eventsOf(job), gone.signal);
      const begun = (await frames.next()).value;
      assert.deepEqual([begun.event, begun.data, /^\d+/.test(begun.id)], ["job:snapshot", "{}", true]);
      await started.report(other, 10);
      await started.report(job, 20);
      const { event, data, id } = (await frames.next()).value;
      assert.deepEqual([event, data, /^\d+/.test(id)], ["job:progress", '{"percent":20}', true]);
      assert.ok(started.processor() >= 0 && started.runtime.limit() > 0);
    } finally {
      gone.abort();
      await started.stop();
    }
  });
}

test("BullMQ brings jobs to their end", { skip: bullmq.isInstalled() ? false : bullmq.howToInstall }, async () => {
  const queue = await bullmq.start();
  try {
    const { answers, ms } = await queue.lives({ connections: 4, milliseconds: 50 });
    assert.ok(answers >= 4 && ms >= 50, `${answers} jobs in ${ms} ms`);
  } finally {
    await queue.stop();
  }
});

test("a process of Jobcast, of its twin and of nothing each gives a first answer", async () => {
  const { lines } = await cold.find(({ measure }) => measure).measure({ rounds: 1 });
  assert.deepEqual(lines.map(({ against }) => against), ["twin", "an empty Worker"]);
  assert.ok(lines.every(({ first, second }) => first > 0 && second > 0));
});

for (const [contender, main] of [[JOBCAST, "jobcast.mjs"], [TWIN, "twin.mjs"]]) {
  test(`what ${contender.name} writes is counted, and how often its objects are built`, async () => {
    const started = await startContender(contender, { main: at("bench", "costs", main) });
    const counts = async () => (await fetch(`${started.runtime.url}/api/counts`)).json();
    try {
      const [job] = await started.running(1);
      const begun = await counts();
      assert.deepEqual([begun.jobBuilt, begun.jobWritten > 0, begun.d1Written > 0, begun.alarmsSet > 0], [1, true, true, true]);
      await started.report(job, 50);
      const { workerRequests, jobRequests, jobBuilt, jobWritten } = await counts();
      assert.deepEqual([workerRequests, jobRequests, jobBuilt, jobWritten >= 1], [1, 1, undefined, true]);
    } finally {
      await started.stop();
    }
  });
}
