// The service under load: very many readers, jobs and lines, readers that stop, drip or leave · about 15 min.
// `node tests/torture/load.mjs [case…] [--count=n]`; without a case, all of them, each on a service of its own. Prints a table of
// figures; ends with 1 when something that must hold does not. docs/LOAD.md tells more.
import { cpus, totalmem } from "node:os";
import { program, Refusal, step } from "../../scripts/step.mjs";
import { startBed } from "./load/bed.mjs";
import { churn } from "./load/cases/churn.mjs";
import { firehose } from "./load/cases/firehose.mjs";
import { jobs } from "./load/cases/jobs.mjs";
import { slowReaders } from "./load/cases/slow.mjs";
import { subscribers } from "./load/cases/subscribers.mjs";
import { buildCrowd } from "./load/crowd.mjs";
import { Findings } from "./load/findings.mjs";

const CASES = { subscribers, jobs, firehose, slow: slowReaders, churn };
const GB = 1024 ** 3;

await program(async () => {
  const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const unknown = wanted.find((name) => !(name in CASES));
  if (unknown) throw new Refusal(`There is no case “${unknown}”: ${Object.keys(CASES).join(", ")}.`);
  await step("Build the crowd of readers", buildCrowd);
  const found = [];
  for (const name of wanted.length > 0 ? wanted : Object.keys(CASES)) {
    found.push(await step(`Load: ${name}`, () => carriedOut(name, countFrom(process.argv))));
  }
  console.log(`\n${machine()}\n${found.join("\n")}`);
  process.exit(found.every(({ isGood }) => isGood) ? 0 : 1);
});

async function carriedOut(name, count) {
  const bed = await startBed();
  const findings = new Findings(name);
  try {
    await CASES[name](bed, findings, count);
  } catch (error) {
    findings.holds("the case came to its end", false, error.stack);
  } finally {
    await bed.end();
  }
  return findings;
}

/** A smaller, or larger, load than the case's own. */
function countFrom(args) {
  const given = args.find((argument) => argument.startsWith("--count="));
  return given && Number(given.slice("--count=".length));
}

function machine() {
  return `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / GB)} GB, Node ${process.version}`;
}
