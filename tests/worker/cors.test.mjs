// What pages of other origins may do: read what is public, without credentials; everything else only if the operator named them.
// The table is the whole route table × the page's origin.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { instanceOfSuite } from "./instance.mjs";
import { knock } from "./knock.mjs";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { fill, isPublic, TABLE } from "./routes.mjs";
import { signIn } from "./session.mjs";
import { STATES } from "./states.mjs";
import { open } from "./stream.mjs";

const LISTED = ["https://app.example", "http://localhost:5173"];
const UNLISTED = {
  "another site": () => "https://evil.example",
  "a sandbox": () => "null",
  "the service itself": (own) => own,
  "a host that begins like a listed one": () => "https://app.example.evil",
  "a host below a listed one": () => "https://evil.app.example",
  "another scheme of a listed host": () => "http://app.example",
  "another port of a listed host": () => "https://app.example:8443",
  "all listed origins at once": () => LISTED.join(", "),
};

const EXPOSED = ["X-Request-Id", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];
const PUBLIC_HEADERS = ["Last-Event-ID", "Cache-Control", "Content-Type"];
const ALL_HEADERS = [...PUBLIC_HEADERS, "Authorization", "X-Api-Key", "Content-Encoding", "Idempotency-Key", "X-Job-Attempt"];

const list = (headers, name) => (headers.get(name) ?? "").toLowerCase().split(",").map((word) => word.trim()).filter(Boolean).toSorted();
const lower = (words) => words.map((word) => word.toLowerCase()).toSorted();
const corsHeaders = ({ headers }) => [...headers.keys()].filter((name) => name.startsWith("access-control-"));

/** The answer may be read by pages of `origin`: one listed origin with its credentials, or `*` without. */
function openTo(answer, origin) {
  const { headers, status } = answer;
  assert.ok(status < 500, `${status} ${answer.text}`);
  assert.equal(headers.get("access-control-allow-origin"), origin, `${status} ${answer.text}`);
  assert.equal(headers.get("access-control-allow-credentials"), origin === "*" ? null : "true");
  varies(answer);
}

/** As `openTo`, for an answer that is no preflight's. */
function shownTo(answer, origin) {
  openTo(answer, origin);
  assert.deepEqual(list(answer.headers, "access-control-expose-headers"), lower(EXPOSED));
}

function closed(answer) {
  assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
  assert.deepEqual(corsHeaders(answer), []);
  varies(answer);
}

const varies = ({ headers }) => assert.ok(list(headers, "vary").includes("origin"), "a cache keeps the origins apart");

describe("to a page", { concurrency: true }, () => {
  const at = instanceOfSuite({ ALLOWED_ORIGINS: LISTED.join(", ") });
  let project;
  let job;
  /** Whatever the table makes of it. */
  let tried;
  before(async () => {
    project = await newProject({ publicRead: true, at });
    [job, tried] = [await project.running(), await project.running({ filePath: "videos/clip.mp4" })];
  });

  const names = () => ({ job: tried.id, project: project.id, projectKey: project.projectKey });
  const call = ({ method, path, json }, origin, options = {}) =>
    knock(at.url + fill(path, names()), { method, json, ...options, headers: { ...(origin && { origin }), ...options.headers } });
  /** The answer to who may and to who may not, one of them an error on most routes. */
  const answers = async (row, origin) => [await call(row, origin), await call(row, origin, { key: project.apiKey })];
  const preflight = (path, origin, method, headers = {}) =>
    knock(at.url + fill(path, names()), { method: "OPTIONS", headers: { origin, "access-control-request-method": method, ...headers } });

  for (const row of TABLE) {
    const name = `${row.method} ${row.path}`;

    test(`of a listed origin: ${name} answers with credentials, whatever it says`, async () => {
      for (const origin of LISTED) {
        for (const answer of await answers(row, origin)) shownTo(answer, origin);
      }
    });

    test(`of no listed origin: ${name} ${isPublic(row) ? "may be read, without credentials" : "shows nothing"}`, async () => {
      for (const unlisted of Object.values(UNLISTED)) {
        for (const answer of await answers(row, unlisted(at.url))) isPublic(row) ? shownTo(answer, "*") : closed(answer);
      }
    });

    test(`of none: ${name} names no origin`, async () => {
      for (const answer of await answers(row)) {
        varies(answer);
        const origin = answer.headers.get("access-control-allow-origin");
        assert.ok(origin === null || (origin === "*" && isPublic(row)), `${origin}`);
        assert.equal(answer.headers.get("access-control-allow-credentials"), null);
      }
    });
  }

  for (const path of new Set(TABLE.map((row) => row.path))) {
    const rows = TABLE.filter((row) => row.path === path);
    const methods = rows.map((row) => row.method);

    test(`of a listed origin: a preflight allows the methods of ${path}, and credentials`, async () => {
      for (const origin of LISTED) {
        for (const method of methods) {
          const answer = await preflight(path, origin, method, { "access-control-request-headers": "authorization,idempotency-key" });
          assert.equal(answer.status, 204);
          openTo(answer, origin);
          assert.deepEqual(list(answer.headers, "access-control-allow-methods").filter((name) => name !== "head"), lower(methods));
          assert.deepEqual(list(answer.headers, "access-control-allow-headers"), lower(ALL_HEADERS));
          assert.equal(answer.headers.get("access-control-max-age"), "7200");
        }
      }
    });

    test(`of no listed origin: a preflight allows ${rows.some(isPublic) ? "reading" : "nothing of"} ${path}`, async () => {
      for (const unlisted of Object.values(UNLISTED)) {
        for (const method of [...methods, "PUT"]) {
          const answer = await preflight(path, unlisted(at.url), method);
          assert.equal(answer.status, 204);
          if (!rows.some(isPublic)) {
            closed(answer);
            continue;
          }
          openTo(answer, "*");
          assert.deepEqual(list(answer.headers, "access-control-allow-methods"), ["get"]);
          assert.deepEqual(list(answer.headers, "access-control-allow-headers"), lower(PUBLIC_HEADERS));
          assert.equal(answer.headers.get("access-control-max-age"), "7200");
        }
      }
    });
  }

  test("a preflight of an unknown path is 404", async () => {
    for (const origin of [LISTED[0], "https://evil.example"]) refused(await preflight("/api/nothing", origin, "GET"), 404);
  });

  test("OPTIONS that is no preflight is a method as any other", async () => {
    for (const headers of [{}, { origin: LISTED[0] }, { "access-control-request-method": "GET" }]) {
      refused(await knock(`${at.url}/queue/jobs`, { method: "OPTIONS", headers }), 405);
    }
  });

  test("a preflight needs no credential, and does nothing", async () => {
    await job.unchangedBy(async () => {
      for (const part of ["", "/kill", "/progress"]) {
        for (const method of ["POST", "DELETE", "GET"]) await preflight(`${job.path}${part}`, LISTED[0], method);
      }
    });
  });

  const REFUSALS = {
    "400": () => job.post("progress", { percent: 101 }, page()),
    "401": () => job.ask("GET", "", { key: "jc_wrong", ...page() }),
    "403": async () => job.ask("GET", "", { key: await project.key(["jobs:poll"]), ...page() }),
    "404": () => project.ask("GET", "/api/nothing", page()),
    "405": () => project.ask("PUT", "/queue/jobs", page()),
    "409": () => job.post("claim", undefined, page()),
    "413": () => job.post("event", { note: "x".repeat(300_000) }, page()),
    "415": () => job.ask("POST", "/event", { body: "{}", headers: { "content-type": "text/plain", ...page().headers } }),
  };
  const page = (origin = LISTED[0]) => ({ headers: { origin } });
  for (const [status, refusal] of Object.entries(REFUSALS)) {
    test(`of a listed origin: a refusal can be read: ${status}`, async () => {
      const answer = await refusal();
      refused(answer, Number(status));
      shownTo(answer, LISTED[0]);
    });
  }

  test("of any origin: a refusal of what is public can be read", async () => {
    const { headers } = page("https://evil.example");
    const unknown = "/api/v1/jobs/job_00000000000000000000000000/events";
    const hidden = await (await newProject({ at })).create();
    // Its own: another test deletes the one that the routes are tried on.
    const { id } = await project.create();
    const tries = [
      ["/api/v1/jobs/{job}/events?lastEventId=x", 400], [new URL(hidden.eventsUrl).pathname, 401], ["/queue/events?key=pk_wrong", 401],
      [unknown, 404], ["/video-status/none.mp4?key=" + project.projectKey, 404], ["/v1/pk_wrong/events/{job}", 404],
    ];
    for (const [path, status] of tries) {
      const answer = await knock(at.url + fill(path, { ...names(), job: id }), { headers });
      assert.equal(answer.status, status, `${path} ${answer.text}`);
      shownTo(answer, "*");
    }
  });

  test("of any origin: the 204 that ends an EventSource can be read", async () => {
    const done = await STATES.completed(project);
    const last = (await done.log()).at(-1).id;
    for (const [origin, expected] of [["https://evil.example", "*"], [LISTED[0], LISTED[0]]]) {
      const answer = await knock(done.eventsUrl, { headers: { origin, "last-event-id": String(last) } });
      assert.equal(answer.status, 204);
      shownTo(answer, expected);
    }
  });

  test("of a listed origin: the session's cookie works, from signing in to signing out", async () => {
    const [origin] = LISTED;
    const session = await signIn(project);
    const made = await session.ask("POST", "/api/v1/jobs", { json: {}, headers: { origin } });
    accepted(made, 201);
    const ended = await session.ask("DELETE", "/api/session", { headers: { origin } });
    accepted(ended);
    for (const answer of [made, ended]) shownTo(answer, origin);
  });

  test("of any origin: a stream of what is public is read", async (t) => {
    const stream = await open(t, job.eventsUrl, { headers: { origin: "https://evil.example", "cache-control": "no-cache" } });
    shownTo(stream, "*");
    await stream.event("job:snapshot");
  });
});

describe("where no origin is listed", { concurrency: true }, () => {
  test("what is public may be read from anywhere, and nothing else", async () => {
    const project = await newProject({ publicRead: true });
    const { id } = await project.create();
    for (const row of TABLE) {
      const url = place.url + fill(row.path, { job: id, project: project.id, projectKey: project.projectKey });
      for (const origin of ["https://evil.example", "null", "https://app.example", place.url]) {
        const { headers } = await knock(url, { method: row.method, json: row.json, headers: { origin } });
        assert.equal(headers.get("access-control-allow-origin"), isPublic(row) ? "*" : null, `${row.method} ${row.path} ${origin}`);
        assert.equal(headers.get("access-control-allow-credentials"), null);
      }
    }
  });
});
