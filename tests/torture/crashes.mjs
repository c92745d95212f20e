// node tests/torture/crashes.mjs: the service killed 200 times under load (`JOBCAST_CRASHES`, `JOBCAST_SEED`); about half an hour on two
// cores. The same test as in `npm test`, only longer; it tells its figures and ends with 1 when something does not hold.
import { at, NODE, PINNED_ENV } from "../../scripts/paths.mjs";
import { attempt, program } from "../../scripts/step.mjs";

await program(async () => {
  // The test starts a service of its own; it asks none that runs.
  const env = { JOBCAST_CRASHES: "200", ...PINNED_ENV, JOBCAST_URL: "http://its.own" };
  process.exitCode = await attempt(NODE, ["--test", "--test-reporter=spec", at("tests", "worker", "crashes.crowd.test.mjs")], { env });
});
