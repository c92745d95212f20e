// The dashboard's files and the API share one address: each path belongs to one of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { place } from "./place.mjs";

const get = (path, headers = {}) => fetch(`${place.url}${path}`, { headers, redirect: "manual" });

/** The addresses that the dashboard's own source takes for its pages. */
const source = readFileSync(new URL("../../dashboard/src/app.tsx", import.meta.url), "utf8");
const PAGES = ["/jobs/job_01", ...[...source.matchAll(/case "(\/[^"]*)":/g)].map(([, path]) => path)];

describe("the dashboard", { concurrency: true }, () => {
  for (const path of PAGES) {
    test(`is at ${path}`, async () => {
      const page = await get(path);
      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-type"), /^text\/html/);
      assert.match(await page.text(), /<div id="app">/);
    });
  }

  test("runs no script but its own, and stands in no frame", async () => {
    const policy = (await get("/")).headers.get("content-security-policy");
    for (const clause of ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(clause), policy);
    assert.doesNotMatch(policy, /script-src|unsafe-eval/);
  });

  test("names files that are there, and may be kept for good", async () => {
    const page = await (await get("/")).text();
    const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
    assert.ok(named.length >= 2, page);
    for (const path of named) {
      const file = await get(path);
      assert.doesNotMatch(file.headers.get("content-type"), /html/, path);
      assert.match(file.headers.get("cache-control"), /immutable/);
    }
  });

  test("has a page besides the first", () => assert.ok(PAGES.length > 3, String(PAGES)));

  test("keeps nobody's mistake for good: a file that is not there is an error", async () => {
    const answer = await get("/assets/gone.js");
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.headers.get("cache-control"), /immutable/);
  });

  for (const path of ["/any/other/page", "/api/nothing", "/api/v1/nothing", "/queue/nothing", "/v1/nothing", "/video-status/nothing.mp4"]) {
    test(`leaves ${path} to the API, also when a browser goes there`, async () => {
      const answer = await get(path, { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" });
      assert.equal(answer.status, 404);
      assert.match(answer.headers.get("content-type"), /^application\/json/);
    });
  }
});
