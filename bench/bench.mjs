// npm run bench [-- case… --seconds=3 --rounds=5 --write]: Jobcast against its twin in TypeScript (bench/twin) and, where they serve, its peers
// (bench/peers), on this machine, in turn, so that what disturbs one disturbs the other: the ratios are the figures. A run of all cases takes
// some 40 minutes and writes bench/RESULTS.md; one of named cases does with --write.
import { writeFileSync } from "node:fs";
import { buildDashboard } from "../scripts/dashboard.mjs";
import { at } from "../scripts/paths.mjs";
import { program, Refusal, seconds, step } from "../scripts/step.mjs";
import { prepareToolchain } from "../scripts/toolchain.mjs";
import { buildWorker } from "../scripts/worker.mjs";
import { buildCrowd } from "../tests/torture/load/crowd.mjs";
import { bill } from "./cases/bill.mjs";
import { burst } from "./cases/burst.mjs";
import { cold } from "./cases/cold.mjs";
import { cycles } from "./cases/cycles.mjs";
import { feed } from "./cases/feed.mjs";
import { idle } from "./cases/idle.mjs";
import { logs } from "./cases/logs.mjs";
import { opening } from "./cases/opening.mjs";
import { pace } from "./cases/pace.mjs";
import { replay } from "./cases/replay.mjs";
import { reports } from "./cases/reports.mjs";
import { JOBCAST, startContender, TWIN } from "./contender.mjs";
import { assertEqual } from "./equal.mjs";
import { generatorAlone, told } from "./nothing.mjs";
import { startPeers } from "./peers/peers.mjs";
import { report } from "./report.mjs";
import { carriedOut, takingPart } from "./rounds.mjs";
import { table } from "./table.mjs";
import { checkTypes } from "./types.mjs";

/** Those with `measure` bring what they compare with them. */
const CASES = { reports, logs, burst, feed, pace, replay, cycles, opening, idle, cold, bill };
const RESULTS = at("bench", "RESULTS.md");

await program(async () => {
  const began = performance.now();
  const { names, time, rounds, writes } = asked(process.argv.slice(2));
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await step("Build the generator of load", buildCrowd);
  await step("Check the twin's types", checkTypes);
  const how = { rounds, milliseconds: time };
  const alone = told(await step("Measure the generator alone", () => generatorAlone(time)));
  console.log(alone);
  const cases = names.flatMap((name) => CASES[name]);
  const found = { lines: [], spoilt: [], missing: [], absent: [] };
  await againstEachOther(found, cases.filter(({ measure }) => !measure), how);
  for (const one of cases.filter(({ measure }) => measure)) await into(found, one.title, () => one.measure(how));
  const text = await report({ ...found, alone, ...how });
  console.log(`\n${text}\nIt took ${seconds(began)}.`);
  if (writes) writeFileSync(RESULTS, text);
  process.exit(found.spoilt.length === 0 ? 0 : 1);
});

function asked(args) {
  const option = (name, preset) => Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? preset);
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = names.find((name) => !(name in CASES));
  if (unknown) throw new Refusal(`There is no case “${unknown}”: ${Object.keys(CASES).join(", ")}.`);
  const writes = names.length === 0 || args.includes("--write");
  return { names: names.length > 0 ? names : Object.keys(CASES), time: option("seconds", 3) * 1_000, rounds: option("rounds", 5), writes };
}

async function againstEachOther(found, cases, how) {
  if (cases.length === 0) return;
  const both = await step("Start Jobcast and its twin", async () => [await startContender(JOBCAST), await startContender(TWIN)]);
  const { peers, absent } = await step("Start the peers", () => startPeers(new Set(cases.map(({ peers }) => peers))));
  for (const why of absent) console.log(why);
  found.absent.push(...absent);
  const contenders = [...both, ...peers];
  try {
    await step("See that both promise the same", () => assertEqual(both));
    for (const one of cases) {
      const part = takingPart(one, contenders);
      if (!(await into(found, one.title, () => carriedOut(one, part, how)))) for (const contender of part) await contender.leave();
    }
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

/** A case in which anything was refused or is missing has no figures; the others go on. Whether it has. */
async function into({ lines, spoilt, missing }, title, work) {
  try {
    const found = await step(title, work);
    console.log(table(found.lines));
    lines.push(...found.lines);
    missing.push(...found.missing);
    return true;
  } catch (error) {
    console.error(`✗ ${title}: ${error.stack}`);
    spoilt.push({ title, why: error.message });
    return false;
  }
}
