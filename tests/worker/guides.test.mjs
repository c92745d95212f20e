// The guides are true: what they tell to type is typed, on a service of its own, as it stands there. Only address, keys and ids
// are filled in. What they show in JavaScript and HTML is run by `client/test/guides.test.mjs` and `client/test/browser`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { defaultProject } from "../../scripts/project.mjs";
import { DOCUMENTS, fence, fences, read, SHOWN } from "../guides/fences.mjs";
import { scriptOf } from "../guides/script.mjs";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { document as openapi, faults, operations, pointer, valueAt } from "./openapi.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Who runs what: each kind of block has exactly one. */
const RUN = {
  sh: "here",
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
  let given;
  before(async () => {
    const project = await defaultProject(instance.url, instance.adminToken, mkdtempSync(join(tmpdir(), "jobcast-guides-")));
    given = { url: project.url, key: project.apiKey, projectKey: project.projectKey };
  });

  const typed = DOCUMENTS.filter((document) => fences.some((fence) => fence.document === document && fence.kind === "sh"));
  for (const document of typed) {
    test(`${document}: each command works, in this order`, async (t) => {
      const { code, output, streamed } = await type(t, document, { ...given, adminToken: instance.adminToken });
      assert.equal(code, 0, output);
      await streamed();
    });
  }

  test("README.md: the stream in the second terminal shows what it says, and closes", async (t) => {
    const { stream } = await type(t, "README.md", { ...given, adminToken: instance.adminToken });
    const told = /The stream in the second terminal has shown ([^]*?), and has closed/.exec(read("README.md"))[1];
    const names = [...told.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const shown = await eventually("the end of the stream", () => stream(1), (frames) => frames.includes("event: job:completed"));
    const order = names.map((name) => shown.indexOf(`event: ${name}\n`));
    assert.ok(order.every((place) => place >= 0), shown);
    assert.deepEqual(order, order.toSorted((a, b) => a - b));
  });
});

/** Types a document into a shell. Its streams end with the test. */
async function type(t, document, { url, key, projectKey, adminToken }) {
  const folder = mkdtempSync(join(tmpdir(), "jobcast-guide-"));
  const [streams, answers] = [join(folder, "streams"), join(folder, "answers")];
  mkdirSync(streams);
  const { script, streams: count } = scriptOf(document, { url, key, projectKey });
  const env = { ...process.env, STREAMS: streams, ANSWERS: answers, JOBCAST_URL: url, ADMIN_TOKEN: adminToken, HOME: folder };
  const shell = spawn("sh", ["-c", script], { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => {
    try {
      process.kill(-shell.pid, "SIGKILL");
    } catch {
      // its streams have ended too
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const written = Promise.all([text(shell.stdout), text(shell.stderr)]);
  const [code] = await once(shell, "exit");
  const stream = (number) => readFileSync(join(streams, String(number)), "utf8");
  if (code !== 0) process.kill(-shell.pid, "SIGKILL");
  return {
    code,
    output: code === 0 ? "" : (await written).join("\n"),
    stream,
    streamed: async () => {
      for (let number = 1; number <= count; number++) assert.match(stream(number), /^id: ?\d+$/m, `stream ${number}`);
    },
  };
}

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
  [...read(document).replace(/^```[^]*?^```$/gm, "").matchAll(/\]\((?!https?:)([^)]*)\)/g)].map(([, link]) => {
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
