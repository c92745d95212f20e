// The page of one job: live, killed, retried, and with a log as long as the service keeps.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { job, launch, live, open, screenshot, seen, unique } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const LINES = 100_000;
const log = (page) => page.getByRole("region", { name: "Log lines, scrollable" });
const conn = ".jobhead .conn";

describe("the page of a job", () => {
  test("tells its story so far and goes on live, stages of any name included", async () => {
    const made = await job({ name: unique("story"), stages: ["fetch", "encode"], payload: { file: "clip.mp4" } });
    await made.ack();
    await made.stage("fetch", "start");
    await made.log(["first line"]);
    await made.stage("fetch", "complete", { detail: "12 MB" });
    const page = await open(browser, made.path);
    await live(page, conn);
    await page.locator(".gantt .stage[data-state=done]", { hasText: "fetch" }).waitFor();
    await seen(page, "first line");
    await made.stage("never heard of", "start");
    await page.locator(".gantt .stage[data-state=running]", { hasText: "never heard of" }).waitFor();
    await made.progress(65, "Encoding video", { encode: { percent: 12, message: "pass 1" } });
    await page.locator("[aria-label='Overall progress'][aria-valuenow='65']").waitFor();
    await page.locator("[aria-label='Progress of encode'][aria-valuenow='12']").waitFor();
    await made.log([{ level: "warn", message: "second line", metadata: { codec: "x" } }]);
    await seen(page, "second line");
    await made.post("checkpoint", { frame: 1800 });
    await seen(page, '{"frame":1800}');
    await made.post("event", { kind: "quality" });
    await seen(page, '{"kind":"quality"}');
    await made.complete({ url: "https://cdn.example/clip.mp4" });
    await seen(page, '"url": "https://cdn.example/clip.mp4"');
    await page.waitForSelector(`${conn}[data-phase=ended]`);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  test("catches up after a tunnel: lines and stages that were missed come once", async () => {
    const made = await job({ name: unique("tunnel") });
    await made.ack();
    await made.log(["line one"]);
    const page = await open(browser, made.path);
    await live(page, conn);
    const before = await page.locator(conn).textContent();
    await made.progress(10);
    await page.waitForFunction(([conn, before]) => document.querySelector(conn).textContent !== before, [conn, before]);
    await page.context().setOffline(true);
    await page.waitForSelector(`${conn}[data-phase=offline]`);
    await made.stage("missed", "start");
    await made.log(["line two", "line three"]);
    await page.context().setOffline(false);
    await live(page, conn);
    await seen(page, "line three");
    await page.locator(".gantt .stage", { hasText: "missed" }).waitFor();
    assert.equal(await page.locator("[data-lines]").getAttribute("data-lines"), "3");
    await page.context().close();
  });

  test("kills a running job with a reason, which its producer and the page are told", async () => {
    const made = await job({ name: unique("killed") });
    await made.ack();
    const page = await open(browser, made.path);
    await page.getByRole("button", { name: "Kill" }).click();
    await page.getByLabel(/^Reason/).fill("wrong file");
    await page.getByRole("dialog").getByRole("button", { name: "Kill" }).click();
    await seen(page, "wrong file");
    await page.waitForSelector(`${conn}[data-phase=ended]`);
    await assert.rejects(made.progress(50), /job_cancelled/);
    await page.context().close();
  });

  test("goes on when a failed job is retried, by whomever", async () => {
    const made = await job({ name: unique("again") });
    await made.ack();
    await made.fail("no disk");
    const page = await open(browser, made.path);
    await seen(page, "no disk");
    await live(page, ".side .conn");
    await made.post("retry");
    await page.locator(".gantt .attempt", { hasText: "Attempt 2" }).waitFor();
    await made.ack();
    await made.progress(33);
    await page.locator("[aria-label='Overall progress'][aria-valuenow='33']").waitFor();
    await page.context().close();
  });

  test("hands out commands that watch exactly this job", async () => {
    const made = await job({ name: unique("shared") });
    const page = await open(browser, made.path);
    await page.getByRole("button", { name: "curl / EventSource" }).click();
    await page.getByLabel(/^Lines and checkpoints too/).check();
    await seen(page, /events\?token=jct_/);
    await page.getByRole("button", { name: "Copy the curl command" }).click();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    const url = /^curl -N '(.+)'$/.exec(command)[1];
    const stream = await fetch(url);
    assert.equal(stream.status, 200);
    await stream.body.cancel();
    await page.context().close();
  });

  test("opens a whole line by the keyboard, and goes on from there", async () => {
    const made = await job({ name: unique("keys") });
    await made.ack();
    await made.log(["line one", "line two", { level: "warn", message: "line three", metadata: { codec: "x" } }]);
    const page = await open(browser, made.path);
    await seen(page, "line three");
    await log(page).focus();
    await page.keyboard.press("Enter");
    const whole = page.locator(".picked-line");
    await whole.getByText('"codec": "x"').waitFor();
    await page.keyboard.press("ArrowUp");
    await whole.getByText("line two").waitFor();
    await page.keyboard.press("Escape");
    await whole.waitFor({ state: "detached" });
    await page.context().close();
  });

  test("of a job that is not there says so", async () => {
    const page = await open(browser, "/jobs/job_01M0000000000000000000000Z");
    await seen(page, "This job is not here");
    await page.goto("/jobs/%");
    await page.getByRole("heading", { name: /^This job/ }).waitFor();
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
});

describe(`a log of ${LINES} lines`, () => {
  let made;
  before(async () => {
    made = await job({ name: unique("verbose") });
    await made.ack();
    for (let from = 1; from <= LINES; from += 1_000) {
      await made.log(Array.from({ length: 1_000 }, (_, i) => ({ level: (from + i) % 1_000 === 0 ? "error" : "info", message: `frame ${from + i} fps=58.4 q=28.0 size=${from}kB bitrate=1843.2kbits/s` })));
    }
  });

  test("is read, scrolled, searched and filtered, with few rows in the page and few drawn at each step", async (t) => {
    const page = await open(browser, made.path);
    await page.waitForSelector(`[data-lines="${LINES}"]`, { timeout: 60_000 });
    await live(page, conn);
    await seen(page, `frame ${LINES} `);
    const { longest, rows, drawn } = await scrollThrough(page);
    t.diagnostic(`the longest pause between two frames was ${Math.round(longest)} ms`);
    assert.ok(rows < 150, `${rows} rows in the page`);
    assert.ok(drawn > 0 && drawn < 150, `${drawn} rows drawn at one step`);
    await screenshot(page, "log-100000");
    await log(page).evaluate((box) => box.scrollTo(0, 0));
    await seen(page, "frame 1 fps");
    await made.log([{ level: "fatal", message: "one more" }]);
    await page.waitForSelector(`[data-lines="${LINES + 1}"]`);
    await page.getByRole("button", { name: "Jump to end" }).click();
    await seen(page, "one more");
    await page.getByRole("button", { name: "Pause" }).click();
    await made.log(["while paused"]);
    await page.getByRole("button", { name: "Resume (1 new)" }).click();
    await seen(page, "while paused");
    await page.getByLabel("Least level shown").selectOption("error");
    await seen(page, "101 of 100,002 lines");
    await page.getByLabel("Find in the log").fill("FRAME 77000");
    await seen(page, "1 of 100,002 lines");
    assert.equal(await page.locator(".logview mark").textContent(), "frame 77000");
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
});

/** Scrolls from the end to the beginning in steps of a wheel, one a frame: the most rows there were, and the most that one step made. */
const scrollThrough = (page) => log(page).evaluate(async (box) => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  let added = 0;
  const lines = (records) => records.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.classList?.contains("line")).length;
  new MutationObserver((records) => { added += lines(records); }).observe(box, { subtree: true, childList: true });
  let [longest, last, rows, drawn] = [0, await frame(), 0, 0];
  const step = box.scrollHeight / 240;
  for (let top = box.scrollHeight; top > 0; top -= step) {
    box.scrollTop = top;
    const now = await frame();
    [longest, last] = [Math.max(longest, now - last), now];
    [rows, drawn, added] = [Math.max(rows, box.querySelectorAll(".line").length), Math.max(drawn, added), 0];
  }
  return { longest, rows, drawn };
});
