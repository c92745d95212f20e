// <job-progress> with a job whose every field is markup, and with attributes that are: all of it is text. The page asks for Trusted Types,
// so that a script of ours that made markup of a text would be stopped there and then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt, createJob } from "jobcast-client";
import { newName, service } from "../place.mjs";
import { siteOfFile } from "./site.mjs";

const DIST = new URL("../../dist/", import.meta.url);
const POLICY = `script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; connect-src ${service.url}; base-uri 'none'`;
const site = siteOfFile((path) => new URL(`.${path}`, DIST));

const markup = (field) => `${field}"'><img src=x onerror=ran('${field}')><script>ran('${field}')</script><svg onload=ran('${field}')></svg>`
  + `<iframe srcdoc="<script>parent.ran('${field}')</script>"></iframe><a href="javascript:ran('${field}')">${field}</a></style><style>*{display:none}</style>`;
const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The element in a page that notes what runs and what its policy refuses. */
async function opened(t, attributes) {
  const told = Object.entries({ url: service.url, ...attributes }).map(([name, value]) => `${name}="${attribute(value)}"`).join(" ");
  site.page = `<!doctype html><html lang="en"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>A job</title>
    <script type="module" src="/element/define.js"></script><job-progress ${told}></job-progress>`;
  const context = await site.browser.newContext();
  t.after(() => context.close());
  await context.addInitScript(() => {
    globalThis.happened = [];
    globalThis.ran = (field) => globalThis.happened.push(`a script: ${field}`);
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, sample, blockedURI }) => globalThis.happened.push(`refused: ${violatedDirective} ${blockedURI} ${sample}`));
  });
  const tab = await context.newPage();
  tab.errors = [];
  tab.on("pageerror", (error) => tab.errors.push(error.message));
  tab.on("dialog", (dialog) => { tab.errors.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  await tab.goto(site.url);
  return tab;
}

/** The elements that the component is made of, by their names. */
const madeOf = (tab) => tab.locator("job-progress").evaluate((node) => [...node.shadowRoot.querySelectorAll("*")].map(({ localName }) => localName).toSorted());

async function clean(tab, tags) {
  assert.deepEqual([await tab.evaluate(() => globalThis.happened), tab.errors], [[], []]);
  assert.deepEqual(await madeOf(tab), tags);
}

/** Waits until the bar's words have this among them. */
const heard = (tab, text) => tab.waitForFunction(
  (text) => document.querySelector("job-progress").shadowRoot?.querySelector("[role=progressbar]")?.getAttribute("aria-valuetext")?.includes(text), text, { timeout: 15_000 },
);

test("what a hostile producer wrote is text, from its beginning to its end", async (t) => {
  const plain = await opened(t, { job: (await createJob({ name: newName() }, service)).id });
  await heard(plain, "Waiting");
  const tags = await madeOf(plain);

  const job = await createJob({ name: newName(), topic: markup("topic"), filePath: markup("path"), meta: { [markup("meta")]: markup("meta") }, maxAttempts: 1 }, service);
  const tab = await opened(t, { job: job.id });
  await heard(tab, "Waiting");
  await clean(tab, tags);
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  t.after(() => attempt.end());
  attempt.progress(65, markup("message"));
  await heard(tab, markup("message"));
  assert.equal(await tab.getByRole("progressbar").getAttribute("aria-label"), markup("topic"));
  await clean(tab, tags);
  await attempt.fail(new Error(markup("error")));
  await heard(tab, markup("error"));
  await clean(tab, tags);
});

test("what a hostile page's author was given for its attributes is text, and no address but of the web is asked", async (t) => {
  const { id } = await createJob({ name: newName() }, service);
  const good = await opened(t, { job: id, label: markup("label") });
  await heard(good, "Waiting");
  assert.equal(await good.getByRole("progressbar").getAttribute("aria-label"), markup("label"));
  const tags = await madeOf(good);
  for (const attributes of [{ job: markup("job") }, { job: "../../projects" }, { job: id, token: markup("token") }, { job: id, url: "javascript:ran('url')//" }, { job: id, url: "data:text/html,<script>ran('url')</script>" }]) {
    const tab = await opened(t, attributes);
    await tab.getByRole("progressbar").waitFor({ state: "attached" });
    await tab.waitForFunction(() => document.querySelector("job-progress").shadowRoot.querySelector("[role=progressbar]").getAttribute("aria-valuetext"));
    const happened = (await tab.evaluate(() => globalThis.happened)).filter((what) => !what.startsWith("refused: connect-src"));
    assert.deepEqual([happened, tab.errors], [[], []], JSON.stringify(attributes));
    assert.deepEqual(await madeOf(tab), tags);
  }
});
