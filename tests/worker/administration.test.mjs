// Projects and keys, by the admin token: made, listed, changed, ended.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { knock } from "./knock.mjs";
import { place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { ADMIN_ROUTES, fill, SCOPES } from "./routes.mjs";
import { signIn } from "./session.mjs";
import { open } from "./stream.mjs";

const KEY_STOPS_WITHIN_S = 60;

describe("projects", { concurrency: true }, () => {
  test("a new project has a publishable key and an API key with every scope", async () => {
    const made = accepted(await admin("POST", "/api/projects", { name: "films", publicRead: true }), 201);
    assert.deepEqual(Object.keys(made).toSorted(), ["apiKey", "id", "name", "projectKey", "publicRead"]);
    assert.deepEqual([made.name, made.publicRead], ["films", true]);
    assert.match(made.projectKey, /^pk_/);
    const { keys } = accepted(await admin("GET", `/api/projects/${made.id}/keys`));
    assert.deepEqual(keys[0].scopes.toSorted(), SCOPES.toSorted());
  });

  test("a project reads nothing to the public unless it says so", async () => {
    assert.equal(accepted(await admin("POST", "/api/projects", { name: "quiet" }), 201).publicRead, false);
  });

  test("all projects are listed, without their secrets", async () => {
    const project = await newProject({ publicRead: true });
    const { projects } = accepted(await admin("GET", "/api/projects"));
    const listed = projects.find((each) => each.id === project.id);
    assert.deepEqual([listed.name, listed.publicRead, listed.projectKey], ["test", true, project.projectKey]);
    assert.ok(!JSON.stringify(projects).includes(project.apiKey));
  });

  test("name, publicRead and retentionHours can be changed, each alone", async () => {
    const project = await newProject();
    const patch = async (json) => accepted(await admin("PATCH", `/api/projects/${project.id}`, json));
    await patch({ name: "renamed" });
    await patch({ publicRead: true });
    const { name, publicRead, retentionHours } = await patch({ retentionHours: 48 });
    assert.deepEqual({ name, publicRead, retentionHours }, { name: "renamed", publicRead: true, retentionHours: 48 });
  });

  const BAD_PROJECTS = [
    [{}, "name"], [{ name: "" }, "name"], [{ name: 5 }, "name"], [{ name: "x", publicRead: "yes" }, "publicRead"],
  ];
  for (const [json, field] of BAD_PROJECTS) {
    test(`a project of ${JSON.stringify(json)} is refused: ${field}`, async () => {
      refused(await admin("POST", "/api/projects", json), 400, { field });
    });
  }

  const BAD_CHANGES = [
    [{ name: "" }, "name"], [{ publicRead: 1 }, "publicRead"], [{ retentionHours: 0 }, "retentionHours"],
    [{ retentionHours: "1" }, "retentionHours"], [{ isDefault: false }, "isDefault"], [{ isDefault: "yes" }, "isDefault"],
  ];
  for (const [json, field] of BAD_CHANGES) {
    test(`a change to ${JSON.stringify(json)} is refused: ${field}`, async () => {
      refused(await admin("PATCH", `/api/projects/${(await newProject()).id}`, json), 400, { field });
    });
  }

  test("a rotated project key opens the stream, the old one no longer", async (t) => {
    const project = await newProject();
    const job = await project.create();
    const { projectKey } = accepted(await admin("POST", `/api/projects/${project.id}/rotate-project-key`));
    assert.notEqual(projectKey, project.projectKey);
    assert.equal((await (await open(t, `${job.eventsUrl}?key=${projectKey}`)).event()).event, "job:snapshot");
    const stopped = (answer) => answer.status !== 200;
    const tryOld = async () => {
      const stream = await open(t, `${job.eventsUrl}?key=${project.projectKey}`);
      stream.close();
      return stream;
    };
    const answer = await eventually("the old project key stops", tryOld, stopped, KEY_STOPS_WITHIN_S);
    assert.equal(answer.status, 401);
  });
});

describe("the default project", { concurrency: true }, () => {
  const at = instanceOfSuite();
  const status = (file) => request(`${at.url}/video-status/${file}`);
  const makeDefault = (project) => admin("PATCH", `/api/projects/${project.id}`, { isDefault: true }, at);

  test("is the first one, then whichever is made it, for who has no credential on the queue's routes", async (t) => {
    const [first, second] = [await newProject({ publicRead: true, at }), await newProject({ publicRead: true, at })];
    await first.create({ filePath: "first.mp4" });
    await second.create({ filePath: "second.mp4" });
    assert.deepEqual([(await status("first.mp4")).status, (await status("second.mp4")).status], [200, 404]);
    accepted(await makeDefault(second));
    await eventually("the second is read", () => status("second.mp4"), (answer) => answer.status === 200, KEY_STOPS_WITHIN_S);
    await eventually("the first is not", () => status("first.mp4"), (answer) => answer.status === 404, KEY_STOPS_WITHIN_S);
    const stream = await open(t, `${at.url}/queue/events`);
    await stream.event("connected");
    await first.create();
    const job = await second.create();
    assert.equal((await stream.event()).json().jobId, job.id);
    await readsNothingWhenClosed(second);
  });

  const readsNothingWhenClosed = async (project) => {
    accepted(await admin("PATCH", `/api/projects/${project.id}`, { publicRead: false }, at));
    for (const path of ["/queue/events", "/video-status/second.mp4"]) {
      const closed = await eventually("nobody reads it", () => knock(at.url + path), (answer) => answer.status !== 200, KEY_STOPS_WITHIN_S);
      refused(closed, 401);
    }
  };

  test("cannot be an unknown one", async () => {
    refused(await makeDefault({ id: "prj_00000000000000000000000000" }), 404);
  });
});

describe("keys", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));
  const create = (json) => admin("POST", `/api/projects/${project.id}/keys`, json);
  const works = (key) => request(`${place.url}/api/v1/jobs`, { key });

  test("a key is shown once: then its name, prefix, scopes and last use", async () => {
    const made = accepted(await create({ name: "worker", scopes: ["jobs:poll", "jobs:read"] }), 201);
    assert.deepEqual([made.scopes.toSorted(), made.expiresAt], [["jobs:poll", "jobs:read"], null]);
    assert.ok(made.prefix.length >= 4 && made.key.startsWith(made.prefix) && made.prefix.length < made.key.length / 2);
    const listed = async () => {
      const answer = await admin("GET", `/api/projects/${project.id}/keys`);
      assert.ok(!answer.text.includes(made.key));
      return accepted(answer).keys.find((key) => key.id === made.id);
    };
    const { name, prefix, scopes, lastUsedAt } = await listed();
    assert.deepEqual([name, prefix, scopes.toSorted(), lastUsedAt], ["worker", made.prefix, ["jobs:poll", "jobs:read"], null]);
    accepted(await works(made.key));
    await eventually("its last use is noted", listed, (key) => Math.abs(Date.parse(key.lastUsedAt) - Date.now()) < 60_000);
  });

  test("shorthands stand for their scopes", async () => {
    const scopesOf = async (word) => accepted(await create({ scopes: [word] }), 201).scopes;
    for (const scope of ["jobs:poll", "jobs:ack", "jobs:progress", "jobs:event", "jobs:complete", "jobs:fail", "jobs:keepalive"]) {
      assert.ok((await scopesOf("jobs:worker")).includes(scope), scope);
    }
    assert.ok((await scopesOf("jobs:write")).includes("jobs:create"));
  });

  const BAD_KEYS = [
    [{ scopes: ["jobs:fly"] }, "scopes"], [{ scopes: [] }, "scopes"], [{ scopes: "jobs:read" }, "scopes"],
    [{ scopes: ["jobs:read"], expiresInSeconds: 0 }, "expiresInSeconds"],
    [{ scopes: ["jobs:read"], expiresInSeconds: "1" }, "expiresInSeconds"],
  ];
  for (const [json, field] of BAD_KEYS) {
    test(`a key of ${JSON.stringify(json)} is refused: ${field}`, async () => {
      const count = async () => accepted(await admin("GET", `/api/projects/${own.id}/keys`)).keys.length;
      const own = await newProject();
      refused(await admin("POST", `/api/projects/${own.id}/keys`, json), 400, { field });
      assert.equal(await count(), 1);
    });
  }

  test("an unknown scope is named", async () => {
    assert.match(refused(await create({ scopes: ["jobs:read", "jobs:fly"] }), 400).error, /jobs:fly/);
  });

  test("an expired key stops, and so does the stream that it opened", async (t) => {
    const { eventsUrl } = await project.create();
    const made = accepted(await create({ scopes: ["jobs:read"], expiresInSeconds: 8 }), 201);
    assert.ok(Math.abs(Date.parse(made.expiresAt) - Date.now() - 8_000) < 4_000);
    const stream = await open(t, eventsUrl, { key: made.key });
    assert.equal((await stream.event()).event, "job:snapshot");
    assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
    assert.ok(Date.now() >= Date.parse(made.expiresAt) - 500);
    const answer = await eventually("the key stops", () => works(made.key), ({ status }) => status !== 200, 5);
    refused(answer, 401);
  });

  test("a revoked key stops within 60 seconds, and so does the stream that it opened", async (t) => {
    const made = accepted(await create({ scopes: ["jobs:read"] }), 201);
    accepted(await works(made.key));
    const stream = await open(t, (await project.create()).eventsUrl, { key: made.key });
    await stream.event("job:snapshot");
    const since = Date.now();
    accepted(await admin("DELETE", `/api/projects/${project.id}/keys/${made.id}`));
    refused(await eventually("the key stops", () => works(made.key), ({ status }) => status !== 200, KEY_STOPS_WITHIN_S), 401);
    assert.equal(await stream.ended, "clean");
    assert.ok(Date.now() - since < KEY_STOPS_WITHIN_S * 1_000, `the stream lived on for ${Date.now() - since} ms`);
  });

  test("other keys go on when one is revoked", async () => {
    const [gone, stays] = [accepted(await create({ scopes: ["jobs:read"] }), 201), accepted(await create({ scopes: ["jobs:read"] }), 201)];
    accepted(await admin("DELETE", `/api/projects/${project.id}/keys/${gone.id}`));
    accepted(await works(stays.key));
  });
});

describe("the admin's door", { concurrency: true }, () => {
  const NOBODY = "prj_00000000000000000000000000";
  let project;
  before(async () => (project = await newProject()));

  for (const { method, path, json } of ADMIN_ROUTES) {
    test(`${method} ${path} needs the admin token`, async () => {
      const url = place.url + fill(path, { project: project.id });
      const { apiKey } = project;
      const { headers: cookie } = await signIn(project);
      for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: `Bearer ${apiKey}` }, { "x-api-key": apiKey }, cookie]) {
        const answer = await request(url, { method, json, headers });
        refused(answer, 401);
        assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
      }
    });

    if (!path.includes("{project}")) continue;
    test(`${method} ${path} knows no unknown project`, async () => {
      for (const id of [NOBODY, "1", "'--"]) refused(await admin(method, fill(path, { project: id }), json), 404);
    });
  }

  test("another project's key cannot be revoked through one's own", async () => {
    const { id, key } = await project.newKey({ scopes: ["jobs:read"] });
    const other = await newProject();
    refused(await admin("DELETE", `/api/projects/${other.id}/keys/${id}`), 404);
    accepted(await request(`${place.url}/api/v1/jobs`, { key }));
  });
});
