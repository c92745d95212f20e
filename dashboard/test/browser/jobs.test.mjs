// The page of jobs, as a person uses it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { job, launch, live, open, phase, place, seen, unique } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const row = (page, { id }) => page.locator(`tr[data-job="${id}"]`);
const counter = async (page, status) => Number((await page.locator(`[data-count=${status}]`).textContent()).replaceAll(",", ""));

describe("signing in", () => {
  test("refuses what is no key, takes a key, and shows what it may do", async () => {
    const page = await open(browser, "/keys", { signedIn: false });
    await page.getByLabel("API key").fill("jc_nonsense");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("[role=alert]", { hasText: /\w/ }).waitFor();
    await page.getByLabel("API key").fill(place.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await seen(page, "jobs:manage");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
});

describe("a session that ends", () => {
  test("says so, and the next one begins as if nothing had been", async () => {
    const page = await open(browser);
    await live(page);
    await page.route("**/queue/events*", (route) => route.fulfill({ status: 401, json: { error: "The session is over.", code: "invalid_credential" } }));
    await page.context().setOffline(true);
    await page.waitForSelector(".side .conn[data-phase=offline]");
    await page.context().setOffline(false);
    await seen(page, "Your session is over.");
    await page.unroute("**/queue/events*");
    await page.getByLabel("API key").fill(place.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await live(page);
    const made = await job({ name: unique("after") });
    await row(page, made).waitFor();
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  test("is noticed where anybody may read, though the streams go on without it", async () => {
    const page = await open(browser);
    await live(page);
    await page.context().clearCookies();
    await page.context().setOffline(true);
    await page.waitForSelector(".side .conn[data-phase=offline]");
    await page.context().setOffline(false);
    await seen(page, "Your session is over.");
    await page.context().close();
  });

  test("by signing out takes the admin token with it, and deletes what was on its way out", async () => {
    const gone = await job({ name: unique("gone") });
    const page = await open(browser);
    await live(page);
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await page.getByRole("textbox", { name: "Admin token" }).fill(place.adminToken);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Forget the admin token" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("j");
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE" && response.url().endsWith(gone.id));
    await row(page, gone).getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Sign out" }).first().click();
    assert.equal((await deleted).status(), 200);
    await page.getByLabel("API key").fill(place.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await live(page);
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await page.getByRole("textbox", { name: "Admin token" }).waitFor();
    await page.context().close();
  });
});

describe("the table", () => {
  test("shows a job that is created, moves it, and ends it, and reads no list for it", async () => {
    const page = await open(browser);
    await live(page);
    await page.locator("[data-count=total]:not(:empty)").waitFor();
    const completed = await counter(page, "completed");
    const made = await job({ name: unique("moves"), filePath: "media/clip.mp4" });
    await row(page, made).waitFor();
    let lists = 0;
    page.on("request", (request) => { if (request.url().includes("/queue/jobs")) lists += 1; });
    await made.ack();
    await page.waitForSelector(`tr[data-job="${made.id}"][data-status=running]`);
    await made.progress(40, "half way");
    await row(page, made).locator("[aria-valuenow='40']").waitFor();
    await made.complete({ ok: true });
    await page.waitForSelector(`tr[data-job="${made.id}"][data-status=completed]`);
    await page.waitForFunction((many) => Number(document.querySelector("[data-count=completed]").textContent.replace(",", "")) > many, completed);
    assert.equal(lists, 0, "the feed alone moved it");
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  test("goes offline, says so, and catches up from the event where it was", async () => {
    const page = await open(browser);
    await live(page);
    const made = await job({ name: unique("tunnel") });
    await row(page, made).waitFor();
    await made.ack();
    await page.waitForSelector(`tr[data-job="${made.id}"][data-status=running]`);
    const context = page.context();
    await context.setOffline(true);
    await page.waitForSelector(".side .conn[data-phase=offline]");
    const where = /event (\d+)/.exec(await phase(page).textContent())[1];
    await made.progress(70);
    await made.complete();
    const other = await job({ name: unique("meanwhile") });
    await context.setOffline(false);
    await live(page);
    assert.equal(await phase(page).getAttribute("data-resumed"), where);
    await page.waitForSelector(`tr[data-job="${made.id}"][data-status=completed]`);
    await row(page, other).waitFor();
    assert.deepEqual(page.errors, []);
    await context.close();
  });

  test("gives its connection back while nobody looks, and catches up when somebody does", async () => {
    const page = await open(browser, "/nowhere");
    await page.clock.install();
    await page.goto("/");
    await page.clock.runFor(2_000);
    await live(page);
    const closed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/queue/events"));
    const show = (hidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await show(true);
    await page.clock.runFor(25_000);
    await closed;
    const made = await job({ name: unique("unseen") });
    await show(false);
    await page.clock.resume();
    await row(page, made).waitFor();
    assert.match(await phase(page).getAttribute("data-resumed"), /^\d+$/);
    await page.context().close();
  });

  test("is searched by name and path, and filtered by state", async () => {
    const name = unique("needle");
    const [one, other] = [await job({ name }), await job({ name: unique("hay"), filePath: `films/${name}/a.mp4` })];
    await one.ack();
    const page = await open(browser);
    await row(page, one).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(name.toUpperCase());
    await page.waitForFunction(() => document.querySelectorAll("tr[data-job]").length === 2);
    await row(page, other).waitFor();
    await row(page, one).getByRole("link").click();
    await page.getByRole("heading", { name }).waitFor();
    await page.goBack();
    await row(page, other).waitFor();
    assert.equal(await page.locator("tr[data-job]").count(), 2, "who comes back finds what was searched");
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /^Running/ }).click();
    await row(page, one).waitFor();
    await row(page, other).waitFor({ state: "detached" });
    await page.context().close();
  });

  test("says when a list cannot be read, also of another tab, and tries again", async () => {
    const page = await open(browser);
    await page.waitForSelector("tr[data-job]");
    await page.route("**/queue/jobs?*", (route) => route.fulfill({ status: 503, json: { error: "Away for a moment.", code: "unavailable" } }));
    await page.getByRole("link", { name: /^Failed/ }).click();
    await seen(page, "Away for a moment.");
    assert.equal(await page.getByText(/^No (failed )?jobs/).count(), 0, "that it could not be read is no reason to call it empty");
    await page.unroute("**/queue/jobs?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("[role=alert]").waitFor({ state: "detached" });
    await page.context().close();
  });

  test("finds an old job by its exact name though no list has reached it", async () => {
    const old = await job({ name: unique("old") });
    for (let i = 0; i < 2; i += 1) await fetch(`${place.url}/api/v1/jobs`, { method: "POST", headers: { "x-api-key": place.apiKey, "content-type": "application/json" }, body: JSON.stringify(Array.from({ length: 100 }, () => ({ name: "filler" }))) });
    const page = await open(browser);
    await page.waitForSelector("tr[data-job]");
    assert.equal(await row(page, old).count(), 0);
    await page.getByRole("searchbox").fill((await old.get()).name);
    await row(page, old).waitFor();
    await page.context().close();
  });

  test("goes by the keyboard: j and k move, x selects, Enter opens, ? helps", async () => {
    const [below, above] = [await job({ name: unique("below") }), await job({ name: unique("above") })];
    const page = await open(browser);
    await row(page, below).waitFor();
    await page.keyboard.press("j");
    const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.dataset.job);
    assert.equal(await focused(), above.id);
    await page.keyboard.press("j");
    assert.equal(await focused(), below.id);
    await page.keyboard.press("x");
    await seen(page, "1 job selected");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/jobs/${above.id}`);
    await page.context().close();
  });

  test("deletes after a moment in which it can be undone, and cancels after asking", async () => {
    const [kept, gone, stopped] = [await job({ name: unique("kept") }), await job({ name: unique("gone") }), await job({ name: unique("stopped") })];
    const page = await open(browser);
    await live(page);
    await row(page, stopped).getByRole("button", { name: /^Cancel/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.waitForSelector(`tr[data-job="${stopped.id}"][data-status=cancelled]`);
    await row(page, kept).getByRole("button", { name: /^Delete/ }).click();
    await row(page, kept).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await row(page, kept).waitFor();
    await row(page, kept).getByRole("button", { name: /^Delete/ }).click();
    await row(page, kept).waitFor({ state: "detached" });
    await page.keyboard.press("u");
    await row(page, kept).waitFor();
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE" && response.url().endsWith(gone.id));
    await row(page, gone).getByRole("button", { name: /^Delete/ }).click();
    assert.equal((await deleted).status(), 200);
    assert.equal((await kept.get()).status, "pending");
    await page.context().close();
  });

  test("acts on several at once", async () => {
    const failed = await Promise.all([0, 1, 2].map(() => job({ name: unique("bulk") })));
    for (const one of failed) { await one.ack(); await one.fail("no disk"); }
    const page = await open(browser, "/?status=error");
    await live(page);
    for (const one of failed) await row(page, one).getByRole("checkbox").check();
    await page.getByRole("button", { name: "Retry 3" }).click();
    for (const one of failed) await row(page, one).waitFor({ state: "detached" });
    assert.deepEqual(await Promise.all(failed.map(async (one) => (await one.get()).status)), ["pending", "pending", "pending"]);
    await page.context().close();
  });
});
