// npm run screenshots: docs/images/*.png anew, from the real dashboard on a service of its own, with jobs as one would see them.
import { mkdirSync, rmSync } from "node:fs";
import ffmpeg from "@ffmpeg-installer/ffmpeg";
import { chromium } from "playwright-core";
import { findChromium, FLAGS } from "./chromium.mjs";
import { buildClient } from "./client.mjs";
import { buildDashboard } from "./dashboard.mjs";
import { at } from "./paths.mjs";
import { program, run, step } from "./step.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { onOwnService } from "./under-test.mjs";
import { buildWorker } from "./worker.mjs";

const FOLDER = at("docs", "images");
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

await program(async () => {
  const executablePath = findChromium();
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await buildClient();
  // Its producers are the client library's, which has only now been built.
  const [{ afternoon }, { transcode }] = await Promise.all([import("./screenshots/afternoon.mjs"), import("./screenshots/transcode.mjs")]);
  mkdirSync(FOLDER, { recursive: true });
  await onOwnService(async ({ JOBCAST_URL: url, JOBCAST_API_KEY: key }) => {
    const past = await step("An afternoon of jobs", () => afternoon({ url, key }));
    const story = await step("One job, at its own pace", () => transcode({ url, key }));
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    const shoot = shooting(browser, { url, key, past });
    const moving = (page) => page.waitForSelector("tr[data-status=running]");
    await shoot("dashboard-jobs", "/", DESK, "light", moving);
    await shoot("dashboard-job", `/jobs/${story.id}`, { ...DESK, height: 960 }, "dark", (page) => page.waitForSelector(".logview .line"));
    await shoot("dashboard-throughput", "/throughput", DESK, "light", (page) => page.waitForSelector(".uplot canvas"));
    await shoot("dashboard-phone", `/jobs/${story.id}`, PHONE, "light", (page) => page.waitForSelector(".gantt .stage"));
    await browser.close();
    await story.stop();
  });
  process.exit(0);
});

function shooting(browser, { url, key, past }) {
  return async (name, path, viewport, colorScheme, ready) => {
    const context = await browser.newContext({ viewport, colorScheme, baseURL: url, deviceScaleFactor: viewport === PHONE ? 2 : 1.5, locale: "en-GB" });
    await context.request.post("/api/session", { data: { apiKey: key } });
    const page = await context.newPage();
    // The service stamps its own time, so that an afternoon of work would take an afternoon: its past is moved back on the way.
    await page.route("**/queue/jobs?*", async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      await route.fulfill({ response, json: { ...answer, jobs: answer.jobs.map((job) => ({ ...job, ...past.get(job.id) })) } });
    });
    await page.goto(path);
    await ready(page);
    await page.waitForSelector(":is(.side .conn, .topbar .conn)[data-phase=live]", { state: "attached" });
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState === "finished" || one.effect.getTiming().iterations === Infinity));
    await page.screenshot({ path: at("docs", "images", `.${name}.png`) });
    await context.close();
    await quantise(name);
  };
}

/** 128 colours are enough for flat ones, at a third of the size. */
async function quantise(name) {
  const [from, to] = [`${FOLDER}/.${name}.png`, `${FOLDER}/${name}.png`];
  const palette = "split[a][b];[a]palettegen=max_colors=128:stats_mode=full[p];[b][p]paletteuse=dither=none";
  await run(ffmpeg.path, ["-loglevel", "error", "-y", "-i", from, "-vf", palette, "-compression_level", "9", "-pred", "mixed", to]);
  rmSync(from);
}
