// What a key that sees progress and nothing else gets to see: all that it may, and in words what it may not.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { job, launch, live, newKey, open, screenshot, seen, unique, violations } from "./browser.mjs";

let browser;
let key;
before(async () => {
  [browser, key] = await Promise.all([launch(), newKey(["jobs:read:progress"])]);
});
after(() => browser.close());

/** Nothing was asked for that the key may not have, and nothing looks broken. */
async function honest(page) {
  assert.deepEqual(page.refusals, []);
  assert.deepEqual(page.errors, []);
  assert.equal(await page.locator("[role=alert]", { hasText: /\w/ }).count(), 0);
  assert.equal(await page.locator(".skeleton").count(), 0);
  assert.deepEqual(await violations(page), []);
}

async function visit(path, look) {
  const page = await open(browser, path, { key });
  await look(page);
  await honest(page);
  await screenshot(page, `progress-only${path.replaceAll("/", "-").slice(0, 12)}`);
  await page.context().close();
}

describe("a key with jobs:read:progress alone", () => {
  test("sees jobs as they move, and is told what the lists would need", () => visit("/", async (page) => {
    await live(page);
    await seen(page, "This key sees progress only");
    const made = await job({ name: unique("hidden"), filePath: "media/seen.mp4" });
    const row = page.locator(`tr[data-job="${made.id}"]`);
    await row.getByRole("link", { name: "seen.mp4" }).waitFor();
    await made.ack();
    await made.progress(40);
    await row.locator("[aria-valuenow='40']").waitFor();
    assert.deepEqual([await row.getByRole("button").count(), await row.getByRole("checkbox").count()], [0, 0], "it may do nothing to it");
  }));

  test("sees a job's stages and progress, and that its log is not for it", async () => {
    const made = await job({ name: unique("half"), stages: ["encode"], payload: { secret: "payload" } });
    await made.ack();
    await made.stage("encode", "start");
    await made.log(["a secret line"]);
    await visit(made.path, async (page) => {
      await page.locator(".gantt .stage[data-state=running]", { hasText: "encode" }).waitFor();
      await seen(page, "The log is not for this key");
      await made.progress(65, "Encoding");
      await page.locator("[aria-label='Overall progress'][aria-valuenow='65']").waitFor();
      assert.equal(await page.getByText(/secret/).count(), 0);
      assert.equal(await page.getByRole("heading", { name: "Payload" }).count(), 0);
      await page.getByRole("button", { name: "curl / EventSource" }).click();
      await page.locator("dialog pre").first().waitFor();
      assert.equal(await page.getByLabel(/^Lines and checkpoints too/).count(), 0);
    });
  });

  test("sees the activity of the project", () => visit("/activity", async (page) => {
    await page.waitForSelector(".feed li");
    await live(page);
  }));

  test("is told what throughput and a first job would need", async () => {
    await visit("/throughput", (page) => seen(page, "Throughput is measured over the lists of jobs"));
    await visit("/start", async (page) => {
      await live(page);
      await seen(page, "may not create jobs");
    });
  });

  test("sees on the keys page what it may", () => visit("/keys", (page) => seen(page, "jobs:read:progress")));
});
