// A browser on the dashboard, and a producer beside it. Tests wait for what a person would see, never for a time.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { FLAGS } from "../../../scripts/chromium.mjs";

const { JOBCAST_URL: url, JOBCAST_API_KEY: apiKey, JOBCAST_ADMIN_TOKEN: adminToken, CHROMIUM, SCREENSHOTS } = process.env;
if (!url || !apiKey) throw new Error("JOBCAST_URL and JOBCAST_API_KEY are not set: run these tests with npm run test:dashboard.");
export const place = { url, apiKey, adminToken };

export const sizes = { desk: { width: 1280, height: 860 }, phone: { width: 375, height: 812 } };
// The machine may be busy; what is waited for comes within moments on one at rest.
const PATIENCE_MS = 20_000;

export const launch = () => chromium.launch({ executablePath: CHROMIUM || "/usr/bin/chromium", args: FLAGS });

/** A page of its own, signed in unless told otherwise. Tests look at `page.errors`, of its script, and `page.refusals`, of the service. */
export async function open(browser, path = "/", { size = "desk", colorScheme = "light", signedIn = true, key = apiKey } = {}) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme, baseURL: url, permissions: ["clipboard-read", "clipboard-write"] });
  context.setDefaultTimeout(PATIENCE_MS);
  if (signedIn) assert.equal((await context.request.post("/api/session", { data: { apiKey: key } })).status(), 201);
  const page = await context.newPage();
  page.errors = [];
  page.refusals = [];
  page.on("response", (response) => { if (response.status() >= 400) page.refusals.push(`${response.status()} ${response.url()}`); });
  page.on("pageerror", (error) => page.errors.push(error.stack));
  await page.goto(path);
  return page;
}

export const phase = (page, of = ".side .conn") => page.locator(of);
export const live = (page, of) => page.waitForSelector(`:is(${of ?? ".side .conn, .topbar .conn"})[data-phase=live]`, { state: "attached" });
export const seen = (page, text) => page.getByText(text).first().waitFor();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe calls serious or critical. */
export async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
}

/** A key of the project with these scopes and no others. */
export async function newKey(scopes) {
  const session = await fetch(`${url}/api/session`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ apiKey }) });
  const { projectId } = await session.json();
  const response = await fetch(`${url}/api/projects/${projectId}/keys`, {
    method: "POST", headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" }, body: JSON.stringify({ name: unique("key"), scopes }),
  });
  assert.equal(response.status, 201);
  return (await response.json()).key;
}

export async function screenshot(page, name) {
  if (!SCREENSHOTS) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** One call of a producer. */
export async function call(method, path, json, headers = {}) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method, headers: { "x-api-key": apiKey, "content-type": "application/json", ...headers }, body: json === undefined ? undefined : JSON.stringify(json),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** A new job, with what its producer says of it. */
export async function job(fields = {}) {
  const { id } = await call("POST", "/jobs", { name: "encode", ...fields });
  const post = (path, json) => call("POST", `/jobs/${id}/${path}`, json);
  return {
    id, path: `/jobs/${id}`, post,
    ack: () => post("ack"),
    progress: (percent, message, subProgress) => post("progress", { percent, message, subProgress }),
    stage: (name, type, more = {}) => post(`stages/${encodeURIComponent(name)}`, { type, ...more }),
    log: (lines) => post("logs", lines),
    complete: (result) => post("complete", { result }),
    fail: (error) => post("fail", { error, retry: false }),
    get: () => call("GET", `/jobs/${id}`),
  };
}

/** What tells one test's jobs from another's. */
export const unique = (word) => `${word}-${Math.random().toString(36).slice(2, 8)}`;
