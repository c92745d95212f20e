// The guides are true: what they tell to type is typed, on a service of its own, as it stands there. Only address, keys and ids
// are filled in. What they show in JavaScript and HTML is run by `client/test/guides.test.mjs` and `client/test/browser`.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { defaultProject } from "../../scripts/project.mjs";
import { DOCUMENTS, fence, fences, read, SHOWN } from "../guides/fences.mjs";
import { type } from "../guides/script.mjs";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { document as openapi, faults, operations, pointer, valueAt } from "./openapi.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Who runs what: each kind of block has exactly one. */
const RUN = {
  sh: "here",
  "sh jobcast": "cli/test/guides.test.mjs",
  python: "here, as far as its routes and bodies go",
  jsx: "client/test/guides.test.mjs",
  html: "client/test/browser/guides.test.mjs",
};

test("every block is run by somebody, or says why not", () => {
  const unknown = fences.filter(({ kind }) => !(kind in SHOWN) && !(kind in RUN) && !/^js( [a-z-]+)?$/.test(kind));
  assert.deepEqual(unknown.map(({ document, line, kind }) => `${document}:${line} ${kind}`), []);
});

describe("what a document tells to type", () => {
  const instance = instanceOfSuite();
  const state = mkdtempSync(join(tmpdir(), "jobcast-guides-"));
  after(() => rmSync(state, { recursive: true }));
  let given;
  before(async () => {
    const { url, apiKey, projectKey } = await defaultProject(instance.url, instance.adminToken, state);
    given = { url, key: apiKey, projectKey };
  });
  const typing = (t, document) => type(t, document, "sh", given, { JOBCAST_URL: given.url, ADMIN_TOKEN: instance.adminToken });

  const typed = DOCUMENTS.filter((document) => fences.some((fence) => fence.document === document && fence.kind === "sh"));
  for (const document of typed) {
    test(`${document}: each command works, in this order`, async (t) => {
      const { code, output, streams } = await typing(t, document);
      assert.equal(code, 0, output);
      for (const frames of streams()) assert.match(frames, /^id: \d+$/m);
    });
  }

  test("README.md: the stream in the second terminal shows what it says, and closes", async (t) => {
    const { streams } = await typing(t, "README.md");
    const told = /The stream in the second terminal has shown ([^]*?), and has closed/.exec(read("README.md"))[1];
    const names = [...told.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const shown = await eventually("the end of the stream", () => streams()[0], (frames) => frames.includes("event: job:completed"));
    const order = names.map((name) => shown.indexOf(`event: ${name}\n`));
    assert.ok(order.every((place) => place >= 0), shown);
    assert.deepEqual(order, order.toSorted((a, b) => a - b));
  });
});

describe("the producer in Python", () => {
  const source = fence("docs/guides/producer.md", "python");
  /** Route below the jobs and body, as far as the body is JSON: `str(error)` stands for any text. */
  const calls = [...source.matchAll(/\b(?:post|tell)\("([^"]*)", (\{.*\})\)/g)].map(([, route, body]) => ({
    path: `/api/v1/jobs${route === "" || route.startsWith("/") ? route : `/{job}/${route.replace(/^stages\/\w+$/, "stages/{stage}")}`}`,
    body: JSON.parse(body.replace("str(error)", '"no space left"')),
  }));

  test("calls only routes that exist, with bodies that the service takes", () => {
    assert.ok(calls.length >= 8, `${calls.length} calls were found`);
    for (const { path, body } of calls) {
      assert.ok(openapi.paths[path]?.post, path);
      const schema = pointer("paths", path, "post", "requestBody", "content", "application/json", "schema");
      assert.deepEqual(faults(schema, body), [], path);
    }
  });

  test("stops at refusals that the service knows", () => {
    const [, listed] = /refused\.code not in \(([^)]*)\)/.exec(source);
    for (const [, code] of listed.matchAll(/"(\w+)"/g)) assert.ok(statuses().has(code), code);
  });
});

test("the refusals of the guides are the service's, each with its status", () => {
  const rows = DOCUMENTS.flatMap((document) => [...read(document).matchAll(/^\| (\d{3}(?:, \d{3})*) ?\|(.*)\|.*\|$/gm)]);
  const told = rows.flatMap(([, status, codes]) => [...codes.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, code]) => [code, status.split(", ")]));
  assert.ok(told.length >= 12, `${told.length} refusals were found`);
  for (const [code, among] of told) {
    assert.ok(among.some((status) => statuses().get(code)?.has(status)), `${code} is not ${among}`);
  }
});

test("every link between the documents leads somewhere", () => {
  const broken = DOCUMENTS.flatMap((document) => links(document).filter(({ place, anchor }) =>
    !existsSync(place) || (anchor && !anchors(place).includes(anchor))).map(({ link }) => `${document}: ${link}`));
  assert.deepEqual(broken, []);
});

const links = (document) =>
  [...read(document).replace(/^```[^]*?^```$/gm, "").matchAll(/(?:\]\(|src=")(?!https?:)([^)"]*)[)"]/g)].map(([, link]) => {
    const { pathname, hash } = new URL(link, `file://${ROOT}${document}`);
    return { link, place: decodeURIComponent(pathname), anchor: decodeURIComponent(hash.slice(1)) };
  });

/** As code hosts make them of headings. */
const anchors = (file) =>
  [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));

/** Each code with the statuses that it comes with, as the description has them. */
function statuses() {
  const found = new Map();
  for (const { told } of operations) {
    for (const [status, { $ref }] of Object.entries(told.responses)) {
      for (const [, code] of ($ref ? valueAt($ref).description : "").matchAll(/`(\w+)`: /g)) {
        found.set(code, (found.get(code) ?? new Set()).add(status));
      }
    }
  }
  return found;
}
