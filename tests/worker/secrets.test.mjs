// Where secrets may be: in the answer that makes them, and nowhere else. Each is made, used, refused and ended on a service whose
// words and files are then searched.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { knock } from "./knock.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { fill, TABLE } from "./routes.mjs";
import { COOKIE, signIn } from "./session.mjs";

/** What a list of keys shows of one on purpose; of any other secret nothing is shown. */
const SHOWN = 10;
/** So much of a secret is still one. */
const TELLING = 8;

/** Nothing is there; the log shows when it has come so far. */
const LAST = "/api/last-of-all";
const READING = TABLE.filter(({ method }) => method === "GET");
const ONE_OF_EACH_DOOR = [...new Map(READING.map(({ door, path }) => [door, path])).values()];

const hashed = (secret, form) => createHash("sha256").update(secret).digest(form);

/** The secret itself, any part of its random end that is long enough to tell, and its hash in every form in which one is written. */
const forms = (secret) => [
  secret, secret.slice(-TELLING), secret.slice(SHOWN, SHOWN + TELLING), Buffer.from(secret).toString("base64url"),
  hashed(secret, "base64url"), hashed(secret, "base64").replace("=", ""), hashed(secret, "hex"),
];

const told = (text, secrets) =>
  Object.entries(secrets).filter(([, secret]) => forms(secret).some((form) => text.includes(form))).map(([name]) => name);

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

describe("a secret", () => {
  const at = instanceOfSuite();
  const refusals = [];
  const secrets = {};
  let job;

  /** Another that looks like it, as somebody would try who mistyped or guesses: it is as good as a secret. */
  const like = (secret) => secret.slice(0, -12) + [...secret.slice(-12)].reverse().join("");
  const keep = (answer) => {
    if (answer.status >= 400) refusals.push(JSON.stringify([[...answer.headers], answer.text]));
    return answer;
  };
  const knocks = async (path, options) => keep(await knock(at.url + path, options));

  before(async () => {
    const project = await newProject({ at });
    job = await project.running({ filePath: "videos/clip.mp4" });
    const made = await project.newKey({ name: "encoder", scopes: ["jobs:read", "jobs:progress"] });
    const [session, ended] = [await signIn(project), await signIn(project)];
    const { token } = accepted(await job.post("tokens", {}), 201);
    Object.assign(secrets, {
      "the admin token": at.adminToken, "the secret of the stream tokens": at.tokenSecret, "a project's first key": project.apiKey,
      "a key": made.key, "a session": session.set.value, "a session that was ended": ended.set.value, "a stream token": token,
    });
    for (const [name, secret] of Object.entries(secrets)) secrets[`one that is like ${name}`] = like(secret);
    for (const secret of Object.values(secrets)) await everywhere(secret, project);
    accepted(await admin("DELETE", `/api/projects/${project.id}/keys/${made.id}`, undefined, at));
    accepted(await ended.end());
    await eventually("the key stops", () => knocks(job.path, { key: made.key }), ({ status }) => status === 401, 60);
    await knocks("/api/session", { headers: ended.headers });
    await knocks(LAST);
    await eventually("the log has it all", () => readFileSync(at.log, "utf8"), (log) => log.includes(LAST));
  });

  /** In each place where a credential is taken, on routes of each door; and where none belongs. (Not in a path: the local proxy logs paths.) */
  async function everywhere(secret, project) {
    const named = encodeURIComponent(secret);
    for (const path of ONE_OF_EACH_DOOR) {
      const to = fill(path, { job: job.id, project: project.id });
      const bearer = ["Bearer", "Basic"].map((scheme) => ({ authorization: `${scheme} ${secret}` }));
      for (const headers of [...bearer, { "x-api-key": secret }, { cookie: `${COOKIE}=${secret}` }]) {
        await knocks(to, { headers });
      }
      for (const query of [`token=${named}`, `key=${named}`]) await knocks(`${to}?${query}`);
    }
    await knocks("/api/session", { method: "POST", json: { apiKey: secret } });
    await knocks(job.path, { key: project.apiKey, headers: { "last-event-id": secret } });
    await knocks(`${job.path}/events`, { key: project.apiKey, headers: { "last-event-id": secret } });
    await knocks(`${job.path}/progress`, { method: "POST", json: { percent: secret }, key: project.apiKey });
    await knocks(`${job.path}/complete`, { method: "POST", json: {}, key: project.apiKey, headers: { "x-job-attempt": secret } });
    await knocks(`${job.path}/tokens`, { method: "POST", json: { scopes: [secret.slice(0, 4)] }, key: project.apiKey });
  }

  test("was made, used and refused: there is something to search", () => {
    assert.ok(refusals.length > 200, String(refusals.length));
    assert.equal(Object.keys(secrets).length, 14);
    const [secret] = Object.values(secrets);
    for (const form of forms(secret)) assert.deepEqual(told(`x${form}x`, secrets).slice(0, 1), ["the admin token"], form);
  });

  test("is in no line of the log", async () => {
    const log = readFileSync(at.log, "utf8");
    assert.match(log, /Ready on/);
    assert.deepEqual(told(log, secrets), []);
  });

  test("is in no refusal", () => {
    for (const refusal of refusals) assert.deepEqual(told(refusal, secrets), [], refusal);
  });

  test("is in no file of the database or the objects, where a key and a session are kept hashed", () => {
    const kept = filesBelow(join(at.state, "v3")).map((path) => readFileSync(path, "latin1")).join("\n");
    const { "a key": key, "a session": session } = secrets;
    for (const form of [hashed(key, "base64url"), key.slice(0, SHOWN), hashed(session, "base64url")]) assert.ok(kept.includes(form), form);
    for (const [name, secret] of Object.entries(secrets)) {
      assert.deepEqual([secret, secret.slice(-TELLING), secret.slice(SHOWN, SHOWN + TELLING)].filter((form) => kept.includes(form)), [], name);
    }
  });

  test("of the description's examples opens nothing", async () => {
    const document = (await knock(`${at.url}/openapi.json`)).text;
    assert.deepEqual(told(document, secrets), []);
    const examples = new Set(document.match(/\b(?:jc|jcs|jct)_[\w.-]{12,}/g));
    assert.ok(examples.size > 0);
    for (const key of examples) refused(await knock(job.eventsUrl, { key }), 401);
  });
});
