// A producer who writes markup and scripts into every field, and a link that brings them: on each page they are text. No script of theirs
// runs, no element is made of them, and the page's policy has nothing to refuse.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { job, launch, live, open, place, seen, unique } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const word = unique("evil");
/** Says which field it came from, in each of the ways in which markup becomes a script. */
const markup = (field) => `${word} ${field}"'><img src=x onerror=ran('${field}')><script>ran('${field}')</script><svg onload=ran('${field}')></svg>`
  + `<iframe srcdoc="<script>parent.ran('${field}')</script>"></iframe><a href="javascript:ran('${field}')">${field}</a><base href=//evil.example>`
  + `<form action=//evil.example><meta http-equiv=refresh content="0;url=//evil.example"><style>*{display:none}</style>{{ran()}}\${ran()}</title></textarea>`;
const address = (field) => `javascript:ran('${field}')//`;

/** A page that notes what runs and what its policy refuses. */
async function watched(path, options) {
  const page = await open(browser, "/health", options);
  page.on("dialog", (dialog) => { page.errors.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("console", (message) => { if (/Content Security Policy|Trusted/.test(message.text())) page.errors.push(message.text()); });
  page.on("request", (request) => { if (!isOurs(request.url())) page.errors.push(`a request: ${request.url()}`); });
  await page.context().addInitScript(() => {
    const noted = (what) => (globalThis.happened ??= []).push(what);
    globalThis.ran = (field) => noted(`a script: ${field}`);
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, sample }) => noted(`refused: ${violatedDirective} ${sample}`));
  });
  await page.goto(path);
  return page;
}

const isOurs = (url) => ["data:", "blob:"].includes(new URL(url).protocol) || new URL(url).origin === new URL(place.url).origin;

/** The page is as we made it, and nothing happened to it. */
async function clean(page) {
  assert.deepEqual([await strange(page), page.errors], [{ happened: [], elements: [] }, []]);
  await page.context().close();
}

/** What of a page is none of ours, by the ways in which it would show. */
const strange = (page) =>
  page.evaluate(() => {
    const strange = "iframe, object, embed, base, form[action], meta[http-equiv], img[src=x], svg[onload], body style, body script:not([src])";
    const handlers = [...document.querySelectorAll("*")].filter((element) => [...element.attributes].some(({ name }) => name.startsWith("on")));
    const links = [...document.querySelectorAll("[href], [src], [action]")].filter((element) => {
      const url = new URL(element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action"), location.href);
      return url.origin !== location.origin && url.protocol !== "data:";
    });
    const elements = [...document.querySelectorAll(strange), ...handlers, ...links].map((element) => element.outerHTML.slice(0, 200));
    return { happened: globalThis.happened ?? [], elements };
  });

test("a page that took it for markup would be noticed", async () => {
  const page = await watched("/");
  await page.evaluate((text) => { document.querySelector("main, body").innerHTML += text; }, markup("any").replace(/<meta[^>]*>/, ""));
  const { happened, elements } = await strange(page);
  assert.ok(happened.some((what) => what.startsWith("refused: script-src")), `${happened}`);
  for (const tag of ["<img", "<script", "<svg", "<iframe", "<a ", "<base"]) assert.ok(elements.some((element) => element.startsWith(tag)), `${tag}: ${elements}`);
  await page.context().close();
});

/** Every field that a producer can write, with what it may not hold left out of names of stages. */
const stage = `${word} <img src=x onerror=ran(1)>`;
const held = (field) => ({ [markup(`name of ${field}`)]: markup(field), url: address(field), href: address(field), list: [markup(field)] });
const name = markup("name").slice(0, 200);

async function begun() {
  const made = await job({ name, topic: markup("topic"), filePath: markup("filePath"), stages: [stage], payload: held("payload"), meta: held("meta") });
  await made.ack();
  await reported(made);
  return made;
}

async function reported(made) {
  await made.stage(stage, "start", held("start"));
  await made.stage(stage, "complete", { detail: markup("detail"), ...held("complete") });
  await made.stage(stage, "error", { error: markup("stage's error"), code: markup("code").slice(0, 200) });
  await made.stage("webhook", "dead_letter", { error: markup("letter"), url: address("webhook") });
  await made.stage("asset", "asset", { path: address("asset"), visualType: markup("asset") });
  await made.progress(50, markup("message"), { [stage]: { percent: 5, message: markup("part") } });
  await made.log([markup("line"), { level: "error", message: markup("entry"), source: markup("source").slice(0, 200), metadata: held("metadata") }]);
  await made.post("checkpoint", held("checkpoint"));
  await made.post("event", held("event"));
}

describe("what a hostile producer wrote is text", () => {
  let failed;
  before(async () => {
    failed = await begun();
    await failed.post("fail", { error: markup("error"), code: markup("code").slice(0, 200), retry: false });
  });

  test("on the page of a job that runs, as it comes and as it was", async () => {
    const made = await begun();
    const page = await watched(made.path);
    await live(page, ".jobhead .conn");
    await seen(page, `${word} line`);
    await reported(made);
    await made.log([`${word} the last line`]);
    await seen(page, `${word} the last line`);
    for (const field of ["message", "checkpoint", "event", "payload"]) await seen(page, `${word} ${field}`);
    await made.complete(held("result"));
    await seen(page, `${word} result`);
    await clean(page);
  });

  test("on the page of a job that failed, with a line opened", async () => {
    const page = await watched(failed.path);
    await seen(page, `${word} error`);
    await seen(page, `${word} entry`);
    const log = page.getByRole("region", { name: "Log lines, scrollable" });
    await log.getByText(`${word} entry`).first().click();
    await seen(page, `${word} metadata`);
    await clean(page);
  });

  for (const [where, path] of [["in the list", "/"], ["in the activity", "/activity"], ["where jobs are measured", "/throughput"], ["where the first job is made", "/start"]]) {
    for (const size of ["desk", "phone"]) {
      test(`${where}, at the width of a ${size}`, async () => {
        const page = await watched(path, { size });
        await live(page);
        const made = await begun();
        if (path === "/" || path === "/activity") await seen(page, word);
        await made.complete(held("result"));
        if (path === "/activity") await page.locator(`a[href="${made.path}"]`).first().waitFor();
        await clean(page);
      });
    }
  }

  test("where keys are listed, in their names and in what refuses them", async () => {
    const { projectId } = await (await fetch(`${place.url}/api/session`, { headers: { "x-api-key": place.apiKey } })).json();
    const headers = { authorization: `Bearer ${place.adminToken}`, "content-type": "application/json" };
    const key = await fetch(`${place.url}/api/projects/${projectId}/keys`, { method: "POST", headers, body: JSON.stringify({ name: markup("key").slice(0, 200), scopes: ["jobs:read"] }) });
    assert.equal(key.status, 201);
    const page = await watched("/keys");
    for (const token of [markup("token").slice(0, 100), place.adminToken]) {
      await page.getByRole("textbox", { name: "Admin token" }).fill(token);
      await page.keyboard.press("Enter");
    }
    await seen(page, `${word} key`);
    await clean(page);
  });
});

describe("a link that a hostile page hands out is text", () => {
  const it = encodeURIComponent(markup("address"));
  for (const path of [`/?q=${it}`, `/?status=${it}`, `/jobs/${it}`, `/jobs/${it}?q=${it}#${it}`, `/activity?${it}=${it}`, `/${it}`, `/keys#${it}`, `/throughput?${it}`]) {
    test(path.replace(it, "…").replaceAll(it, "…"), async () => {
      const page = await watched(path);
      await page.locator("body").filter({ hasText: /\S/ }).waitFor();
      assert.equal(new URL(page.url()).origin, new URL(place.url).origin);
      await clean(page);
    });
  }

  test("and signs nobody in with what it brings", async () => {
    const page = await watched(`/?apiKey=${place.apiKey}&key=${place.apiKey}&token=${place.apiKey}#apiKey=${place.apiKey}`, { signedIn: false });
    await page.getByLabel("API key").waitFor();
    assert.equal(await page.getByLabel("API key").inputValue(), "");
    await clean(page);
  });
});
