// Who may call what: credentials, scopes, projects. Each route of the contract's table is tried from each side.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { knock } from "./knock.mjs";
import { defaultProject, place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { allBut, fill, readsDefaultProject, ROUTES, SCOPES } from "./routes.mjs";
import { names, open } from "./stream.mjs";

const FILE = "videos/clip.mp4";
const challenge = (answer) => assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer\b/);

describe("a route that a key opens", { concurrency: true }, () => {
  let project;
  let other;
  let job;
  const only = {};
  const without = {};
  before(async () => {
    [project, other] = await Promise.all([newProject(), newProject()]);
    job = await project.create({ name: "guarded", filePath: FILE });
    await Promise.all(SCOPES.map(async (scope) => {
      [only[scope], without[scope]] = await Promise.all([project.key([scope]), project.key(allBut(scope))]);
    }));
  });

  for (const row of ROUTES) {
    const { method, path, scope, json } = row;
    const call = (to, options) => knock(place.url + fill(path, { job: to.id, project: project.id }), { method, json, ...options });

    test(`${method} ${path} refuses a key without ${scope}, and names it`, async () => {
      const answer = await call(job, { key: without[scope] });
      assert.ok(refused(answer, 403).error.includes(scope), answer.text);
      assert.match(answer.headers.get("www-authenticate"), /insufficient_scope/);
    });

    test(`${method} ${path} lets a key in that has ${scope} alone`, async () => {
      const own = await project.create({ name: "own", filePath: FILE });
      const { status, text } = await call(own, { key: only[scope] });
      assert.ok(![401, 403, 404, 500].includes(status), `${status} ${text}`);
    });

    test(`${method} ${path} answers 401 and says how, without a credential and with a bad one`, async () => {
      const none = readsDefaultProject(row) ? [] : [{}];
      for (const headers of [...none, { "x-api-key": "jc_wrong" }, { authorization: "Bearer jc_wrong" }, { authorization: "Bearer" },
        { authorization: `Basic ${project.apiKey}` }, { "x-api-key": "" }, { "x-api-key": place.adminToken }]) {
        const answer = await call(job, { headers });
        refused(answer, 401);
        challenge(answer);
      }
    });

    if (!path.includes("{job}")) continue;
    test(`${method} ${path} knows no job of another project`, async () => {
      const own = await project.running({ name: "theirs" }); // a pending one could be polled by a test beside this one
      await own.unchangedBy(async () => refused(await call(own, { key: other.apiKey }), 404));
    });
  }

  test("a key is taken as Bearer and as x-api-key", async () => {
    const { apiKey } = project;
    for (const headers of [{ authorization: `Bearer ${apiKey}` }, { authorization: `bearer ${apiKey}` }, { "x-api-key": apiKey }]) {
      accepted(await request(place.url + job.path, { headers }));
    }
  });

  test("a list shows no other project's jobs", async () => {
    assert.ok((await project.list()).total > 0);
    assert.deepEqual([(await other.list()).jobs, (await other.list()).total], [[], 0]);
  });

  test("every answer has an X-Request-Id of its own", async (t) => {
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    const answers = await Promise.all([
      request(`${place.url}/health`), request(`${place.url}/api/nothing`), request(`${place.url}/api/projects`), admin("GET", "/api/projects"),
      job.ask("GET"), job.post("progress", {}), job.ask("GET", "", { key: "bad" }), job.ask("PUT"), project.ask("GET", "/api/v1/jobs"),
    ]);
    const ids = [stream, ...answers].map((answer) => answer.headers.get("x-request-id"));
    assert.ok(ids.every(Boolean) && new Set(ids).size === ids.length, ids.join());
  });
});

describe("the stream's door", { concurrency: true }, () => {
  let shown;
  let closed;
  let inShown;
  let inClosed;
  before(async () => {
    [shown, closed] = await Promise.all([newProject({ publicRead: true }), newProject()]);
    [inShown, inClosed] = await Promise.all([shown.create(), closed.create()]);
  });
  const firstEvent = async (t, url, options) => (await (await open(t, url, options)).event()).event;

  test("is open to anybody where the project's publicRead is on, as it is for the default project", async (t) => {
    assert.equal(await firstEvent(t, inShown.eventsUrl), "job:snapshot");
    const created = accepted(await request(`${place.url}/api/v1/jobs`, { method: "POST", json: {}, key: defaultProject.apiKey }), 201);
    assert.equal(await firstEvent(t, `${place.url}/api/v1/jobs/${created.id}/events`), "job:snapshot");
  });

  test("is closed to anybody where publicRead is off", async () => {
    const answer = await request(inClosed.eventsUrl);
    refused(answer, 401);
    challenge(answer);
  });

  test("opens and closes with publicRead", async (t) => {
    const project = await newProject();
    const job = await project.create();
    accepted(await admin("PATCH", `/api/projects/${project.id}`, { publicRead: true }));
    assert.equal(await firstEvent(t, job.eventsUrl), "job:snapshot");
    accepted(await admin("PATCH", `/api/projects/${project.id}`, { publicRead: false }));
    refused(await request(job.eventsUrl), 401);
  });

  test("is open to the project key, and to no other project's", async (t) => {
    assert.equal(await firstEvent(t, `${inClosed.eventsUrl}?key=${closed.projectKey}`), "job:snapshot");
    refused(await request(`${inClosed.eventsUrl}?key=${shown.projectKey}`), 404);
  });

  test("answers 401 to a project key that is none, publicRead or not", async () => {
    for (const job of [inClosed, inShown]) {
      const answer = await request(`${job.eventsUrl}?key=pk_AAAAAAAAAAAAAAAAAAAAAA`);
      refused(answer, 401);
      challenge(answer);
    }
  });

  test("lets a bad credential down although anybody may read", async () => {
    for (const headers of [{ "x-api-key": "jc_wrong" }, { authorization: "Bearer jc_wrong" }]) {
      const answer = await request(inShown.eventsUrl, { headers });
      refused(answer, 401);
      challenge(answer);
    }
    refused(await request(`${inShown.eventsUrl}?token=jct_wrong`), 401);
  });

  test("knows no job of another project, for a key", async () => {
    refused(await request(inClosed.eventsUrl, { key: shown.apiKey }), 404);
  });

  test("refuses a key that has no reading scope, and names one", async () => {
    const key = await shown.key(["jobs:create"]);
    assert.match(refused(await request(inShown.eventsUrl, { key }), 403).error, /jobs:read/);
  });

  test("a project key and nobody's name open nothing but reading the public part", async () => {
    for (const query of ["", `?key=${shown.projectKey}`]) {
      for (const part of ["", "/logs", "/checkpoints"]) refused(await request(place.url + inShown.path + part + query), 401);
      refused(await request(`${place.url}${inShown.path}/kill${query}`, { method: "POST", json: {} }), 401);
    }
  });

  test("jobs:worker runs a job from poll to complete, jobs:write creates and steers", async (t) => {
    const project = await newProject();
    const [worker, write] = await Promise.all([project.key(["jobs:worker"]), project.key(["jobs:write"])]);
    const created = accepted(await project.ask("POST", "/api/v1/jobs", { json: {}, key: write }), 201);
    const stream = await open(t, `${place.url}/api/v1/jobs/${created.id}/events`, { key: project.apiKey });
    accepted(await project.poll({}, { key: worker }));
    const post = (part, json, key = worker) => project.ask("POST", `/api/v1/jobs/${created.id}/${part}`, { json, key });
    for (const [part, json] of [["ack"], ["progress", { percent: 1 }], ["checkpoint", {}], ["event", {}], ["keepalive"], ["logs", ["x"]]]) {
      accepted(await post(part, json));
    }
    accepted(await post("fail", { error: "x", retry: false }));
    accepted(await post("retry", undefined, write));
    accepted(await post("ack"));
    accepted(await post("complete"));
    assert.equal(names(await stream.remaining()).at(0), "job:snapshot");
    assert.equal((await project.list("status=completed")).total, 1);
  });
});
