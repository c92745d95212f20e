// Stream tokens as a forger tries them: only what the service signed opens anything, to the letter, for its one job, and only as `?token=`.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { before, describe, test } from "node:test";
import { instanceOfSuite } from "./instance.mjs";
import { knock } from "./knock.mjs";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { fill, TABLE } from "./routes.mjs";
import { COOKIE } from "./session.mjs";

const coded = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const opens = (job, token) => knock(`${job.eventsUrl}?token=${encodeURIComponent(token)}`);

describe("a forged token", { concurrency: true }, () => {
  let job;
  let token;
  let claims;
  let mac;
  before(async () => {
    job = await (await newProject()).running();
    token = accepted(await job.post("tokens", { scopes: ["jobs:read"] }), 201).token;
    [claims, mac] = token.slice("jct_".length).split(".");
    assert.equal((await opens(job, token)).status, 200);
  });

  test("with a single bit turned anywhere opens nothing", async () => {
    // The host's tests turn each bit of every letter; here one of every letter goes all the way.
    const turned = Array.from(token, (letter, at) => {
      return token.slice(0, at) + String.fromCharCode(letter.charCodeAt(0) ^ (1 << at % 7)) + token.slice(at + 1);
    });
    for (const each of turned) refused(await opens(job, each), 401, { code: "invalid_credential" });
  });

  test("that was cut anywhere opens nothing", async () => {
    for (let length = 0; length < token.length; length += 3) refused(await opens(job, token.slice(0, length)), 401);
  });

  const told = () => JSON.parse(Buffer.from(claims, "base64url"));
  const FORGED = {
    "no signature": () => `jct_${claims}.`,
    "no signature and no dot": () => `jct_${claims}`,
    "a signature of nothing": () => `jct_${claims}.${coded("")}`,
    "a signature of nought": () => `jct_${claims}.${Buffer.alloc(32).toString("base64url")}`,
    "half a signature": () => `jct_${claims}.${Buffer.from(mac, "base64url").subarray(0, 16).toString("base64url")}`,
    "a longer signature": () => `jct_${claims}.${Buffer.concat([Buffer.from(mac, "base64url"), Buffer.alloc(1)]).toString("base64url")}`,
    "two signatures": () => `jct_${claims}.${mac}.${mac}`,
    "padding": () => `jct_${claims}.${mac}=`,
    "the claims in the signature's place": () => `jct_${mac}.${claims}`,
    "a claim more": () => `jct_${coded({ ...told(), scopes: 4095 })}.${mac}`,
    "the same claims, written otherwise": () => `jct_${coded(JSON.stringify(told(), null, 1))}.${mac}`,
    "a later end": () => `jct_${coded({ ...told(), expires_at: told().expires_at + 1 })}.${mac}`,
    "no prefix": () => `${claims}.${mac}`,
    "another prefix": () => `JCT_${claims}.${mac}`,
    "a prefix too many": () => `jct_${token}`,
    "spaces around": () => ` ${token} `,
    "a NUL behind": () => `${token}\0`,
    "a JWT's head and `alg` none": () => `${coded({ alg: "none", typ: "JWT" })}.${claims}.`,
    "a JWT's head and our signature": () => `jct_${coded({ alg: "none" })}.${claims}.${mac}`,
    "a JWT signed with what it says is the key": () => signedWith({ alg: "HS256", jwk: { kty: "oct", k: "" } }, ""),
    "a signature with an empty secret": () => `jct_${claims}.${createHmac("sha256", "").update(claims).digest("base64url")}`,
    "a signature with the claims as its secret": () => `jct_${claims}.${createHmac("sha256", claims).update(claims).digest("base64url")}`,
    "a hash for a signature": () => `jct_${claims}.${createHmac("sha256", "secret").update(claims).digest("base64url")}`,
  };
  const signedWith = (head, secret) => {
    const text = `${coded(head)}.${claims}`;
    return `jct_${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  for (const [what, forge] of Object.entries(FORGED)) {
    test(`with ${what} opens nothing`, async () => {
      const answer = await opens(job, forge());
      refused(answer, 401, { code: "invalid_credential" });
      assert.match(answer.headers.get("www-authenticate"), /invalid_token/);
    });
  }
});

describe("a good token", { concurrency: true }, () => {
  let project;
  let job;
  let token;
  before(async () => {
    project = await newProject();
    job = await project.running({ filePath: "videos/clip.mp4" });
    token = accepted(await job.post("tokens", { scopes: ["jobs:read"] }), 201).token;
  });

  test("counts only where a token is looked for", async () => {
    const brought = [
      { headers: { authorization: `Bearer ${token}` } }, { headers: { "x-api-key": token } }, { headers: { cookie: `${COOKIE}=${token}` } },
      { query: `?key=${token}` }, { query: `?TOKEN=${token}` }, { query: `?token[]=${token}` }, { query: `?token=&token=${token}` },
      { query: `?token=${token}`, headers: { "x-api-key": "jc_wrong" } }, { query: `?token=${token}`, headers: { authorization: "Bearer x" } },
    ];
    for (const { headers, query = "" } of brought) refused(await knock(job.eventsUrl + query, { headers }), 401);
    refused(await knock(`${place.url}/v1/${token}/events/${job.id}`), 404);
  });

  for (const row of TABLE.filter(({ door }) => !["open"].includes(door))) {
    const reads = row.method === "GET" && row.path.includes("{job}") && row.door !== "project key";
    test(`${reads ? "reads its job alone by" : "opens nothing of"} ${row.method} ${row.path}`, async () => {
      const other = await project.running();
      const names = { project: project.id, path: "videos/clip.mp4" };
      const ask = (of) => knock(`${place.url}${fill(row.path, { ...names, job: of.id })}?token=${token}`, { method: row.method, json: row.json });
      await other.unchangedBy(async () => {
        const [its, others] = [await ask(job), await ask(other)];
        if (reads) assert.deepEqual([its.status, others.status], [200, 404], its.text);
        else for (const answer of [its, others]) assert.ok([400, 401, 404].includes(answer.status) || row.path === "/api/session", answer.text);
      });
    });
  }
});

describe("of another service", () => {
  const elsewhere = instanceOfSuite();

  test("a token opens nothing, though the job and the project have the same ids", async () => {
    const job = await (await newProject({ at: elsewhere })).running();
    const { token } = accepted(await job.post("tokens"), 201);
    assert.equal((await opens(job, token)).status, 200);
    const { job: id } = JSON.parse(Buffer.from(token.slice(4).split(".")[0], "base64url"));
    assert.equal(id, job.id);
    refused(await knock(`${place.url}${job.path}/events?token=${token}`), 401);
  });
});
