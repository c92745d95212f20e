// Requests that come again, because their answer was lost: on the way, with the memory of the object, with the whole process. Each
// counts once, and its repeat gets the answer that was lost.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { FRAGILE, firstPanic, panic } from "./doom.mjs";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { OF_A_JOB, Repeatable, WITHOUT_KEY } from "./repeats.mjs";
import { accepted, refused } from "./request.mjs";
import { TABLE } from "./routes.mjs";
import { swallowing } from "./swallow.mjs";

const CREATIONS = { one: { name: "a" }, many: [{ name: "a" }, { name: "b" }] };
/** A body that every route takes, and that none of the rows has. */
const ANOTHER = JSON.stringify({ percent: 41, type: "complete", result: 2, error: "another", logs: ["another"], other: true });
const JOBS = "/api/v1/jobs";
const keyed = (key, json) => ({ json, headers: { "idempotency-key": key } });

test("every route that changes something is told of", () => {
  const taking = new Set([...OF_A_JOB.map(({ path }) => path), JOBS, `${JOBS}/poll`]);
  for (const { method, path } of TABLE.filter(({ method }) => method !== "GET")) {
    assert.ok((method === "POST" && taking.has(path)) !== `${method} ${path}` in WITHOUT_KEY, `${method} ${path}`);
  }
});

describe("a request whose answer is lost", () => {
  const at = instanceOfSuite({}, undefined, { main: FRAGILE });
  let project;
  /** What each row does to a job when nothing goes wrong. */
  const plainly = new Map();
  before(async () => {
    project = await newProject({ at });
    for (const row of OF_A_JOB) {
      const request = await Repeatable.prepared(project, row);
      accepted(await request.send());
      plainly.set(row, await request.trace());
    }
  });
  const asPlainly = async (row, request) => assert.deepEqual(await request.trace(), plainly.get(row), row.name);

  test("on the way counts once, and its repeat gets that answer", async (t) => {
    const network = await swallowing(t, at.url);
    for (const row of OF_A_JOB) {
      const request = await Repeatable.prepared(project, row);
      assert.equal(await request.send(network.url), undefined);
      assert.deepEqual(await request.repeated(), network.lost(request.path).body, row.name);
      await asPlainly(row, request);
    }
  });

  test("with the memory of its object, between the commit and the answer, counts once", async () => {
    await firstPanic(project);
    for (const row of OF_A_JOB) {
      const request = await Repeatable.prepared(project, row);
      await panic({ at, name: request.job.id, moment: "commit" }, at.url + request.path, request.init);
      await request.repeated();
      await asPlainly(row, request);
    }
  });

  test("with the whole process counts once, and its repeat gets that answer", async (t) => {
    const network = await swallowing(t, at.url);
    const requests = await Promise.all(OF_A_JOB.map((row) => Repeatable.prepared(project, row)));
    await Promise.all(requests.map((request) => request.send(network.url)));
    const creations = await Promise.all(Object.entries(CREATIONS).map(async ([key, json]) => {
      const made = await project.ask("POST", JOBS, keyed(key, json));
      return { key, json, made: accepted(made, 201) };
    }));
    await at.kill();
    await at.start();
    for (const [index, row] of OF_A_JOB.entries()) {
      assert.deepEqual(await requests[index].repeated(), network.lost(requests[index].path).body, row.name);
      await asPlainly(row, requests[index]);
    }
    for (const { key, json, made } of creations) assert.deepEqual((await project.ask("POST", JOBS, keyed(key, json))).body, made);
  });

  test("of a creation that died half way is completed by its repeat, once", async () => {
    const own = await newProject({ at });
    await firstPanic(own);
    const three = [{ name: "a" }, { name: "b" }, { name: "c" }];
    const headers = { "x-api-key": own.apiKey, "content-type": "application/json", "idempotency-key": "half" };
    await panic({ at, name: "job_", moment: "commit" }, at.url + JOBS, { method: "POST", body: JSON.stringify(three), headers });
    const made = accepted(await own.ask("POST", JOBS, keyed("half", three)), 201);
    assert.deepEqual((await own.ask("POST", JOBS, keyed("half", three))).body, made);
    const { jobs } = await own.list("status=pending");
    assert.deepEqual(new Set(jobs.map(({ id }) => id)), new Set(made.jobs.map(({ id }) => id)));
  });

  test("of a creation whose jobs were made, and deleted before anybody heard of it, makes none again", async () => {
    const own = await newProject({ at });
    await firstPanic(own);
    const two = [{ name: "a" }, { name: "b" }];
    const headers = { "x-api-key": own.apiKey, "content-type": "application/json", "idempotency-key": "unheard" };
    await panic({ at, name: "job_", moment: "commit" }, at.url + JOBS, { method: "POST", body: JSON.stringify(two), headers });
    const listed = async () => (await own.list("status=pending")).jobs.map(({ id }) => id);
    const [deleted] = await eventually("the job that was made is listed", listed, (ids) => ids.length > 0);
    accepted(await own.ask("DELETE", `${JOBS}/${deleted}`));
    const { jobs } = accepted(await own.ask("POST", JOBS, keyed("unheard", two)), 201);
    assert.deepEqual(new Set(jobs.map(({ name }) => name)), new Set(["a", "b"]));
    assert.ok(jobs.some(({ id }) => id === deleted));
    assert.equal((await own.ask("GET", `${JOBS}/${deleted}`)).status, 404);
    assert.ok(!(await listed()).includes(deleted));
  });

  test("of a poll is given again, until somebody has begun", async (t) => {
    const own = await newProject({ at });
    await firstPanic(own);
    const network = await swallowing(t, at.url);
    const ids = [];
    for (let job = 0; job < 4; job++) ids.push((await own.create()).id);
    const poll = (key, json = { count: 2 }) => own.poll(json, { headers: { "idempotency-key": key } });
    const given = async (key) => accepted(await poll(key)).jobs.map((job) => job.id);
    const init = { method: "POST", body: '{"count":2}', headers: { "x-api-key": own.apiKey, "content-type": "application/json", "idempotency-key": "a" } };
    await assert.rejects(fetch(`${network.url}${JOBS}/poll`, init));
    assert.deepEqual(accepted(await poll("a")), network.lost(`${JOBS}/poll`).body);
    await panic({ at, name: ids[2], moment: "commit" }, `${at.url}${JOBS}/poll`, { ...init, headers: { ...init.headers, "idempotency-key": "b" } });
    assert.deepEqual(await given("b"), ids.slice(2));
    await at.kill();
    await at.start();
    assert.deepEqual([await given("a"), await given("b")], [ids.slice(0, 2), ids.slice(2)]);
    refused(await poll("a", { count: 3 }), 409, { code: "idempotency_conflict" });
    assert.deepEqual(await given("c"), [], "no other poll gets them");
    accepted(await own.ask("POST", `${JOBS}/${ids[0]}/ack`));
    assert.deepEqual(await given("a"), [ids[1]], "what has begun is not given again");
  });
});

describe("an Idempotency-Key", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  for (const row of OF_A_JOB) {
    test(`with another body is a conflict, and on another job a key of its own: ${row.name}`, async () => {
      const [one, other] = await Promise.all([Repeatable.prepared(project, row), Repeatable.prepared(project, row)]);
      accepted(await one.send());
      const changed = { ...row, options: { ...row.options, headers: { "content-type": "application/json" }, body: ANOTHER } };
      const mistaken = await new Repeatable(one.job, changed, one.key).send();
      refused(mistaken, row.path.startsWith("/queue") ? 400 : 409, { code: "idempotency_conflict" });
      accepted(await new Repeatable(other.job, row, one.key).send());
    });
  }

  test("of another project is another's, also on creations and polls", async () => {
    const other = await newProject();
    for (const own of [project, other]) accepted(await own.ask("POST", JOBS, keyed("shared", CREATIONS.one)), 201);
    const polled = await other.poll({ count: 50 }, { headers: { "idempotency-key": "shared-poll" } });
    assert.equal(accepted(polled).jobs.length, 1);
    const mine = await project.poll({ count: 1 }, { headers: { "idempotency-key": "shared-poll" } });
    assert.ok(accepted(mine).jobs.every((job) => job.id !== polled.body.jobs[0].id));
  });
});
