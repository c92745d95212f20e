// A service that does nothing (bench/load/src/trivial.rs), measured in the same way: what the generator can measure at the most.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { at } from "../scripts/paths.mjs";
import { burstOn } from "./cases/burst.mjs";
import { reportsOn } from "./cases/reports.mjs";
import { Contender } from "./contender.mjs";

const JOB = "job_nothing";

/** `{reports, frames}`, a second. */
export async function generatorAlone(milliseconds) {
  const child = spawn(at("target", "release", "jobcast-load"), ["nothing"], { stdio: ["ignore", "pipe", "inherit"] });
  const [address] = await once(createInterface({ input: child.stdout }), "line");
  const nothing = new Contender("nothing", { address, url: `http://${address}`, processor: () => 0 }, "none", () => child.kill("SIGKILL"));
  try {
    const reports = await reportsOn(nothing, { jobs: [JOB], connections: 16 }, milliseconds);
    const crowd = await burstOn.open(nothing, JOB, 1_000);
    const frames = await burstOn.round(nothing, crowd, milliseconds);
    return { reports: reports.figures["reports a second"], frames: frames.figures["frames a second"] };
  } finally {
    await nothing.stop();
  }
}
