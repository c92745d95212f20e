// What the service really answers against what openapi.json says of it: every route's success, with the body that the document gives as
// an example, and what routes answer besides.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { knock } from "./knock.mjs";
import { FILE, routes, succeeds } from "./openapi-calls.mjs";
import { answersAsTold, conforms, operation, pointer, valueAt } from "./openapi.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, request } from "./request.mjs";
import { COOKIE, signIn } from "./session.mjs";
import { STATES } from "./states.mjs";

describe("a route succeeds as openapi.json tells it", { concurrency: true }, () => {
  let project;
  before(async () => {
    project = await newProject();
    await project.create({ filePath: FILE });
  });

  const withJob = async () => {
    const own = await newProject();
    await own.create({ name: "encode" });
    return own;
  };

  for (const known of routes) {
    test(`${known.id}, with the document's own example as its body`, async () => {
      const answer = await succeeds(known, known.id === "pollJobs" ? await withJob() : project);
      assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`);
      answersAsTold(known, answer);
    });
  }
});

describe("what the routes answer otherwise", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("a list of jobs is answered as a list", async () => {
    const answer = await project.ask("POST", "/api/v1/jobs", { json: [{}, { name: "b", meta: { a: 1 }, payload: null }] });
    answersAsTold(operation("createJobs"), answer);
    assert.equal(answer.body.jobs.length, 2);
  });

  test("every page that is full tells where to go on, and a page of the log when its place is gone", async () => {
    const job = await project.running();
    for (const part of ["checkpoint", "event"]) for (const count of [1, 2]) await job.report(part, { count });
    await job.report("logs", ["a", { message: "b", level: "fatal", source: "s", metadata: [1], timestamp: "2026-03-01T09:00:00Z" }]);
    const json = { headers: { accept: "application/json" } };
    for (const [id, part] of [["listCheckpoints", "/checkpoints"], ["listLogs", "/logs"], ["watchJob", "/events"]]) {
      const page = await job.ask("GET", `${part}?limit=1`, json);
      answersAsTold(operation(id), page);
      assert.ok(page.body.nextAfter > 0, page.text);
      answersAsTold(operation(id), await job.ask("GET", `${part}?limit=1000`, json));
      answersAsTold(operation(id), await job.ask("GET", `${part}?limit=0`, json));
    }
    answersAsTold(operation("listLogs"), await job.ask("GET", "/logs?level=info,fatal&q=B"));
    answersAsTold(operation("listLogs"), await job.ask("GET", "/logs?level=loud"));
    const ahead = await job.ask("GET", "/events?after=9007199254740000", json);
    answersAsTold(operation("watchJob"), ahead);
    assert.equal(ahead.body.reset.reason, "cursor_ahead");
  });

  test("lists with every filter, and with what is none", async () => {
    await Promise.all(Object.values(STATES).map((make) => make(project)));
    for (const [id, path] of [["listJobs", "/api/v1/jobs"], ["queueJobs", "/queue/jobs"]]) {
      for (const query of ["limit=1", "status=running&limit=200", "status=error", "status=none", "cursor=1", "offset=-1", "name=a&filePath=b"]) {
        answersAsTold(operation(id), await project.ask("GET", `${path}?${query}`));
      }
    }
    for (const status of valueAt("#/components/parameters/Status").schema.enum) {
      accepted(await project.ask("GET", `/api/v1/jobs?status=${status}`));
    }
    for (const status of valueAt("#/components/parameters/QueueStatus").schema.enum) {
      accepted(await project.ask("GET", `/queue/jobs?status=${status}`));
    }
  });

  test("lines as the document shows them, as NDJSON and compressed", async () => {
    const { example } = operation("appendLogs").told.requestBody.content["application/x-ndjson"];
    const job = await project.create();
    for (const [body, headers] of [[example, {}], [gzipSync(example), { "content-encoding": "gzip" }], ["nothing packed", { "content-encoding": "gzip" }]]) {
      const answer = await job.ask("POST", "/logs", { body, headers: { "content-type": "application/x-ndjson", ...headers } });
      answersAsTold(operation("appendLogs"), answer);
    }
    assert.deepEqual((await job.lines()).map(({ level }) => level), ["debug", "error", "debug", "error"]);
  });

  test("a file that nobody knows", async () => {
    const answer = await project.ask("GET", "/video-status/nobody%2Fknows.mp4");
    assert.equal(answer.status, 404);
    answersAsTold(operation("videoStatus"), answer);
  });

  test("the stream of a job that has ended, to who has seen the end", async () => {
    const job = await STATES.completed(project);
    const { id } = (await job.log()).at(-1);
    const answer = await project.ask("GET", `${job.path}/events`, { headers: { "last-event-id": String(id) } });
    assert.equal(answer.status, 204);
    answersAsTold(operation("watchJob"), answer);
  });

  test("keys that expire, that are revoked, and that were used", async () => {
    const { id } = await project.newKey({ scopes: ["jobs:worker"], expiresInSeconds: 60 });
    accepted(await admin("DELETE", `/api/projects/${project.id}/keys/${id}`));
    answersAsTold(operation("listKeys"), await admin("GET", `/api/projects/${project.id}/keys`));
  });

  test("a session that is shown by its cookie, by its key, and not at all", async () => {
    const session = await signIn(project);
    const ways = [session.headers, { "x-api-key": project.apiKey }, { cookie: `${COOKIE}=jcs_none` }, {}];
    for (const headers of ways) answersAsTold(operation("showSession"), await knock(`${project.at.url}/api/session`, { headers }));
  });

  test("a path that is nobody's, and a method that a path does not take", async () => {
    for (const [method, path, code] of [["GET", "/api/nothing", "not_found"], ["PUT", "/api/v1/jobs", "method_not_allowed"]]) {
      const { body } = await request(project.at.url + path, { method });
      conforms("#/components/schemas/Problem", body);
      assert.deepEqual(Object.keys(body), Object.keys(valueAt(pointer("components", "examples", code)).value).filter((name) => name in body));
      assert.equal(body.code, code);
    }
  });
});
