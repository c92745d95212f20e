// <job-progress> in Chromium, on the real service, in a page of another origin.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Attempt, createJob, createToken } from "jobcast-client";
import { newName, service } from "../place.mjs";
import { siteOfFile } from "./site.mjs";

const DIST = new URL("../../dist/", import.meta.url);
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const page = (body) => `<!doctype html><html lang="en"><title>A job</title><script type="module" src="/element/define.js"></script>${body}`;

const site = siteOfFile((path) => new URL(`.${path}`, DIST));

/** The element for one job, in a tab of its own. */
async function opened(t, attributes, options) {
  site.page = page(`<job-progress url="${service.url}" ${attributes}></job-progress>`);
  const tab = await site.open(t, options);
  return { tab, bar: tab.getByRole("progressbar"), element: tab.locator("job-progress") };
}

async function running(t, fields) {
  const job = await createJob({ name: newName(), ...fields }, service);
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  t.after(() => attempt.end());
  return attempt;
}

/** Waits for the bar's words. */
const heard = (bar, text) => bar.and(bar.page().locator(`[aria-valuetext="${text}"]`)).waitFor({ state: "attached", timeout: 15_000 });

test("it shows a job from waiting to its end, to the eye and to the ear", async (t) => {
  const job = await createJob({ name: newName(), topic: "A film" }, service);
  const { token } = await createToken(job.id, { ...service, scopes: ["jobs:read"] });
  const { tab, bar } = await opened(t, `job="${job.id}" token="${token}"`);
  await heard(bar, "Waiting");
  assert.equal(await bar.getAttribute("aria-valuenow"), null);
  assert.equal(await bar.getAttribute("aria-label"), "A film");
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  t.after(() => attempt.end());
  attempt.progress(65, "Encoding");
  await heard(bar, "65 %, Encoding");
  assert.equal(await bar.getAttribute("aria-valuenow"), "65");
  assert.equal(await tab.getByRole("status").textContent(), "");
  await attempt.complete({ ok: true });
  await heard(bar, "Completed");
  assert.equal(await tab.getByRole("status").textContent(), "Completed");
});

test("without a network it says so, comes back, and has missed nothing", async (t) => {
  const attempt = await running(t, { topic: "A film" });
  const { tab, bar, element } = await opened(t, `job="${attempt.job.id}"`);
  attempt.progress(10, "First");
  await heard(bar, "10 %, First");
  await tab.context().setOffline(true);
  await element.evaluate((node) => {
    node.told = [];
    node.addEventListener("job-event", ({ detail }) => node.told.push(detail.type));
  });
  await heard(bar, "10 %, First (offline, trying again)");
  for (const percent of [20, 30]) {
    attempt.progress(percent, "Later");
    await attempt.flush();
  }
  await tab.context().setOffline(false);
  await heard(bar, "30 %, Later");
  await attempt.complete();
  await heard(bar, "Completed");
  assert.deepEqual(await element.evaluate((node) => node.told), ["job:progress", "job:progress", "job:completed"]);
});

test("failures are told with their reason, and a job that is not there as such", async (t) => {
  const attempt = await running(t, { maxAttempts: 1 });
  const { bar } = await opened(t, `job="${attempt.job.id}" label="My upload"`);
  await heard(bar, "0 %, Running");
  await attempt.fail(new Error("No space left"));
  await bar.page().locator('[aria-valuetext$="Failed: No space left"]').waitFor({ state: "attached", timeout: 15_000 });
  assert.equal(await bar.getAttribute("aria-label"), "My upload");
  const nowhere = await opened(t, 'job="job_00000000000000000000000000"');
  await heard(nowhere.bar, "There is no such job");
});

test("colours follow the page's scheme and its custom properties", async (t) => {
  const attempt = await running(t);
  const colours = async (style, colorScheme) => {
    const { element, bar } = await opened(t, `job="${attempt.job.id}" style="${style}"`, { colorScheme });
    await heard(bar, "0 %, Running");
    return element.evaluate((node) => [getComputedStyle(node).color, getComputedStyle(node.shadowRoot.querySelector(".fill")).backgroundColor]);
  };
  assert.deepEqual(await colours("color-scheme: light dark", "light"), ["rgb(26, 29, 33)", "rgb(37, 99, 201)"]);
  assert.deepEqual(await colours("color-scheme: light dark", "dark"), ["rgb(236, 239, 243)", "rgb(110, 168, 255)"]);
  assert.deepEqual(await colours("--job-fill: rgb(1, 2, 3)", "dark"), ["rgb(26, 29, 33)", "rgb(1, 2, 3)"]);
});

test("axe finds nothing serious in a page with jobs in every state, light or dark", async (t) => {
  const [waiting, moving, done, failed] = [await createJob({ name: newName() }, service), await running(t), await running(t), await running(t, { maxAttempts: 1 })];
  moving.progress(40, "Encoding");
  await Promise.all([moving.flush(), done.complete({ ok: true }), failed.fail(new Error("No space left"))]);
  const ids = [waiting.id, moving.job.id, done.job.id, failed.job.id, "job_00000000000000000000000000"];
  for (const colorScheme of ["light", "dark"]) {
    site.page = page(`<style>html { color-scheme: light dark; background: Canvas }</style><main><h1>Jobs</h1>${ids.map((id) => `<job-progress url="${service.url}" job="${id}"></job-progress>`).join("")}</main>`);
    const tab = await site.open(t, { colorScheme });
    for (const words of ["Waiting", "40 %, Encoding", "Completed", "0 %, Failed: No space left", "There is no such job"]) await heard(tab.locator(`[aria-valuetext="${words}"]`), words);
    await tab.addScriptTag({ path: AXE });
    const { violations } = await tab.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => [id, nodes[0].html]), []);
  }
});

test("taken out of the page it closes its stream", async (t) => {
  const attempt = await running(t);
  const { tab, bar, element } = await opened(t, `job="${attempt.job.id}"`);
  await heard(bar, "0 %, Running");
  const closed = tab.waitForEvent("requestfailed", (request) => request.url().includes(attempt.job.id));
  await element.evaluate((node) => node.remove());
  await closed;
});
