// npm run test:dashboard [file…]: the dashboard in a real browser, on a service of its own, or on the one of JOBCAST_URL.
// Not part of `npm test`, because a machine may have no Chromium. SCREENSHOTS=folder keeps what the pages looked like.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { findChromium } from "./chromium.mjs";
import { buildDashboard } from "./dashboard.mjs";
import { at } from "./paths.mjs";
import { program, step } from "./step.mjs";
import { workerTests } from "./tests.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { withService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

await program(async () => {
  const chromium = findChromium();
  const folder = at("dashboard", "test", "browser");
  const all = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => `${folder}/${name}`);
  const named = process.argv.slice(2).map((file) => resolve(file));
  const { passed, failed } = await onService(named.length > 0 ? named : all, (files, env) =>
    step("The dashboard in a browser", () => workerTests(files, { ...env, CHROMIUM: chromium }, 1)));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});

async function onService(files, run) {
  if (process.env.JOBCAST_URL) return run(files, {});
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  return withService(files, run);
}
