// What the service really answers against what openapi.json says of it: every route's success and refusals, with the bodies that the
// document gives as examples.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newAddress } from "./address.mjs";
import { knock } from "./knock.mjs";
import { answersAsTold, conforms, operation, operations, pointer, valueAt } from "./openapi.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, request } from "./request.mjs";
import { fill } from "./routes.mjs";
import { COOKIE, signIn } from "./session.mjs";
import { STATES } from "./states.mjs";

const FILE = "videos/clip.mp4";

/** The body that the document shows for a request; undefined where there is none. */
const shown = ({ told }) => told.requestBody?.content["application/json"].example;

/** The state in which a job takes the command; of the others any will do. */
const TAKEN_IN = {
  deleteJob: "failed", claimJob: "pending", ackJob: "delivered", retryJob: "failed", cancelJob: "scheduled", killJob: "running",
  queueRetry: "failed", queueCancel: "pending", queueDelete: "completed",
};

/** The routes of keys, which `call` can ask with the document's own example; the rest stand in `OTHERS`. */
const call = (known, project, names, options = {}) =>
  knock(project.at.url + fill(known.path, { project: project.id, projectKey: project.projectKey, path: FILE, ...names }), {
    method: known.method, json: shown(known), key: project.apiKey, ...options,
  });

const isAdministration = ({ told }) => told.tags.includes("Administration");
const keyFor = (known, project) => (isAdministration(known) ? project.at.adminToken : project.apiKey);

/** What must be asked in a way of its own to succeed. */
const OTHERS = {
  createProject: () => asAdmin("createProject"),
  listProjects: () => asAdmin("listProjects"),
  updateProject: (project) => asAdmin("updateProject", { project: project.id }),
  createKey: (project) => asAdmin("createKey", { project: project.id }),
  listKeys: (project) => asAdmin("listKeys", { project: project.id }),
  revokeKey: async (project) => asAdmin("revokeKey", { project: project.id, key: (await project.newKey({ scopes: ["jobs:read"] })).id }),
  rotateProjectKey: async () => asAdmin("rotateProjectKey", { project: (await newProject()).id }),
  openSession: (project) => call(operation("openSession"), project, {}, { json: { apiKey: project.apiKey } }),
  endSession: async (project) => (await signIn(project)).end(),
};

const asAdmin = (id, names = {}) => {
  const known = operation(id);
  return admin(known.method, fill(known.path, names), shown(known));
};

const succeeds = async (known, project) => {
  if (OTHERS[known.id]) return OTHERS[known.id](project);
  const job = await STATES[TAKEN_IN[known.id] ?? "running"](project);
  return call(known, project, { job: job.id });
};

/** Without a scope, a name, a body or a cursor that is good: what routes refuse. */
const REFUSED = {
  "a bad key": (known, project, names) => call(known, project, names, { key: "jc_wrong" }),
  "no key": (known, project, names) => call(known, project, names, { key: undefined }),
  "a key without the scope": async (known, project, names) => call(known, project, names, { key: await project.key([lacking(known)]) }),
  "ids of nothing": (known, project) => call(known, project, { project: undefined, projectKey: undefined }, { key: keyFor(known, project) }),
  "headers that are not good": (known, project, names) => call(known, project, names, { headers: { "x-job-attempt": "0" } }),
  "an attempt that is over": (known, project, names) => call(known, project, names, { headers: { "x-job-attempt": "7" } }),
  "a cursor of nothing": (known, project, names) => call(known, project, names, { headers: { "last-event-id": "x" } }),
  "a page of another site": async (known, project, names) => {
    const { headers } = await signIn(project);
    return call(known, project, names, { key: undefined, headers: { ...headers, origin: "https://evil.example" } });
  },
};

/** What those refuse that read a body. */
const REFUSED_BODIES = {
  "a body that is no JSON": (known, project, names) => send(known, project, names, "{", "application/json"),
  "a body that is no object": (known, project, names) => send(known, project, names, "1", "application/json"),
  "a body of another type": (known, project, names) => send(known, project, names, "<a/>", "text/xml"),
  "a body that is too large": (known, project, names) => send(known, project, names, JSON.stringify({ a: "x".repeat(1_200_000) }), "application/json"),
};

const lacking = (known) => (JSON.stringify(known.told.security).includes("jobs:kill") ? "jobs:ack" : "jobs:kill");

function send(known, project, names, body, type) {
  const to = project.at.url + fill(known.path, { project: project.id, projectKey: project.projectKey, path: FILE, ...names });
  return request(to, { method: known.method, key: keyFor(known, project), body, headers: { ...newAddress(), "content-type": type } });
}

/** They describe the service, and have a test of their own. */
const isDescription = ({ id }) => ["openApi", "reference"].includes(id);
const routes = operations.filter((known) => !isDescription(known));

describe("answers as openapi.json tells them", { concurrency: 4 }, () => {
  let project;
  before(async () => {
    project = await newProject();
    await project.create({ filePath: FILE });
  });

  for (const known of routes) {
    test(`${known.id} succeeds, with the document's own example as its body`, async () => {
      const answer = await succeeds(known, known.id === "pollJobs" ? await withJob() : project);
      assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`);
      answersAsTold(known, answer);
    });

    for (const [what, refuse] of Object.entries(known.method === "GET" ? REFUSED : { ...REFUSED, ...REFUSED_BODIES })) {
      test(`${known.id} with ${what}`, async () => {
        // The operator may do it all the same: to a project of nobody else's.
        const own = isAdministration(known) ? await newProject() : project;
        const job = await STATES[TAKEN_IN[known.id] ?? "running"](own);
        answersAsTold(known, await refuse(known, own, { job: job.id }));
      });
    }
  }

  const withJob = async () => {
    const own = await newProject();
    await own.create({ name: "encode" });
    return own;
  };

  const commands = routes.filter(({ path, method, told }) => path.includes("{job}") && (method !== "GET") && told.responses["200"]);
  for (const known of commands) {
    for (const [state, make] of Object.entries(STATES)) {
      test(`${known.id} of a ${state} job`, async () => {
        answersAsTold(known, await call(known, project, { job: (await make(project)).id }));
      });
    }
  }
});

describe("what the routes answer otherwise", { concurrency: 4 }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("a list of jobs is answered as a list", async () => {
    const answer = await project.ask("POST", "/api/v1/jobs", { json: [{}, { name: "b", meta: { a: 1 }, payload: null }] });
    answersAsTold(operation("createJobs"), answer);
    assert.equal(answer.body.jobs.length, 2);
  });

  test("an `Idempotency-Key` that stood for another request", async () => {
    const job = await project.running();
    for (const percent of [1, 2]) {
      answersAsTold(operation("reportProgress"), await job.post("progress", { percent }, { headers: { "idempotency-key": "one" } }));
    }
    for (const name of ["a", "b"]) {
      answersAsTold(operation("createJobs"), await project.ask("POST", "/api/v1/jobs", { json: { name }, headers: { "idempotency-key": "two" } }));
    }
  });

  test("complete with another result", async () => {
    const job = await project.running();
    for (const result of [1, 2]) answersAsTold(operation("completeJob"), await job.post("complete", { result }));
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
    for (const [method, path, code] of [["GET", "/nothing", "not_found"], ["PUT", "/api/v1/jobs", "method_not_allowed"]]) {
      const { body } = await request(project.at.url + path, { method });
      conforms("#/components/schemas/Problem", body);
      assert.deepEqual(Object.keys(body), Object.keys(valueAt(pointer("components", "examples", code)).value).filter((name) => name in body));
      assert.equal(body.code, code);
    }
  });
});
