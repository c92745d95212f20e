// npm run test:browser [file…]: what only a browser can show of the client library, on a service of its own. Needs Chromium:
// CHROMIUM=… tells where it is.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { findChromium } from "./chromium.mjs";
import { buildClient } from "./client.mjs";
import { at } from "./paths.mjs";
import { program } from "./step.mjs";
import { clientTests } from "./tests.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { withService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

await program(async () => {
  const chromium = findChromium();
  await prepareToolchain();
  await buildWorker();
  await buildClient();
  const folder = at("client", "test", "browser");
  const all = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => `${folder}/${name}`);
  const named = process.argv.slice(2).map((file) => resolve(file));
  const { passed, failed } = await withService(named.length > 0 ? named : all, (files, env) => clientTests(files, { ...env, CHROMIUM: chromium }));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});
