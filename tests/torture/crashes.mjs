// The service killed 200 times under load: nothing that was answered is lost, no reader misses an event · about 30 min.
// The test of `npm test`, only longer. JOBCAST_CRASHES: how many kills; JOBCAST_SEED: to kill at the same points again.
import { at, NODE, PINNED_ENV } from "../../scripts/paths.mjs";
import { attempt, program } from "../../scripts/step.mjs";

await program(async () => {
  // The test starts a service of its own; it asks none that runs.
  const env = { JOBCAST_CRASHES: "200", ...PINNED_ENV, JOBCAST_URL: "http://its.own" };
  process.exitCode = await attempt(NODE, ["--test", "--test-reporter=spec", at("tests", "worker", "crashes.crowd.test.mjs")], { env });
});
