// A service that does nothing (bench/load/src/trivial.rs), measured in the same way: what the generator can measure at the most.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { at } from "../scripts/paths.mjs";
import { burstOn, CROWDS } from "./cases/burst.mjs";
import { watch } from "./cases/leaving.mjs";
import { reportsOn } from "./cases/reports.mjs";
import { Contender } from "./contender.mjs";
import { number } from "./table.mjs";

const JOB = "job_nothing";

/** `{reports, frames}`, a second; of frames `[{subscribers, frames}]`. */
export async function generatorAlone(milliseconds) {
  const child = spawn(at("target", "release", "jobcast-load"), ["nothing"], { stdio: ["ignore", "pipe", "inherit"] });
  const [address] = await once(createInterface({ input: child.stdout }), "line");
  const nothing = new Contender("nothing", { address, url: `http://${address}`, processor: () => 0 }, "none", () => child.kill("SIGKILL"));
  try {
    const reports = await reportsOn(nothing, { jobs: [JOB], connections: 16 }, milliseconds);
    const frames = [];
    for (const subscribers of CROWDS) frames.push({ subscribers, frames: await fanOut(nothing, subscribers, milliseconds) });
    return { reports: reports.figures["reports a second"], frames };
  } finally {
    await nothing.stop();
  }
}

async function fanOut(nothing, subscribers, milliseconds) {
  const { figures } = await burstOn(nothing, await watch(nothing, JOB, subscribers), milliseconds);
  await nothing.leave();
  return figures["frames a second"];
}

/** In a sentence. */
export const told = ({ reports, frames }) =>
  `The generator alone, against a service that does nothing on the same cores: ${number(reports)} reports a second; ${frames.map(({ subscribers, frames: sent }) => `${number(sent)} frames a second for ${subscribers.toLocaleString("en")} subscribers`).join(", ")}`;
