// What the watcher's guide shows in HTML, in Chromium, on the real service, in a page of another origin.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Attempt, createJob, createToken } from "jobcast-client";
import { chromium } from "playwright-core";
import { fence, fences } from "../../../tests/guides/fences.mjs";
import { newName, service } from "../place.mjs";

const WATCHER = "docs/guides/watcher.md";
const CLIENT = new URL("../../", import.meta.url);
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let browser;
let site;
let page = "";
before(async () => {
  // The site of the guide: its page, and `client/dist` at /jobcast-client/dist.
  site = createServer(async ({ url }, answer) => {
    const content = url === "/" ? page : await readFile(new URL(url.replace("/jobcast-client/", ""), CLIENT)).catch(() => "");
    answer.setHeader("content-type", url === "/" ? "text/html" : "text/javascript").end(content);
  });
  await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGS });
});
after(async () => {
  await browser?.close();
  site?.closeAllConnections();
  site?.close();
});

test("the two lines of HTML show a job to its end", async (t) => {
  const job = await createJob({ name: newName() }, service);
  const { token } = await createToken(job.id, { ...service, scopes: ["jobs:read"] });
  const given = fence(WATCHER, "html").replace("http://localhost:8787", service.url).replace("job_01…", job.id).replace("jct_…", token);
  page = `<!doctype html><html lang="en"><title>A job</title>${given}`;
  const tab = await browser.newPage();
  t.after(() => tab.close());
  await tab.goto(`http://127.0.0.1:${site.address().port}/`);
  const says = (text) => tab.locator(`[role=progressbar][aria-valuetext="${text}"]`).waitFor({ state: "attached", timeout: 15_000 });
  await says("Waiting");
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  t.after(() => attempt.end());
  attempt.progress(65, "Encoding");
  await says("65 %, Encoding");
  await attempt.complete();
  await says("Completed");
});

test("each example in HTML is shown here", () => {
  assert.deepEqual(fences.filter(({ kind }) => kind === "html").map(({ document }) => document), [WATCHER]);
});
