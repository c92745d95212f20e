// How often one may ask: an address on the public routes and with bad credentials, a key or a session everywhere else. Here with limits
// that are quickly spent. A period begins anew by itself: each test spends what is left of the present one and waits for the next.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { newAddress } from "./address.mjs";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { knock } from "./knock.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { askForSession, COOKIE, signIn } from "./session.mjs";
import { open } from "./stream.mjs";
import { assetUrl, queueUrl } from "./urls.mjs";

const LIMITS = { PUBLIC_RATE: 5, KEY_RATE: 7 };
const LONGEST_PERIOD_S = 60;
const LISTED = "https://app.example";

const newBadKey = () => `jc_${randomUUID()}`;

/** Asks until it is refused for asking too often; gives the answers before. */
async function untilRefused(ask) {
  const answers = [];
  for (let answer; (answer = await ask()).status !== 429; ) {
    answers.push(answer);
    assert.ok(answers.length < 50, "nothing limits this");
  }
  return answers;
}

/** Asks for the first time in a period, with the whole of it ahead. */
async function firstOfPeriod(ask) {
  await untilRefused(ask);
  return eventually("a new period", ask, ({ status }) => status !== 429, LONGEST_PERIOD_S + 10);
}

function tooOften(answer, limit) {
  const said = (name) => Number(answer.headers.get(name));
  refused(answer, 429, { code: "rate_limited" });
  assert.deepEqual([answer.headers.get("x-ratelimit-limit"), answer.headers.get("x-ratelimit-remaining")], [String(limit), "0"]);
  for (const name of ["retry-after", "x-ratelimit-reset"]) {
    assert.ok(Number.isInteger(said(name)) && said(name) >= 1 && said(name) <= LONGEST_PERIOD_S, `${name}: ${answer.headers.get(name)}`);
  }
}

describe("asking too often", { concurrency: true }, () => {
  const at = instanceOfSuite({ ALLOWED_ORIGINS: LISTED }, LIMITS);
  let shown;
  let job;
  let hidden;
  let token;
  before(async () => {
    shown = await newProject({ publicRead: true, at });
    [job, hidden] = [await shown.running(), await (await newProject({ at })).create()];
    ({ token } = accepted(await job.post("tokens", {}), 201));
  });
  const url = (path) => at.url + path;
  const read = (headers) => knock(url("/video-status/none.mp4"), { headers });
  const readKey = () => shown.key(["jobs:read"]);
  const list = (key, headers) => knock(url("/api/v1/jobs"), { key, headers });

  describe("from one address", { concurrency: true }, () => {
    test("is refused at the limit, with what a client needs to wait, and ends with the period", async () => {
      const ask = () => read(address);
      const address = newAddress();
      await firstOfPeriod(ask);
      assert.equal((await untilRefused(ask)).length, LIMITS.PUBLIC_RATE - 1);
      const refusal = await ask();
      tooOften(refusal, LIMITS.PUBLIC_RATE);
      const wait = Number(refusal.headers.get("retry-after"));
      assert.equal((await eventually("it ends", ask, ({ status }) => status !== 429, wait + 3)).status, 404);
    });

    test("leaves other addresses alone", async () => {
      const address = newAddress();
      await firstOfPeriod(() => read(address));
      await untilRefused(() => read(address));
      assert.equal((await read(newAddress())).status, 404);
      tooOften(await read({ ...address, "x-forwarded-for": "198.51.100.1", "x-real-ip": "198.51.100.1" }), LIMITS.PUBLIC_RATE);
    });

    const WAYS = {
      "the queue's stream, as anybody": (headers) => knock(url("/queue/events"), { headers }),
      "the queue's stream, with a project key": (headers) => knock(`${queueUrl(shown)}?key=${shown.projectKey}`, { headers }),
      "a status by file path": read,
      "a job's stream, as anybody": (headers) => knock(job.eventsUrl, { headers }),
      "a job's stream, with a project key": (headers) => knock(`${job.eventsUrl}?key=${shown.projectKey}`, { headers }),
      "a job's stream, with a stream token": (headers) => knock(`${job.eventsUrl}?token=${token}`, { headers }),
      "an asset's stream": (headers) => knock(assetUrl(job), { headers }),
      "an asset's stream, with a project key that is none": (headers) => knock(url(`/v1/pk_wrong/events/${job.id}`), { headers }),
      "signing in": (headers) => askForSession(at, shown.apiKey, headers),
      "signing in with a bad key": (headers) => askForSession(at, "jc_wrong", headers),
      "a job's stream that is closed to anybody": (headers) => knock(hidden.eventsUrl, { headers }),
      "no credential": (headers) => list(undefined, headers),
      "a bad key": (headers) => list(newBadKey(), headers),
      "a bad cookie": (headers) => list(undefined, { ...headers, cookie: `${COOKIE}=wrong` }),
      "a bad stream token": (headers) => knock(`${job.eventsUrl}?token=jct_wrong`, { headers }),
      "a bad project key": (headers) => knock(`${queueUrl(shown)}?key=pk_wrong`, { headers }),
      "a bad admin token": (headers) => knock(url("/api/projects"), { headers: { ...headers, authorization: "Bearer wrong" } }),
    };
    for (const [what, way] of Object.entries(WAYS)) {
      test(`counts ${what}, together with whatever else the address asks`, async () => {
        const address = newAddress();
        const ask = () => way(address);
        assert.notEqual((await firstOfPeriod(ask)).status, 500);
        assert.equal((await untilRefused(ask)).length, LIMITS.PUBLIC_RATE - 1);
        tooOften(await ask(), LIMITS.PUBLIC_RATE);
        tooOften(await read(address), LIMITS.PUBLIC_RATE);
      });
    }

    test("signs nobody in", async () => {
      const address = newAddress();
      const ask = () => askForSession(at, shown.apiKey, address);
      accepted(await firstOfPeriod(ask), 201);
      await untilRefused(ask);
      const answer = await ask();
      tooOften(answer, LIMITS.PUBLIC_RATE);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    });

    test("with bad keys does not stop a good one there", async () => {
      const [address, key] = [newAddress(), await readKey()];
      const ask = () => list(newBadKey(), address);
      await firstOfPeriod(ask);
      await untilRefused(ask);
      accepted(await list(key, address));
      tooOften(await ask(), LIMITS.PUBLIC_RATE);
    });

    test("can be read by the page that asked", async () => {
      const address = newAddress();
      await firstOfPeriod(() => read(address));
      await untilRefused(() => read(address));
      for (const [origin, allowed] of [["https://evil.example", "*"], [LISTED, LISTED]]) {
        const answer = await read({ ...address, origin });
        tooOften(answer, LIMITS.PUBLIC_RATE);
        assert.equal(answer.headers.get("access-control-allow-origin"), allowed);
        assert.match(answer.headers.get("access-control-expose-headers"), /Retry-After/i);
      }
    });
  });

  describe("with one key", { concurrency: true }, () => {
    test("is refused at the limit, whatever the address; other keys, sessions and addresses are not", async () => {
      const [key, other, address] = [await readKey(), await readKey(), newAddress()];
      const session = await signIn(shown, key, newAddress());
      await firstOfPeriod(() => list(key, address));
      assert.equal((await untilRefused(() => list(key, address))).length, LIMITS.KEY_RATE - 1);
      tooOften(await list(key, newAddress()), LIMITS.KEY_RATE);
      accepted(await list(other, address));
      accepted(await list(undefined, { ...address, ...session.headers }));
      assert.equal((await read(address)).status, 404);
    });

    test("ends with the period", async () => {
      const key = await readKey();
      await untilRefused(() => list(key));
      accepted(await eventually("it ends", () => list(key), ({ status }) => status !== 429, LONGEST_PERIOD_S + 3));
    });

    test("counts what it may not do, too", async () => {
      const key = await shown.key(["jobs:poll"]);
      assert.equal((await firstOfPeriod(() => list(key))).status, 403);
      assert.equal((await untilRefused(() => list(key))).length, LIMITS.KEY_RATE - 1);
    });

    test("counts its streams on public routes, not against the address", async () => {
      const [key, address] = [await readKey(), newAddress()];
      const ask = () => knock(url("/queue/events"), { key, headers: address });
      assert.equal((await firstOfPeriod(ask)).status, 200);
      assert.equal((await untilRefused(ask)).length, LIMITS.KEY_RATE - 1);
      tooOften(await ask(), LIMITS.KEY_RATE);
      assert.equal((await read(address)).status, 404);
    });

    test("changes nothing", async () => {
      const project = await newProject({ at });
      const key = await project.key(["jobs:create"]);
      const create = () => project.ask("POST", "/api/v1/jobs", { json: {}, key });
      const since = (await untilRefused(create)).length;
      assert.equal((await project.list()).total, since);
    });
  });

  test("with one session counts as with a key of its own", async () => {
    const session = await signIn(shown, await readKey(), newAddress());
    const ask = () => session.now();
    await firstOfPeriod(ask);
    assert.equal((await untilRefused(ask)).length, LIMITS.KEY_RATE - 1);
    tooOften(await ask(), LIMITS.KEY_RATE);
    accepted(await (await signIn(shown, shown.apiKey, newAddress())).now());
  });

  describe("does not mean a stream", { concurrency: true }, () => {
    const running = async () => (await newProject({ publicRead: true, at })).running();
    /** More events than any limit, each reported with a key of its own. */
    const report = async (own) => {
      for (let percent = 1; percent <= 10; percent += 1) {
        await own.report("progress", { percent }, { key: await own.project.key(["jobs:progress"]) });
      }
    };

    test("that goes on: it counts once, when it is opened", async (t) => {
      const [address, own] = [newAddress(), await running()];
      await firstOfPeriod(() => read(address));
      const stream = await open(t, own.eventsUrl, { headers: address });
      await report(own);
      await stream.until((event) => event.event === "job:progress" && event.json().percent === 10);
      assert.equal((await untilRefused(() => read(address))).length, LIMITS.PUBLIC_RATE - 2);
    });

    test("whose replay is long: it counts once", async (t) => {
      const [address, own] = [newAddress(), await running()];
      await report(own);
      await firstOfPeriod(() => read(address));
      const stream = await open(t, own.eventsUrl, { headers: address, cursor: "0" });
      await stream.until((event) => event.event === "job:progress" && event.json().percent === 10);
      assert.equal((await untilRefused(() => read(address))).length, LIMITS.PUBLIC_RATE - 2);
    });

    test("that was open before: it is not cut", async (t) => {
      const [address, own] = [newAddress(), await running()];
      const stream = await open(t, own.eventsUrl, { headers: address });
      await untilRefused(() => read(address));
      await own.report("complete");
      assert.equal((await stream.remaining()).at(-1).event, "job:completed");
      assert.equal(await stream.ended, "clean");
    });

    test("that comes back: that counts again", async () => {
      const address = newAddress();
      const back = () => knock(job.eventsUrl, { headers: { ...address, "last-event-id": "0" } });
      await firstOfPeriod(back);
      assert.equal((await untilRefused(back)).length, LIMITS.PUBLIC_RATE - 1);
      tooOften(await back(), LIMITS.PUBLIC_RATE);
    });
  });

  test("is not what the admin does", async () => {
    for (let asked = 0; asked < 3 * LIMITS.KEY_RATE; asked += 1) accepted(await admin("GET", "/api/projects", undefined, at));
  });
});
