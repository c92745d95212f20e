// Many jobs that move at once: the page draws what it must and no more.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, live, open, screenshot } from "./browser.mjs";
import { scripted } from "./scripted.mjs";

const JOBS = 500;
const SECONDS = 5;
const RATE = 200;
const BEATS = 50;
/** What a feed tells is drawn together, at most so often. */
const GATHERED_MS = 100;
/** As many rows as are drawn before somebody asks for more. */
const DRAWN = 200;

let browser;
let service;
before(async () => { [browser, service] = await Promise.all([launch(), scripted(JOBS)]); });
after(() => { service.close(); return browser.close(); });

/** Counts what is written into the table from now on, and how long the page was busy at a stretch. */
const counting = (page) => page.evaluate(() => {
  const counts = { draws: 0, writes: 0, nodes: 0, longest: 0, from: performance.now() };
  let frame = 0;
  new MutationObserver((records) => {
    counts.writes += records.length;
    counts.nodes += records.reduce((sum, { addedNodes, removedNodes }) => sum + addedNodes.length + removedNodes.length, 0);
    frame ||= requestAnimationFrame(() => { frame = 0; counts.draws += 1; });
  }).observe(document.querySelector(".jobs tbody"), { subtree: true, childList: true, attributes: true, characterData: true });
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => { counts.longest = Math.max(counts.longest, duration); })).observe({ type: "longtask" });
  window.counts = () => ({ ...counts, rows: document.querySelectorAll(".jobs tbody tr").length, lasted: performance.now() - counts.from });
});

/** Each beat moves as many jobs as make up the rate; the last round brings all to the same place. */
async function move(ids) {
  let told = 0;
  for (let beat = 0; beat < SECONDS * BEATS; beat += 1) {
    for (let i = 0; i < RATE / BEATS; i += 1, told += 1) service.progress(ids[told % ids.length], 1 + Math.floor(told / ids.length));
    await new Promise((next) => setTimeout(next, 1_000 / BEATS));
  }
  return told;
}

describe(`${JOBS} running jobs with ${RATE} reports a second`, () => {
  test("are drawn a few times a second, each by its few changes, and none anew", async (t) => {
    const page = await open(browser, service.url, { signedIn: false });
    await live(page);
    await page.getByRole("button", { name: "Show older jobs" }).click();
    await page.waitForFunction((many) => document.querySelectorAll("tr[data-job]").length === many, DRAWN);
    await counting(page);
    let asked = 0;
    page.on("request", () => { asked += 1; });
    const told = await move(service.ids);
    const percent = Math.ceil(told / JOBS);
    const shown = service.ids.slice(0, DRAWN);
    await page.waitForFunction(({ shown, percent }) => shown.every((id) => document.querySelector(`tr[data-job="${id}"] [aria-valuenow="${percent}"]`)), { shown, percent });
    const { draws, writes, nodes, rows, lasted, longest } = await page.evaluate(() => window.counts());
    t.diagnostic(`${told} reports in ${Math.round(lasted)} ms: ${draws} draws, ${writes} writes; the longest task took ${Math.round(longest)} ms`);
    assert.equal(rows, DRAWN);
    assert.equal(asked, 0, "what moves out of sight is not asked for");
    assert.equal(nodes, 0, "no row is made anew because its job moved");
    assert.ok(draws <= lasted / GATHERED_MS + 2, `${draws} draws in ${Math.round(lasted)} ms`);
    // Of each: the ring, the bar's length, its value in number and in words, and the percentage's text (set twice).
    const inSight = (told / JOBS) * DRAWN;
    assert.ok(writes <= inSight * 6, `${writes} writes for ${inSight} reports in sight`);
    await screenshot(page, "crowd");
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
});
