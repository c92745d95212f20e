// POST /api/v1/jobs/{id}/tokens: a link to one job's stream, for a short while.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { open } from "./stream.mjs";

describe("a stream token", { concurrency: true }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    job = await project.running();
  });
  const mint = async (json = {}, of = job) => accepted(await of.post("tokens", json), 201);

  test("comes with its end and with a URL that opens the stream", async (t) => {
    const { token, expiresAt, url } = await mint({ ttlSeconds: 60, scopes: ["jobs:read:progress"] });
    assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 60_000) < 5_000, expiresAt);
    const parts = new URL(url);
    assert.deepEqual([parts.pathname, parts.searchParams.get("token")], [`${job.path}/events`, token]);
    assert.equal((await (await open(t, url)).event()).json().id, job.id);
  });

  test("ends its stream cleanly when it expires, and opens nothing after", async (t) => {
    const { expiresAt, url } = await mint({ ttlSeconds: 6 });
    const stream = await open(t, url);
    await stream.event("job:snapshot");
    assert.deepEqual([await stream.ended, stream.rest], ["clean", ""]);
    assert.ok(Date.now() >= Date.parse(expiresAt) - 500);
    const answer = await eventually("the token opens nothing", () => request(url), ({ status }) => status !== 200, 5);
    refused(answer, 401);
    assert.match(answer.headers.get("www-authenticate"), /invalid_token/);
  });

  test("opens no other job", async () => {
    const [{ token }, other] = await Promise.all([mint(), project.create()]);
    refused(await request(`${other.eventsUrl}?token=${token}`), 404);
  });

  test("does nothing but read", async () => {
    const { token } = await mint({ scopes: ["jobs:read"] });
    await job.unchangedBy(async () => {
      for (const [part, json] of [["kill", {}], ["progress", { percent: 1 }], ["tokens", {}]]) {
        const answer = await request(`${project.at.url}${job.path}/${part}?token=${token}`, { method: "POST", json });
        assert.ok([401, 403].includes(answer.status), answer.text);
      }
    });
  });

  test("is refused when a single character is another", async () => {
    const { token } = await mint();
    const places = [4, Math.floor(token.length / 2), token.length - 2];
    for (const at of places) {
      const tampered = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      refused(await request(`${job.eventsUrl}?token=${tampered}`), 401);
    }
  });

  for (const scopes of [["jobs:kill"], ["jobs:read", "jobs:create"], ["jobs:fly"], [], "jobs:read"]) {
    test(`is not minted for ${JSON.stringify(scopes)}`, async () => {
      refused(await job.post("tokens", { scopes }), 400, { field: "scopes" });
    });
  }

  for (const ttlSeconds of [0, -1, 1.5, "60", 1e12]) {
    test(`is not minted for ${JSON.stringify(ttlSeconds)} seconds`, async () => {
      refused(await job.post("tokens", { ttlSeconds }), 400, { field: "ttlSeconds" });
    });
  }

  test("cannot be given more than the key has", async () => {
    const key = await project.key(["jobs:read:progress"]);
    assert.match(refused(await job.post("tokens", { scopes: ["jobs:read"] }, { key }), 403).error, /jobs:read/);
    accepted(await job.post("tokens", { scopes: ["jobs:read:progress"] }, { key }), 201);
  });

  test("is not minted for an unknown job, nor for another project's", async () => {
    const other = await newProject();
    refused(await job.post("tokens", {}, { key: other.apiKey }), 404);
  });
});
