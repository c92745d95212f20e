// npm run bench [-- case… --seconds=3 --rounds=5 --write]: Jobcast against its twin in TypeScript (bench/twin), on this machine, in turn, so that what
// disturbs one disturbs the other: the ratios are the figures. A run of all cases takes some 20 minutes and writes bench/RESULTS.md; one of named cases does with --write.
import { writeFileSync } from "node:fs";
import { buildDashboard } from "../scripts/dashboard.mjs";
import { at } from "../scripts/paths.mjs";
import { program, Refusal, seconds, step } from "../scripts/step.mjs";
import { prepareToolchain } from "../scripts/toolchain.mjs";
import { buildWorker } from "../scripts/worker.mjs";
import { buildCrowd } from "../tests/torture/load/crowd.mjs";
import { burst } from "./cases/burst.mjs";
import { cycles } from "./cases/cycles.mjs";
import { idle } from "./cases/idle.mjs";
import { logs } from "./cases/logs.mjs";
import { opening } from "./cases/opening.mjs";
import { pace } from "./cases/pace.mjs";
import { replay } from "./cases/replay.mjs";
import { reports } from "./cases/reports.mjs";
import { startJobcast, startTwin } from "./contender.mjs";
import { assertEqual } from "./equal.mjs";
import { generatorAlone } from "./nothing.mjs";
import { report } from "./report.mjs";
import { carriedOut } from "./rounds.mjs";
import { table } from "./table.mjs";
import { checkTypes } from "./types.mjs";

const CASES = { reports, logs, burst, pace, replay, cycles, opening, idle };
const RESULTS = at("bench", "RESULTS.md");

await program(async () => {
  const began = performance.now();
  const { names, time, rounds, writes } = asked(process.argv.slice(2));
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await step("Build the generator of load", buildCrowd);
  await step("Check the twin's types", checkTypes);
  const alone = await step("Measure the generator alone", () => generatorAlone(time));
  const { lines, spoilt } = await againstEachOther(names, { rounds, milliseconds: time });
  const text = await report({ lines, spoilt, alone, rounds, milliseconds: time });
  console.log(`\n${text}\nIt took ${seconds(began)}.`);
  if (writes) writeFileSync(RESULTS, text);
  process.exit(spoilt.length === 0 ? 0 : 1);
});

function asked(args) {
  const option = (name, preset) => Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? preset);
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = names.find((name) => !(name in CASES));
  if (unknown) throw new Refusal(`There is no case “${unknown}”: ${Object.keys(CASES).join(", ")}.`);
  const writes = names.length === 0 || args.includes("--write");
  return { names: names.length > 0 ? names : Object.keys(CASES), time: option("seconds", 3) * 1_000, rounds: option("rounds", 5), writes };
}

async function againstEachOther(names, how) {
  const contenders = await step("Start Jobcast and its twin", async () => [await startJobcast(), await startTwin()]);
  try {
    await step("See that both promise the same", () => assertEqual(contenders));
    const found = { lines: [], spoilt: [] };
    for (const one of names.flatMap((name) => CASES[name])) await into(found, one, contenders, how);
    return found;
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

/** A case in which anything was refused or is missing has no figures; the others go on. */
async function into({ lines, spoilt }, one, contenders, how) {
  try {
    const found = await step(one.title, () => carriedOut(one, contenders, how));
    console.log(table(found));
    lines.push(...found);
  } catch (error) {
    console.error(`✗ ${one.title}: ${error.stack}`);
    spoilt.push({ title: one.title, why: error.message });
    for (const { readers } of contenders) await readers.order("leave", { how: "finish" });
  }
}
