// npm run test:dashboard: the dashboard in a real browser, on a service of its own, or on the one of JOBCAST_URL.
// Not part of `npm test`, because a machine may have no Chromium. SCREENSHOTS=folder keeps what the pages looked like.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDashboard } from "./dashboard.mjs";
import { at } from "./paths.mjs";
import { defaultProject } from "./project.mjs";
import { randomSecret } from "./secrets.mjs";
import { startService } from "./service.mjs";
import { program, Refusal, step } from "./step.mjs";
import { workerTests } from "./tests.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker } from "./worker.mjs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
const { env } = process;

await program(async () => {
  const chromium = env.CHROMIUM || PLACES.find(existsSync);
  if (!chromium) throw new Refusal("No Chromium found. Install one (on Debian: apt-get install chromium), or name it: CHROMIUM=/path/to/chromium");
  const files = readdirSync(at("dashboard", "test", "browser")).filter((name) => name.endsWith(".test.mjs")).sort();
  const { passed, failed } = await withService((whereabouts) =>
    step("The dashboard in a browser", () => workerTests(files.map((name) => at("dashboard", "test", "browser", name)), { ...whereabouts, CHROMIUM: chromium }, 1)));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
});

async function withService(work) {
  if (env.JOBCAST_URL) return work({});
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  const state = mkdtempSync(join(tmpdir(), "jobcast-dashboard-"));
  const adminToken = randomSecret();
  const service = await startService({ state, logFile: join(state, "service.log"), adminToken, tokenSecret: randomSecret() });
  try {
    const { url, apiKey } = await defaultProject(service.url, adminToken, state);
    return await work({ JOBCAST_URL: url, JOBCAST_API_KEY: apiKey, JOBCAST_ADMIN_TOKEN: adminToken });
  } finally {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  }
}
