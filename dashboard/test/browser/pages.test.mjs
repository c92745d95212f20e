// Every page at both widths in both colours: no violation that axe calls serious or critical, nothing that sticks out.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { job, launch, live, open, place, screenshot, seen, sizes, unique, violations } from "./browser.mjs";

let browser;
let shown;
before(async () => {
  browser = await launch();
  shown = await story();
});
after(() => browser.close());

/** A job with a bit of everything, still running. */
async function story() {
  const made = await job({ name: "transcode", filePath: "media/2026/opening.mp4", topic: "Season 4", stages: ["fetch", "encode", "package"], payload: { file: "opening.mp4", preset: "web" }, priority: 1 });
  await made.ack();
  await made.stage("fetch", "start");
  await made.stage("fetch", "complete", { detail: "12 MB" });
  await made.stage("encode", "start");
  await made.progress(65, "Encoding video", { encode: { percent: 48, message: "pass 1 of 2" } });
  await made.log(["frame 1", { level: "warn", message: "fallback codec selected" }, { level: "error", message: "audio track 2 is silent", source: "ffmpeg" }]);
  await made.post("checkpoint", { frame: 1800 });
  const failed = await job({ name: "thumbnail", filePath: "media/2026/opening.mp4" });
  await failed.ack();
  await failed.fail("moov atom not found");
  const done = await job({ name: "probe" });
  await done.ack();
  await done.complete({ streams: 2 });
  return made;
}

const pages = {
  signin: ["/", (page) => page.getByLabel("API key").waitFor()],
  jobs: ["/", (page) => page.waitForSelector("tr[data-job]")],
  job: [() => shown.path, (page) => page.waitForSelector(".gantt .stage")],
  activity: ["/activity", (page) => page.waitForSelector(".feed li")],
  throughput: ["/throughput", (page) => page.waitForSelector(".uplot canvas")],
  keys: ["/keys", (page) => seen(page, "Your session")],
  start: ["/start", (page) => seen(page, "Create a job")],
  lost: ["/jobs/a/b", (page) => seen(page, "There is no such page")],
  reference: ["/reference", (page) => seen(page, "/api/v1/jobs/{job}/events")],
};
/** Pages that are not the dashboard's own frame. */
const unframed = ["signin", "reference"];

for (const size of Object.keys(sizes)) {
  for (const colorScheme of ["light", "dark"]) {
    describe(`${size}, ${colorScheme}`, () => {
      for (const [name, [path, ready]] of Object.entries(pages)) {
        test(name, async () => {
          const page = await open(browser, typeof path === "string" ? path : path(), { size, colorScheme, signedIn: name !== "signin" });
          await ready(page);
          if (!unframed.includes(name)) await live(page);
          await screenshot(page, `${name}-${size}-${colorScheme}`);
          assert.deepEqual(await violations(page), []);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page is wider than the window");
          assert.deepEqual(page.errors, []);
          await page.context().close();
        });
      }
    });
  }
}

test("what a producer wrote without a blank fits a phone, and what it left blank has a name", async () => {
  const made = await job({ name: "W".repeat(200), filePath: "media/".repeat(60) });
  await made.ack();
  await made.stage("encode", "error", { error: "E".repeat(900) });
  await made.fail("E".repeat(900));
  await job({ name: " " });
  const page = await open(browser, made.path, { size: "phone" });
  for (const [path, ready] of [[made.path, ".gantt .stage"], ["/activity", ".feed li"], ["/", "tr[data-job]"]]) {
    await page.goto(path);
    await page.waitForSelector(ready);
    await live(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is wider than the window`);
    assert.deepEqual(await violations(page), []);
  }
  await page.context().close();
});

describe("keys", () => {
  test("are made with scopes, shown once, used, and revoked; the admin token is forgotten with the page", async () => {
    const page = await open(browser, "/keys");
    await page.getByRole("textbox", { name: "Admin token" }).fill("wrong");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.locator("[role=alert]", { hasText: /\w/ }).waitFor();
    await page.getByRole("textbox", { name: "Admin token" }).fill(place.adminToken);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "New key" }).click();
    const name = unique("viewer");
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await page.getByRole("button", { name: "Viewer" }).click();
    assert.deepEqual(await violations(page), []);
    await page.getByRole("button", { name: "Make the key" }).click();
    const key = await page.getByLabel("the new API key", { exact: true }).textContent();
    const status = async () => (await fetch(`${place.url}/api/v1/jobs`, { headers: { "x-api-key": key } })).status;
    assert.equal(await status(), 200);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.getByRole("button", { name: `Revoke ${name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.locator("tr.over", { hasText: name }).waitFor();
    await page.reload();
    await page.getByRole("textbox", { name: "Admin token" }).waitFor();
    await page.context().close();
  });
});

describe("the first run", () => {
  test("notices each step of a newcomer's first job", async () => {
    const page = await open(browser, "/start");
    await live(page);
    const done = (many) => page.waitForFunction((n) => document.querySelectorAll(".steps > li.done").length === n, many);
    const made = await job({ name: "hello" });
    await done(2);
    await seen(page, new RegExp(`jobs/${made.id}/ack`));
    await made.ack();
    await done(3);
    await made.progress(65);
    await done(4);
    await made.complete();
    await done(6);
    await page.context().close();
  });
});
