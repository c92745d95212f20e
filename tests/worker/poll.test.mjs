// POST /api/v1/jobs/poll: who gets which job, when, and never twice.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";

const names = (jobs) => jobs.map((job) => job.name);

describe("polling", { concurrency: true }, () => {
  test("delivers a job, as its first attempt", async () => {
    const project = await newProject();
    const job = await project.create({ name: "a", payload: { url: "s3://in" } });
    const [got] = await project.polled();
    assert.deepEqual([got.id, got.status, got.attempt, got.payload], [job.id, "delivered", 1, { url: "s3://in" }]);
    assert.deepEqual(got, await job.now());
    assert.ok(Date.parse(got.deadline) - Date.parse(got.deliveredAt) === 300_000);
  });

  test("answers with no jobs when there are none", async () => {
    const project = await newProject();
    assert.deepEqual(accepted(await project.poll({})), { jobs: [] });
    assert.deepEqual(accepted(await project.ask("POST", "/api/v1/jobs/poll")), { jobs: [] });
  });

  test("goes by priority, then by age", async () => {
    const project = await newProject();
    for (const [name, priority] of [["e", 3], ["c", 2], ["a", 1], ["d", 2], ["b", 1]]) await project.create({ name, priority });
    assert.deepEqual(names(await project.polled({ count: 3 })), ["a", "b", "c"]);
    assert.deepEqual(names(await project.polled({ count: 50 })), ["d", "e"]);
  });

  test("asks for one job where no count is given", async () => {
    const project = await newProject();
    await Promise.all([project.create(), project.create()]);
    assert.equal((await project.polled()).length, 1);
  });

  test("takes as many names as it may ask for", async () => {
    const project = await newProject();
    const names = Array.from({ length: 50 }, (_, at) => `name ${at}`);
    for (const name of [...names.slice(0, 3), "other", names[49]]) await project.create({ name });
    assert.deepEqual((await project.polled({ count: 50, names })).map((job) => job.name), [...names.slice(0, 3), names[49]]);
  });

  test("takes only the names that it asks for", async () => {
    const project = await newProject();
    for (const name of ["encode", "mail", "encode", "thumb", undefined]) await project.create({ name });
    assert.deepEqual(names(await project.polled({ count: 50, names: ["encode", "thumb"] })), ["encode", "encode", "thumb"]);
    assert.deepEqual(await project.polled({ count: 50, names: ["nobody"] }), []);
  });

  test("leaves alone what is scheduled, taken or finished", async () => {
    const project = await newProject();
    await project.create({ scheduledFor: new Date(Date.now() + 3_600_000).toISOString() });
    await project.running();
    await (await project.create()).report("cancel");
    assert.deepEqual(await project.polled({ count: 50 }), []);
  });

  test("sees only its own project's jobs", async () => {
    const [project, other] = await Promise.all([newProject(), newProject()]);
    await other.create();
    assert.deepEqual(await project.polled({ count: 50 }), []);
  });

  test("with waitSeconds answers when a job arrives, not at its end", async () => {
    const project = await newProject();
    const poll = project.polled({ waitSeconds: 20 });
    const toItsEnd = project.polled({ waitSeconds: 20, names: ["nobody"] });
    assert.deepEqual(await project.polled({ waitSeconds: 1, names: ["nobody"] }), []);
    const job = await project.create();
    assert.deepEqual((await Promise.race([poll, toItsEnd])).map((got) => got.id), [job.id]);
    assert.deepEqual(await toItsEnd, []);
  });

  test("with waitSeconds and nothing to do answers empty at its end, not before", async () => {
    const since = Date.now();
    assert.deepEqual(await (await newProject()).polled({ waitSeconds: 1 }), []);
    assert.ok(Date.now() - since >= 950, `after ${Date.now() - since} ms`);
  });

  test("never gives two producers the same job: 20 pollers, 60 jobs", async () => {
    const project = await newProject();
    const { jobs } = accepted(await project.ask("POST", "/api/v1/jobs", { json: Array(60).fill({}) }), 201);
    const taken = [];
    const poller = async () => {
      for (let got; (got = await project.polled({ count: 3 })).length > 0; ) taken.push(...got.map((job) => job.id));
    };
    await Promise.all(Array.from({ length: 20 }, poller));
    assert.equal(taken.length, new Set(taken).size, "no job twice");
    // Pollers that lost each of their candidates to others may have gone home early; a late one finds what is left.
    if (taken.length < jobs.length) taken.push(...(await project.polled({ count: 50, waitSeconds: 20 })).map((job) => job.id));
    assert.deepEqual(taken.toSorted(), jobs.map((job) => job.id).toSorted());
  });

  test("never gives two waiting producers the same job", async () => {
    const project = await newProject();
    const pollers = Array.from({ length: 10 }, () => project.polled({ waitSeconds: 20 }));
    const { jobs } = accepted(await project.ask("POST", "/api/v1/jobs", { json: Array(10).fill({}) }), 201);
    const taken = (await Promise.all(pollers)).flat().map((job) => job.id);
    assert.deepEqual(taken.toSorted(), jobs.map((job) => job.id).toSorted());
  });

  // Compression, which every browser and Node ask for, would keep the line ends by which a poll notices that nobody listens.
  for (const [how, encoding] of [["plain", "identity"], ["compressed", "gzip, deflate, br"]]) {
    test(`gives no job to a producer that has hung up while it waited for a ${how} answer`, async () => {
      const project = await newProject();
      const looksGoBy = () => project.polled({ waitSeconds: 4, names: ["nobody"] });
      const hangUp = new AbortController();
      const gone = fetch(`${place.url}/api/v1/jobs/poll`, {
        method: "POST", body: '{"waitSeconds":20,"names":["wanted"]}', signal: hangUp.signal,
        headers: { "x-api-key": project.apiKey, "content-type": "application/json", "accept-encoding": encoding },
      }).then((response) => response.text());
      await project.polled({ waitSeconds: 1, names: ["nobody"] });
      hangUp.abort();
      await assert.rejects(gone);
      await looksGoBy();
      const job = await project.create({ name: "wanted" });
      // Were the poll still alive, it would take the job at one of these.
      await looksGoBy();
      assert.deepEqual((await project.polled({ names: ["wanted"] })).map((got) => got.id), [job.id]);
    });
  }

  const BAD = { count: [0, 51, -1, 1.5, "3"], names: ["a", [1], {}], waitSeconds: [-1, 21, "5", 0.5] };
  for (const [field, values] of Object.entries(BAD)) {
    test(`refuses a bad ${field} by name, and takes no job`, async () => {
      const project = await newProject();
      const job = await project.create();
      await job.unchangedBy(async () => {
        for (const value of values) refused(await project.poll({ [field]: value }), 400, { field });
      });
    });
  }
});
