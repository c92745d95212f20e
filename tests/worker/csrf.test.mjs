// A browser sends the cookie with every request to the service, whoever's page makes it: only pages of the service itself and of origins
// that the operator named may change something with it.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { instanceOfSuite } from "./instance.mjs";
import { knock } from "./knock.mjs";
import { requestKnownAs } from "./known-as.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { fill, SCOPES, TABLE } from "./routes.mjs";
import { askForSession, COOKIE, setCookie, signIn } from "./session.mjs";

const LISTED = ["https://app.example", "http://localhost:5173"];

/** What a browser says of a page, by the URL of the service. (Not our host by another scheme: the local proxy makes that our origin.) */
const FOREIGN = {
  "another site": () => ({ origin: "https://evil.example" }),
  "a sandbox, a file or a redirect": () => ({ origin: "null" }),
  "another port of our host": ({ port }) => ({ origin: `http://localhost:${Number(port) + 1}` }),
  "our host without its port": () => ({ origin: "http://localhost" }),
  "another name of our host": ({ port }) => ({ origin: `http://127.0.0.1:${port}` }),
  "a host that begins like ours": ({ origin }) => ({ origin: `${origin}.evil.example` }),
  "a host that begins like a listed one": () => ({ origin: "https://app.example.evil" }),
  "a host below a listed one": () => ({ origin: "https://evil.app.example" }),
  "another scheme of a listed host": () => ({ origin: "http://app.example" }),
  "all listed origins at once": () => ({ origin: LISTED.join(", ") }),
  "another site that calls itself ours": () => ({ origin: "https://evil.example", "sec-fetch-site": "same-origin" }),
  "another site, by Sec-Fetch-Site": () => ({ "sec-fetch-site": "cross-site" }),
  "another host of our site, by Sec-Fetch-Site": () => ({ "sec-fetch-site": "same-site" }),
};
const OURS = {
  "no browser": () => ({}),
  "our own origin": ({ origin }) => ({ origin }),
  "our own origin, by both headers": ({ origin }) => ({ origin, "sec-fetch-site": "same-origin" }),
  "our own origin, by Sec-Fetch-Site": () => ({ "sec-fetch-site": "same-origin" }),
  "the address bar, by Sec-Fetch-Site": () => ({ "sec-fetch-site": "none" }),
  "a listed origin": () => ({ origin: LISTED[0], "sec-fetch-site": "cross-site" }),
  "another listed origin": () => ({ origin: LISTED[1] }),
};

describe("a request with the session's cookie", { concurrency: true }, () => {
  const at = instanceOfSuite({ ALLOWED_ORIGINS: LISTED.join(", ") });
  let project;
  let session;
  before(async () => {
    project = await newProject({ at });
    session = await signIn(project);
  });
  const said = (headers) => headers(new URL(at.url));

  for (const { method, path, json } of TABLE.filter(({ method, door }) => method !== "GET" && SCOPES.includes(door))) {
    const call = (job, headers) => knock(at.url + fill(path, { job: job.id }), { method, json, headers });

    test(`from elsewhere cannot ${method} ${path}, and changes nothing`, async () => {
      const own = await newProject({ at });
      const [job, { headers }] = [await own.create(), await signIn(own)];
      await job.unchangedBy(async () => {
        for (const foreign of Object.values(FOREIGN)) {
          refused(await call(job, { ...headers, ...said(foreign) }), 403, { code: "cross_site" });
        }
      });
      assert.equal((await own.list()).total, 1);
    });

    test(`from a page of ours can ${method} ${path}`, async () => {
      for (const ours of Object.values(OURS)) {
        const { status, text } = await call(await project.create(), { ...session.headers, ...said(ours) });
        assert.ok(![401, 403, 404, 500].includes(status), `${status} ${text}`);
      }
    });
  }

  for (const [where, foreign] of Object.entries(FOREIGN)) {
    test(`from ${where} reads, which changes nothing`, async () => {
      const { path } = await project.create();
      for (const read of [path, "/queue/jobs", "/queue/stats", "/api/session"]) {
        accepted(await session.ask("GET", read, { headers: said(foreign) }));
      }
    });

    test(`from ${where} does what a key in a header allows`, async () => {
      const job = await project.running();
      const bearer = { authorization: `Bearer ${project.apiKey}` };
      accepted(await job.post("progress", { percent: 1 }, { headers: said(foreign) }));
      accepted(await job.post("progress", { percent: 2 }, { headers: { ...session.headers, ...said(foreign) } }));
      accepted(await session.ask("POST", `${job.path}/progress`, { json: { percent: 3 }, headers: { ...bearer, ...said(foreign) } }));
    });

    test(`from ${where} begins no session`, async () => {
      const answer = await askForSession(at, project.apiKey, said(foreign));
      refused(answer, 403, { code: "cross_site" });
      assert.deepEqual(answer.headers.getSetCookie(), []);
    });

    test(`from ${where} ends no session`, async () => {
      const own = await signIn(project);
      const answer = await own.ask("DELETE", "/api/session", { headers: said(foreign) });
      refused(answer, 403, { code: "cross_site" });
      assert.deepEqual(answer.headers.getSetCookie(), []);
      accepted(await own.now());
    });
  }

  for (const [where, ours] of Object.entries(OURS)) {
    test(`from ${where} begins a session and ends it`, async () => {
      const began = await askForSession(at, project.apiKey, said(ours));
      accepted(began, 201);
      const headers = { cookie: `${COOKIE}=${setCookie(began).value}`, ...said(ours) };
      accepted(await request(`${at.url}/api/session`, { method: "DELETE", headers }));
      refused(await request(`${at.url}/api/session`, { headers }), 401);
    });
  }

  test("goes by the name under which the service is reached", async () => {
    const post = (origin) => requestKnownAs("jobcast.example", at, "/api/v1/jobs", {
      method: "POST", json: {}, headers: { ...session.headers, origin },
    });
    assert.equal((await post("http://jobcast.example")).status, 201);
    refused(await post(new URL(at.url).origin), 403, { code: "cross_site" });
  });
});
