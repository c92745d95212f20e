// Paths, headers and whole requests as no browser writes them: none leads past a door, none reaches another's job, and what is no HTTP
// changes nothing.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { asItIs, sent, statuses } from "./raw.mjs";
import { accepted, refused, request } from "./request.mjs";

const SECRET = "behind-the-door";

describe("a path", { concurrency: 4 }, () => {
  let project;
  let stranger;
  let job;
  before(async () => {
    [project, stranger] = await Promise.all([newProject(), newProject()]);
    job = await project.running({ name: SECRET, filePath: `${SECRET}.mp4` });
  });

  /** Other ways to write the path of a job: some mean the same, some mean nothing. */
  const WRITTEN = {
    "as it is": (id) => `/api/v1/jobs/${id}`,
    "with two slashes before it": (id) => `//api/v1/jobs/${id}`,
    "with two slashes in it": (id) => `/api//v1/jobs//${id}`,
    "with a slash behind it": (id) => `/api/v1/jobs/${id}/`,
    "with a letter encoded": (id) => `/%61pi/v1/jobs/${id}`,
    "with its slashes encoded": (id) => `/api%2fv1%2fjobs%2f${id}`,
    "by way of what is open": (id) => `/health/../api/v1/jobs/${id}`,
    "by way of what is open, encoded": (id) => `/health/%2e%2e/api/v1/jobs/${id}`,
    "by way of what is open, with its slash encoded": (id) => `/health/..%2fapi/v1/jobs/${id}`,
    "by way of what is open, encoded twice": (id) => `/health/%252e%252e%252fapi/v1/jobs/${id}`,
    "by way of what is open, with a parameter": (id) => `/health/..;/api/v1/jobs/${id}`,
    "by way of a stream": (id) => `/queue/events/../../api/v1/jobs/${id}`,
    "by way of a file": (id) => `/assets/../api/v1/jobs/${id}`,
    "by way of a file path": (id) => `/video-status/..%2f..%2fapi/v1/jobs/${id}`,
    "by way of the description": (id) => `/openapi.json/../api/v1/jobs/${id}`,
    "with overlong dots": (id) => `/health/%C0%AE%C0%AE/api/v1/jobs/${id}`,
    "with backslashes": (id) => `/health\\..\\api\\v1\\jobs\\${id}`,
    "with encoded backslashes": (id) => `/health%5c..%5capi/v1/jobs/${id}`,
    "in capitals": (id) => `/API/V1/JOBS/${id}`,
    "with its id in small letters": (id) => `/api/v1/jobs/${id.toLowerCase()}`,
    "with a parameter": (id) => `/api/v1/jobs/${id};public=1`,
    "with NUL": (id) => `/api/v1/jobs/${id}%00`,
    "with a line end": (id) => `/api/v1/jobs/${id}%0d%0a`,
    "with half an escape": (id) => `/api/v1/jobs/${id}%`,
    "with what is no escape": (id) => `/api/v1/jobs/${id}%zz`,
    "as another host's": (id) => `http://evil.example/api/v1/jobs/${id}`,
    "as a fragment of what is open": (id) => `/health#/../api/v1/jobs/${id}`,
    "as a query of what is open": (id) => `/health?/../api/v1/jobs/${id}`,
    "as a prefix of nothing": (id) => `/api/v1/jobs/${id}/events/..%2f`,
  };
  for (const [how, write] of Object.entries(WRITTEN)) {
    test(`written ${how} opens nothing to nobody's name, nor to a stranger`, async () => {
      for (const headers of [[], [["x-api-key", stranger.apiKey]]]) {
        const { status, text } = await asItIs(place, "GET", write(job.id), headers);
        const isHealth = status === 200 && text.includes('{"status":"ok"}');
        assert.ok([400, 401, 404].includes(status) || isHealth, `${status} ${text}`);
        assert.ok(!text.includes(SECRET), text);
      }
      // To who may it is the job or nothing: never another one, and never what nobody made.
      const { status, text } = await asItIs(place, "GET", write(job.id), [["x-api-key", project.apiKey]]);
      assert.ok(status === 200 ? text.includes(job.id) || text.includes('{"status":"ok"}') : [400, 404].includes(status), `${status} ${text}`);
    });
  }

  const FILES = ["/wrangler.toml", "/.env", "/.dev.vars", "/..%2f..%2f..%2f..%2fetc%2fpasswd", "/assets/..%2f..%2fwrangler.toml", "/assets/%2e%2e/%2e%2e/service.env",
    "/index.js", "/build/index.js", "/index_bg.wasm", "/src/lib.rs", "/%00", "/_headers", "/_redirects"];
  test("to a file that is not the dashboard's finds none", async () => {
    for (const target of FILES) {
      const { status, text } = await asItIs(place, "GET", target);
      assert.ok([400, 404].includes(status), `${target}: ${status} ${text.slice(0, 300)}`);
    }
  });

  test("of a file's status is that text, and leads nowhere", async () => {
    for (const filePath of ["../../etc/passwd", "%2e%2e", "a//b", "/", "?x=1", "#", "a\\b", "%00"]) {
      const { id } = await project.create({ filePath });
      assert.equal(accepted(await project.ask("GET", `/video-status/${encodeURIComponent(filePath)}`)).jobId, id, filePath);
    }
  });
});

describe("a header", { concurrency: 4 }, () => {
  let project;
  let job;
  let reader;
  before(async () => {
    project = await newProject();
    [job, reader] = [await project.running(), await project.key(["jobs:read"])];
  });

  const OVERRIDES = [["x-http-method-override", "DELETE"], ["x-http-method", "DELETE"], ["x-method-override", "POST"], ["x-original-url", "/api/projects"],
    ["x-rewrite-url", "/api/projects"], ["x-original-method", "DELETE"], ["x-forwarded-path", "/api/projects"], ["x-forwarded-prefix", "/api/projects"]];
  for (const [name, value] of OVERRIDES) {
    test(`${name} makes no other request of one`, async () => {
      const { id } = await project.create();
      const answer = await request(`${place.url}/api/v1/jobs/${id}`, { key: project.apiKey, headers: { [name]: value } });
      assert.equal(accepted(answer).id, id);
      refused(await request(`${place.url}/health`, { method: "POST", headers: { [name]: "GET" } }), 405);
      accepted(await project.ask("GET", `/api/v1/jobs/${id}`));
    });
  }

  test("that a proxy might have set names no other host in what is answered", async () => {
    const said = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "ftp", "x-forwarded-port": "1", forwarded: "host=evil.example;proto=ftp", "x-host": "evil.example", "x-forwarded-server": "evil.example" };
    for (const answer of [await job.ask("GET", "", { headers: said }), await job.post("tokens", {}, { headers: said })]) {
      assert.ok(!answer.text.includes("evil.example") && !answer.text.includes("ftp:"), answer.text);
    }
  });

  test("with a key that comes twice is no key, whichever of them is good", async () => {
    const [good, bad] = [`Bearer ${project.apiKey}`, "Bearer jc_wrong"];
    for (const pair of [[good, bad], [bad, good], [good, good]]) {
      const { status, text } = await asItIs(place, "GET", job.path, pair.map((value) => ["authorization", value]));
      assert.ok([400, 401].includes(status), `${status} ${text}`);
    }
  });

  test("with a bad key is refused, whatever good one comes beside it", async () => {
    const [good, bad] = [project.apiKey, "jc_wrong"];
    const { token } = accepted(await job.post("tokens", { scopes: ["jobs:read"] }), 201);
    for (const headers of [{ authorization: `Bearer ${bad}`, "x-api-key": good }, { authorization: "Bearer ", "x-api-key": good }, { authorization: `Token ${good}` }]) {
      refused(await request(place.url + job.path, { headers }), 401);
    }
    refused(await request(`${job.eventsUrl}?token=${token}&key=${project.projectKey}`, { headers: { "x-api-key": bad } }), 401);
  });

  test("with the key of who only reads lets nobody act, whatever else it brings", async () => {
    await job.unchangedBy(async () => {
      const { token } = accepted(await job.post("tokens"), 201);
      for (const query of ["", `?token=${token}`, `?key=${project.projectKey}`, `?apiKey=${project.apiKey}`, `?x-api-key=${project.apiKey}`, `?access_token=${project.apiKey}`]) {
        refused(await request(`${place.url}${job.path}/kill${query}`, { method: "POST", key: reader, json: {} }), 403, { code: "missing_scope" });
      }
    });
  });

  test("as large as a page is read or refused, and the service goes on", async () => {
    for (const [name, size] of [["x-large", 60_000], ["x-api-key", 12_000], ["cookie", 12_000], ["last-event-id", 12_000], ["idempotency-key", 12_000]]) {
      const { status, text } = await asItIs(place, "GET", `${job.path}/events`, [[name, "a".repeat(size)], ["accept", "application/json"]]);
      assert.ok([200, 400, 401, 413, 431].includes(status), `${name}: ${status} ${text.slice(0, 300)}`);
    }
    accepted(await job.ask("GET"));
  });
});

describe("what is hardly a request", { concurrency: 4 }, () => {
  let job;
  let head;
  let kill;
  before(async () => {
    const project = await newProject();
    job = await project.running();
    head = `Host: ${new URL(place.url).host}\r\nx-api-key: ${project.apiKey}`;
    kill = `POST ${job.path}/kill HTTP/1.1\r\n${head}\r\nContent-Length: 0\r\n\r\n`;
  });
  const report = (headers, body) => `POST ${job.path}/keepalive HTTP/1.1\r\n${head}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

  /** A second request is hidden in the body of the first: whoever reads another length than the next one would carry it out. */
  const HIDDEN = {
    "behind a chunked body with a length": () => report(`Content-Length: ${5 + kill.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${kill}`),
    "behind a chunked body with a length, told the other way round": () => report(`Transfer-Encoding: chunked\r\nContent-Length: ${5 + kill.length}`, `0\r\n\r\n${kill}`),
    "in a body with two lengths": () => report(`Content-Length: 0\r\nContent-Length: ${kill.length}`, kill),
    "in a body with two lengths in one": () => report(`Content-Length: 0, ${kill.length}`, kill),
    "in a body with a length below nought": () => report("Content-Length: -1", kill),
    "in a body with a sign before its length": () => report("Content-Length: +0", kill),
    "in a body with a length that no number holds": () => report("Content-Length: 18446744073709551616", kill),
    "in a body with an encoding that is none": () => report("Transfer-Encoding: xchunked", kill),
    "in a body with a space before the colon": () => report(`Transfer-Encoding : chunked\r\nContent-Length: ${kill.length}`, kill),
    "in a body with two encodings": () => report(`Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\nContent-Length: ${kill.length}`, `0\r\n\r\n${kill}`),
    "in a chunk whose length is none": () => report("Transfer-Encoding: chunked", `zz\r\n${kill}`),
    "in a header that goes on in the next line": () => `GET ${job.path} HTTP/1.1\r\n${head}\r\nx-folded: a\r\n ${kill}`,
    "in the body of a GET": () => `GET ${job.path} HTTP/1.1\r\n${head}\r\nContent-Length: ${kill.length}\r\n\r\n${kill}`,
    "in the name of a header": () => `GET ${job.path} HTTP/1.1\r\n${head}\r\nx\0: ${kill}`,
  };
  for (const [where, bytes] of Object.entries(HIDDEN)) {
    test(`a request ${where} is not carried out`, async () => {
      await sent(place, bytes());
      assert.equal((await job.now()).status, "running");
    });
  }

  const ODD = {
    "no host": () => `GET ${job.path} HTTP/1.1\r\nx-api-key: x\r\n\r\n`,
    "an old version": () => "GET /health\r\n\r\n",
    "a version to come": () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no text": () => "\0\x01\x02\xff\r\n\r\n",
    "a method of nobody's": () => `KILL ${job.path} HTTP/1.1\r\n${head}\r\n\r\n`,
    "a method in small letters": () => `post ${job.path}/kill HTTP/1.1\r\n${head}\r\nContent-Length: 0\r\n\r\n`,
    "TRACE": () => `TRACE ${job.path} HTTP/1.1\r\n${head}\r\n\r\n`,
    "CONNECT": () => `CONNECT evil.example:443 HTTP/1.1\r\n${head}\r\n\r\n`,
  };
  for (const [what, bytes] of Object.entries(ODD)) {
    test(`${what} is refused, and shows nothing of what was sent`, async () => {
      const text = await sent(place, bytes());
      assert.ok(statuses(text).every((status) => status >= 400), text);
      assert.ok(!text.includes("x-api-key: jc_"), text);
      assert.equal((await job.now()).status, "running");
    });
  }
});
