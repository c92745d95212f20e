// npm run test:browser: what only a browser can show, on a service of its own. Needs Chromium: CHROMIUM=… tells where it is.
import { existsSync, readdirSync } from "node:fs";
import { at } from "./paths.mjs";
import { buildClient } from "./client.mjs";
import { program, Refusal } from "./step.mjs";
import { clientTests } from "./tests.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { withService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

await program(async () => {
  const chromium = process.env.CHROMIUM || PLACES.find((place) => existsSync(place));
  if (!chromium) throw new Refusal("Chromium is missing. Install it, or say where it is: CHROMIUM=… npm run test:browser");
  await prepareToolchain();
  await buildWorker();
  await buildClient();
  const folder = at("client", "test", "browser");
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => `${folder}/${name}`);
  const { passed, failed } = await withService(files, (chosen, env) => clientTests(chosen, { ...env, CHROMIUM: chromium }));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});
