// POST, GET and DELETE /api/session: an API key becomes a cookie, which opens what the key opens, no longer than the key does.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { knock } from "./knock.mjs";
import { requestKnownAs } from "./known-as.mjs";
import { defaultProject, place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { ADMIN_ROUTES, allBut, fill, ROUTES, SCOPES } from "./routes.mjs";
import { askForSession, COOKIE, setCookie, signIn } from "./session.mjs";
import { open } from "./stream.mjs";
import { activityUrl, ownAssetUrl, queueUrl } from "./urls.mjs";

const DAY_S = 86_400;
const LIFE_S = 7 * DAY_S;
const ENDS_WITHIN_S = 60;
const FILE = "videos/clip.mp4";

const near = (time, seconds) => Math.abs(Date.parse(time) - Date.now() - seconds * 1_000) < 30_000;
const challenge = (answer) => assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer\b/);
const ended = (answer) => answer.status !== 200;

describe("signing in", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("tells the project, the key's scopes and the end, seven days ahead", async () => {
    const key = await project.key(["jobs:read", "jobs:kill"]);
    const { projectId, scopes, expiresAt, ...rest } = (await signIn(project, key)).told;
    assert.deepEqual([projectId, scopes.toSorted(), rest], [project.id, ["jobs:kill", "jobs:read"], {}]);
    assert.ok(near(expiresAt, LIFE_S), expiresAt);
  });

  test("sets a cookie that no script reads and no other site sends", async () => {
    const { set } = await signIn(project);
    const { "max-age": maxAge, ...attributes } = set.attributes;
    assert.equal(set.name, COOKIE);
    assert.deepEqual(attributes, { path: "/", httponly: true, samesite: "Lax" });
    assert.ok(Number(maxAge) > LIFE_S - 30 && Number(maxAge) <= LIFE_S, maxAge);
  });

  test("sets a Secure cookie where the service is not localhost, and ends it as one", async () => {
    const made = await requestKnownAs("jobcast.example", place, "/api/session", { method: "POST", json: { apiKey: project.apiKey } });
    accepted(made, 201);
    assert.equal(setCookie(made).attributes.secure, true);
    const gone = await requestKnownAs("jobcast.example", place, "/api/session", { method: "DELETE" });
    assert.deepEqual([gone.status, setCookie(gone).attributes.secure], [200, true]);
  });

  for (const host of ["localhost", "127.0.0.1:8787", "app.localhost:3000", "[::1]:8787"]) {
    test(`sets a cookie for plain HTTP on ${host}`, async () => {
      const made = await requestKnownAs(host, place, "/api/session", { method: "POST", json: { apiKey: project.apiKey } });
      accepted(made, 201);
      assert.equal(setCookie(made).attributes.secure, undefined);
    });
  }

  test("shows neither the key nor the same cookie twice", async () => {
    const [one, other] = [await signIn(project), await signIn(project)];
    assert.notEqual(one.set.value, other.set.value);
    assert.ok(!decodeURIComponent(one.set.value).includes(project.apiKey));
  });

  const BAD_KEYS = {
    "is unknown": () => "jc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "is a word": () => "secret",
    "is a project key": () => project.projectKey,
    "is the admin token": () => place.adminToken,
    "is a session": async () => (await signIn(project)).set.value,
    "is revoked": async () => {
      const { id, key } = await project.newKey({ scopes: ["jobs:read"] });
      accepted(await admin("DELETE", `/api/projects/${project.id}/keys/${id}`));
      return key;
    },
    "is expired": async () => {
      const key = await project.key(["jobs:read"], { expiresInSeconds: 1 });
      await eventually("the key expires", () => project.ask("GET", "/api/v1/jobs", { key }), ended);
      return key;
    },
  };
  for (const [what, bad] of Object.entries(BAD_KEYS)) {
    test(`is refused to a key that ${what}, and sets nothing`, async () => {
      const answer = await askForSession(place, await bad());
      refused(answer, 401);
      challenge(answer);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    });
  }

  for (const json of [{}, { apiKey: 5 }, { apiKey: null }, { apiKey: ["jc_"] }, { key: "jc_" }, { apiKey: "j".repeat(5_000) }]) {
    test(`with ${JSON.stringify(json).slice(0, 40)} is refused by name`, async () => {
      refused(await request(`${place.url}/api/session`, { method: "POST", json }), 400, { field: "apiKey" });
    });
  }

  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    test(`as a form of another site would try it is refused: ${type}`, async () => {
      const body = JSON.stringify({ apiKey: project.apiKey });
      const answer = await request(`${place.url}/api/session`, { method: "POST", headers: { "content-type": type }, body });
      refused(answer, 415);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    });
  }
});

describe("a session", { concurrency: true }, () => {
  let project;
  let job;
  let session;
  let untouched;
  const only = {};
  const without = {};
  before(async () => {
    project = await newProject();
    job = await project.running({ filePath: FILE });
    session = await signIn(project);
    await Promise.all(SCOPES.map(async (scope) => {
      const keys = [await project.key([scope]), await project.key(allBut(scope))];
      [only[scope], without[scope]] = await Promise.all(keys.map((key) => signIn(project, key)));
    }));
    untouched = await job.everything();
  });
  after(async () => assert.deepEqual(await job.everything(), untouched, "a session changed the job without the scope for it"));

  for (const { method, path, scope, json } of ROUTES) {
    const call = ({ headers }, to) => knock(place.url + fill(path, { job: to.id, project: project.id }), { method, json, headers });

    test(`opens ${method} ${path} with ${scope} alone, as its key does`, async () => {
      const { status, text } = await call(only[scope], await project.create({ filePath: FILE }));
      assert.ok(![401, 403, 404, 500].includes(status), `${status} ${text}`);
    });

    test(`is refused by ${method} ${path} without ${scope}, which is named`, async () => {
      const answer = await call(without[scope], job);
      assert.ok(refused(answer, 403, { code: "missing_scope" }).error.includes(scope), answer.text);
    });
  }

  for (const { method, path, json } of ADMIN_ROUTES) {
    test(`is no admin's: ${method} ${path}`, async () => {
      refused(await session.ask(method, fill(path, { project: project.id }), { json }), 401);
    });
  }

  test("is told by GET /api/session as it was when it began", async () => {
    assert.deepEqual(accepted(await session.now()), session.told);
  });

  test("is not needed for GET /api/session where there is a key", async () => {
    const { key, expiresAt } = await project.newKey({ scopes: ["jobs:poll"], expiresInSeconds: 3_600 });
    const told = accepted(await project.ask("GET", "/api/session", { key }));
    assert.deepEqual(told, { projectId: project.id, scopes: ["jobs:poll"], expiresAt });
  });

  test("is missed by GET /api/session where there is neither", async () => {
    for (const headers of [{}, { cookie: "other=1" }, { cookie: `${COOKIE}=wrong` }, { "x-api-key": "jc_wrong" }]) {
      const answer = await knock(`${place.url}/api/session`, { headers });
      refused(answer, 401);
      challenge(answer);
    }
  });

  test("mints stream tokens that can no more than it can", async () => {
    const narrow = only["jobs:read:progress"];
    const tokens = `${job.path}/tokens`;
    refused(await narrow.ask("POST", tokens, { json: { scopes: ["jobs:read"] } }), 403);
    const { token } = accepted(await narrow.ask("POST", tokens, { json: { scopes: ["jobs:read:progress"] } }), 201);
    assert.equal((await knock(`${job.eventsUrl}?token=${token}`)).status, 200);
  });

  test("gives a job to its producer", async () => {
    const own = await newProject();
    const created = await own.create();
    const dashboard = await signIn(own);
    const { jobs } = accepted(await dashboard.ask("POST", "/api/v1/jobs/poll", { json: {} }));
    assert.deepEqual(jobs.map(({ id }) => id), [created.id]);
  });
});

describe("the end of a session", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));
  const streams = async () => {
    const job = await project.create();
    return [job.eventsUrl, ownAssetUrl(job), activityUrl(project), queueUrl(project)];
  };
  const openAll = async (t, { headers }) => Promise.all((await streams()).map((url) => open(t, url, { headers })));

  test("is never beyond its key's", async () => {
    const { key, expiresAt } = await project.newKey({ scopes: ["jobs:read"], expiresInSeconds: 600 });
    const { told, set } = await signIn(project, key);
    assert.equal(told.expiresAt, expiresAt);
    assert.ok(Number(set.attributes["max-age"]) <= 600, set.attributes["max-age"]);
  });

  test("comes with its key's, and ends its streams cleanly", async (t) => {
    const session = await signIn(project, await project.key(["jobs:read"], { expiresInSeconds: 8 }));
    const opened = await openAll(t, session);
    for (const stream of opened) {
      assert.equal(stream.status, 200);
      assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
    }
    assert.ok(Date.now() >= Date.parse(session.told.expiresAt) - 500);
    refused(await eventually("the session ends", () => session.now(), ended, 5), 401);
  });

  test("comes with DELETE, which takes the cookie back", async () => {
    const [session, other] = [await signIn(project), await signIn(project)];
    const answer = await session.end();
    assert.deepEqual(accepted(answer), { success: true });
    const { name, value, attributes } = setCookie(answer);
    assert.deepEqual([name, value, attributes["max-age"], attributes.path], [COOKIE, "", "0", "/"]);
    for (const path of ["/api/session", "/api/v1/jobs", "/queue/jobs", "/queue/stats"]) refused(await session.ask("GET", path), 401);
    accepted(await other.now());
    accepted(await project.ask("GET", "/api/v1/jobs"));
  });

  test("comes with DELETE to its streams too", async (t) => {
    const session = await signIn(project);
    const opened = await openAll(t, session);
    const since = Date.now();
    accepted(await session.end());
    for (const stream of opened) assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
    assert.ok(Date.now() - since < ENDS_WITHIN_S * 1_000, `the streams lived on for ${Date.now() - since} ms`);
  });

  test("can be asked for twice, and where there is none", async () => {
    const session = await signIn(project);
    accepted(await session.end());
    for (const headers of [session.headers, {}, { cookie: `${COOKIE}=wrong` }, { cookie: "other=1" }]) {
      const answer = await request(`${place.url}/api/session`, { method: "DELETE", headers });
      assert.deepEqual(accepted(answer), { success: true });
      assert.equal(setCookie(answer).attributes["max-age"], "0");
    }
  });

  test("is not its key's: DELETE with a key leaves the key and its sessions alone", async () => {
    const session = await signIn(project);
    accepted(await project.ask("DELETE", "/api/session"));
    accepted(await session.now());
    accepted(await project.ask("GET", "/api/v1/jobs"));
  });

  test("comes within 60 seconds after its key is revoked, to its streams too", async (t) => {
    const { id, key } = await project.newKey({ scopes: ["jobs:read"] });
    const session = await signIn(project, key);
    const opened = await openAll(t, session);
    for (const stream of opened) assert.equal(stream.status, 200);
    const since = Date.now();
    accepted(await admin("DELETE", `/api/projects/${project.id}/keys/${id}`));
    refused(await eventually("the session ends", () => session.now(), ended, ENDS_WITHIN_S), 401);
    for (const stream of opened) assert.equal(await stream.ended, "clean");
    assert.ok(Date.now() - since < ENDS_WITHIN_S * 1_000, `the streams lived on for ${Date.now() - since} ms`);
  });
});

describe("of several credentials", { concurrency: true }, () => {
  let project;
  let other;
  let job;
  let session;
  before(async () => {
    [project, other] = await Promise.all([newProject(), newProject()]);
    [job, session] = await Promise.all([project.create({ filePath: "mine.mp4" }), signIn(project)]);
  });

  test("a header wins over the cookie", async () => {
    const narrow = await project.key(["jobs:poll"]);
    refused(await session.ask("GET", job.path, { key: narrow }), 403);
    refused(await session.ask("GET", job.path, { key: other.apiKey }), 404);
    refused(await session.ask("GET", job.path, { key: "jc_wrong" }), 401);
    refused(await session.ask("GET", job.path, { headers: { authorization: "Bearer jc_wrong" } }), 401);
    const { projectId } = accepted(await session.ask("GET", "/api/session", { key: other.apiKey }));
    assert.equal(projectId, other.id);
  });

  test("a token or a project key in the query wins over the cookie", async () => {
    const { token } = accepted(await (await other.create()).post("tokens", {}), 201);
    const events = `${job.path}/events`;
    refused(await session.ask("GET", `${events}?token=jct_wrong`), 401);
    refused(await session.ask("GET", `${events}?token=${token}`), 404);
    refused(await session.ask("GET", `${events}?key=${other.projectKey}`), 404);
    const status = await session.ask("GET", `/video-status/mine.mp4?key=${other.projectKey}`);
    assert.deepEqual([status.status, status.body], [404, { status: "not_found" }]);
  });

  test("the cookie is found among others", async () => {
    const { cookie } = session;
    for (const header of [`a=1; ${cookie}; b=2`, `a=1;${cookie};b=2`, `x${COOKIE}=wrong; ${cookie}`, `a; =; ${cookie}`, `a="1; ${cookie}`,
      `__Secure-${COOKIE}=wrong; ${cookie}`]) {
      assert.equal(accepted(await session.ask("GET", "/api/session", { headers: { cookie: header } })).projectId, project.id, header);
    }
  });

  test("the cookie may come quoted, and as a library for cookies encodes it", async () => {
    const { value } = session.set;
    for (const written of [`"${value}"`, encodeURIComponent(value)]) {
      const headers = { cookie: `${COOKIE}=${written}` };
      assert.equal(accepted(await session.ask("GET", "/api/session", { headers })).projectId, project.id, written);
    }
  });

  test("of two sessions the first counts, the more specific path's", async () => {
    const second = await signIn(other);
    const twice = async (one, two) => session.ask("GET", "/api/session", { headers: { cookie: `${one}; ${two}` } });
    assert.equal(accepted(await twice(session.cookie, session.cookie)).projectId, project.id);
    assert.equal(accepted(await twice(session.cookie, second.cookie)).projectId, project.id);
    assert.equal(accepted(await twice(second.cookie, session.cookie)).projectId, other.id);
    refused(await twice(`${COOKIE}=wrong`, session.cookie), 401);
  });

  test("what the cookie holds is no key in a header, even while it is in use", async () => {
    accepted(await session.now());
    const { value } = session.set;
    for (const headers of [{ "x-api-key": value }, { authorization: `Bearer ${value}` }]) {
      refused(await request(place.url + job.path, { headers }), 401);
    }
  });

  test("a key is no session in a cookie, even while it is in use", async () => {
    accepted(await job.ask("GET"));
    refused(await request(place.url + job.path, { headers: { cookie: `${COOKIE}=${project.apiKey}` } }), 401);
  });

  test("the cookie has its name to the letter", async () => {
    for (const name of ["Better-Auth.Session_Token", "session_token", `${COOKIE} x`, `x-${COOKIE}`]) {
      refused(await session.ask("GET", job.path, { headers: { cookie: `${name}=${session.set.value}` } }), 401);
    }
  });
});

describe("a cookie that is no session", { concurrency: true }, () => {
  let project;
  let shown;
  const bad = {};
  before(async () => {
    project = await newProject({ publicRead: true });
    shown = await project.create();
    const [session, gone] = [await signIn(project), await signIn(project)];
    accepted(await gone.end());
    const { value } = session.set;
    const middle = Math.floor(value.length / 2);
    Object.assign(bad, {
      empty: "", short: "x", long: "x".repeat(5_000), percent: "%", "half an escape": "%zz%00", "an API key": project.apiKey,
      "a project key": project.projectKey, "the admin token": place.adminToken, "a session that was ended": gone.set.value,
      "a session with a character more": `${value}A`, "a session with one less": value.slice(0, -1),
      "a session with another character": value.slice(0, middle) + (value[middle] === "A" ? "B" : "A") + value.slice(middle + 1),
      "a stream token": accepted(await shown.post("tokens", {}), 201).token,
    });
  });
  const KINDS = [
    "empty", "short", "long", "percent", "half an escape", "an API key", "a project key", "the admin token", "a session that was ended",
    "a session with a character more", "a session with one less", "a session with another character", "a stream token",
  ];

  for (const kind of KINDS) {
    const headers = () => ({ cookie: `${COOKIE}=${bad[kind]}` });

    test(`is refused where a credential is needed: ${kind}`, async () => {
      const urls = ["/api/v1/jobs", shown.path, "/queue/jobs", "/queue/stats", "/api/session"].map((path) => place.url + path);
      for (const url of [...urls, ownAssetUrl(shown), activityUrl(project)]) {
        const answer = await knock(url, { headers: headers() });
        refused(answer, 401);
        challenge(answer);
      }
    });

    test(`counts as nobody's name where anybody may read: ${kind}`, async (t) => {
      const stream = await open(t, shown.eventsUrl, { headers: headers() });
      assert.equal((await stream.event()).event, "job:snapshot");
      assert.equal((await (await open(t, `${place.url}/queue/events`, { headers: headers() })).event()).event, "connected");
      const status = await knock(`${place.url}/video-status/nobody-has-this.mp4`, { headers: headers() });
      assert.deepEqual([status.status, status.body], [404, { status: "not_found" }]);
      assert.equal((await knock(`${place.url}/health`, { headers: headers() })).status, 200);
    });
  }

  test("does not open a stream where nobody's name does not", async () => {
    const closed = await (await newProject()).create();
    refused(await request(closed.eventsUrl, { headers: { cookie: `${COOKIE}=wrong` } }), 401);
  });

  test("leaves the default project to be read as by anybody, not by its own dashboard", async () => {
    const created = accepted(await request(`${place.url}/api/v1/jobs`, { method: "POST", json: {}, key: defaultProject.apiKey }), 201);
    const events = `${place.url}/api/v1/jobs/${created.id}/events`;
    assert.equal((await knock(events, { headers: { cookie: `${COOKIE}=wrong` } })).status, 200);
    refused(await request(`${place.url}/api/v1/jobs/${created.id}`, { headers: { cookie: `${COOKIE}=wrong` } }), 401);
  });
});

describe("on a stream that anybody may read, a session", { concurrency: true }, () => {
  test("sees what its key sees: the whole with jobs:read, the public part with less", async (t) => {
    const project = await newProject({ publicRead: true });
    const [job, whole, part] = await Promise.all([
      project.running(), signIn(project), project.key(["jobs:read:progress"]).then((key) => signIn(project, key)),
    ]);
    const [all, less] = await Promise.all([whole, part].map(({ headers }) => open(t, job.eventsUrl, { headers })));
    await job.report("event", { note: "hidden" });
    await job.report("complete");
    assert.deepEqual((await all.remaining()).map(({ event }) => event), ["job:snapshot", "job:event", "job:completed"]);
    assert.deepEqual((await less.remaining()).map(({ event }) => event), ["job:snapshot", "job:completed"]);
  });

  test("reads its own project's queue, publicRead or not", async (t) => {
    const project = await newProject();
    const stream = await open(t, queueUrl(project), { headers: (await signIn(project)).headers });
    await stream.event("connected");
    const job = await project.create();
    assert.equal((await stream.event("job:created")).json().jobId, job.id);
  });
});
