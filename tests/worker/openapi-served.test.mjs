// GET /openapi.json and GET /reference: the committed document, and a page that renders it and needs nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { answersAsTold, document, operation, operations } from "./openapi.mjs";
import { place } from "./place.mjs";
import { refused, request } from "./request.mjs";

const committed = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const get = (path, options) => request(place.url + path, options);

describe("the service describes itself", { concurrency: true }, () => {
  test("/openapi.json is the committed document, to anybody, for programs of any origin, and may be kept for a while", async () => {
    const answer = await get("/openapi.json", { headers: { origin: "https://tools.example" } });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, committed("openapi.json"));
    answersAsTold(operation("openApi"), answer);
    assert.match(answer.headers.get("cache-control"), /^public, max-age=\d+$/);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.deepEqual(answer.body, document);
  });

  test("/reference is a page", async () => {
    const answer = await get("/reference");
    answersAsTold(operation("reference"), answer);
    assert.match(answer.headers.get("content-type"), /^text\/html; charset=utf-8$/);
    assert.equal(answer.text, committed("dashboard/public/reference.html"));
  });

  test("HEAD is answered, and another method is told the right one", async () => {
    for (const path of ["/openapi.json", "/reference"]) {
      const head = await get(path, { method: "HEAD" });
      assert.deepEqual([head.status, head.text], [200, ""]);
      const answer = await get(path, { method: "POST" });
      refused(answer, 405, { code: "method_not_allowed" });
      assert.equal(answer.headers.get("allow"), "GET");
    }
  });

  test("a bad credential is not looked at", async () => {
    for (const path of ["/openapi.json", "/reference"]) assert.equal((await get(path, { key: "jc_wrong" })).status, 200);
  });
});

describe("the page that renders the document", () => {
  const page = committed("dashboard/public/reference.html");

  test("is small, and loads nothing but the document", () => {
    assert.ok(Buffer.byteLength(page) < 20_000, `${Buffer.byteLength(page)} bytes`);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"|\burl\(([^)]*)\)|fetch\("([^"]*)"|import\b[^;]*"([^"]*)"/g)];
    for (const [, ...found] of addresses) assert.match(found.find(Boolean), /^(\/openapi\.json|data:,|#.+)$/);
    assert.ok(!/https?:\/\//.test(page), "no other host is named");
  });

  test("never reads the document's text as HTML", () => {
    assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/.test(page));
  });

  test("knows the colours of every method", () => {
    for (const method of new Set(operations.map((known) => known.method.toLowerCase()))) assert.ok(page.includes(`.${method} {`), method);
  });
});
