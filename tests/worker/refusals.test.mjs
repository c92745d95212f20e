// What bad input gets: a refusal that says what is wrong, from every route, and no trace of it in the job.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { place } from "./place.mjs";
import { PATHS, WITH_BODY } from "./routes.mjs";

const UNKNOWN = "job_00000000000000000000000000";
const JSON_TYPE = { "content-type": "application/json" };

describe("bad input", { concurrency: true }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    job = await project.running();
  });

  for (const { method, path } of PATHS.filter((route) => route.path.includes("{job}"))) {
    test(`an unknown id is 404: ${method} ${path}`, async () => {
      const json = method === "POST" ? {} : undefined;
      for (const id of [UNKNOWN, "1", "job_", "x".repeat(2_000), "%00", "..%2f..", "job_%F0%9F%98%80"]) {
        const body = path.endsWith("/logs") ? ["x"] : path.includes("progress") ? { percent: 1 } : { type: "start" };
        refused(await project.ask(method, path.replace("{job}", id), { json: json && body }), 404);
      }
    });
  }

  const NOWHERE = [
    "/api/nothing", "/v1/nothing", "/queue/nothing", "/api/v1", "/api/v1/job", "/api/v1/jobs/", `/api/v1/jobs/${UNKNOWN}/nothing`,
    "/api/v1/jobs/x/stages", "/api/V1/JOBS",
  ];
  for (const path of NOWHERE) {
    test(`an unknown path is 404: ${path}`, async () => {
      refused(await project.ask("GET", path), 404);
    });
  }

  for (const path of new Set(PATHS.map((route) => route.path))) {
    test(`a wrong method is 405 and says which are right: ${path}`, async () => {
      const right = PATHS.filter((route) => route.path === path).map((route) => route.method);
      for (const method of ["PUT", "PATCH", "DELETE", "GET", "POST"].filter((method) => !right.includes(method))) {
        const answer = await project.ask(method, path.replace("{job}", job.id));
        refused(answer, 405);
        assert.deepEqual(answer.headers.get("allow").split(", ").filter((name) => name !== "HEAD").toSorted(), right.toSorted());
      }
    });
  }

  for (const path of WITH_BODY) {
    const send = (options) => project.ask("POST", path.replace("{job}", job.id), options);

    test(`malformed JSON is 400: POST ${path}`, async () => {
      await job.unchangedBy(async () => {
        for (const body of ["{", '{"percent":1,}', "not json", '{"a":1} x', "{'a':1}", Buffer.from([0x7b, 0x22, 0xff])]) {
          assert.ok(refused(await send({ headers: JSON_TYPE, body }), 400).details.field);
        }
      });
    });

    test(`a body that is no object is 400: POST ${path}`, async () => {
      await job.unchangedBy(async () => {
        for (const body of ["5", '"text"', "true", path === "/api/v1/jobs" || path.endsWith("/logs") ? "5" : "[]"]) {
          refused(await send({ headers: JSON_TYPE, body }), 400);
        }
      });
    });

    test(`a wrong content type is 415: POST ${path}`, async () => {
      await job.unchangedBy(async () => {
        for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/xml", "text/html; charset=utf-8"]) {
          refused(await send({ headers: { "content-type": type }, body: '{"percent":1,"type":"start"}' }), 415);
        }
      });
    });

    test(`an unknown encoding is 415: POST ${path}`, async () => {
      await job.unchangedBy(async () => {
        refused(await send({ headers: { ...JSON_TYPE, "content-encoding": "br" }, body: gzipSync("{}") }), 415);
      });
    });

    if (path.endsWith("/logs")) continue; // logs.test.mjs knows their caps
    test(`a body above 256 KiB is 413, whether its length is told or not: POST ${path}`, async () => {
      const body = JSON.stringify({ percent: 1, type: "start", note: "x".repeat(256 * 1_024) });
      await job.unchangedBy(async () => {
        refused(await send({ headers: JSON_TYPE, body }), 413);
        refused(await send({ headers: JSON_TYPE, body: new Blob([body]).stream() }), 413);
      });
    });
  }

  test("a body of just 256 KiB is taken", async () => {
    const own = await project.running();
    const body = '{"percent":1}'.padEnd(256 * 1_024);
    accepted(await own.ask("POST", "/progress", { headers: JSON_TYPE, body }));
  });

  const NUMBERS = ["101", "-1", "NaN", '"NaN"', "Infinity", "1e999", "-1e999", '"50"', "null", "[]", "{}", "true", "100.0000001"];
  for (const percent of NUMBERS) {
    test(`percent ${percent} is refused by name`, async () => {
      const own = await project.running();
      await own.unchangedBy(async () => {
        refused(await own.ask("POST", "/progress", { headers: JSON_TYPE, body: `{"percent":${percent}}` }), 400, { field: "percent" });
      });
    });
  }

  const FIELDS = [
    [{}, "percent"], [{ percent: 1, message: "" }, "message"], [{ percent: 1, message: 5 }, "message"],
    [{ percent: 1, subProgress: [] }, "subProgress"], [{ percent: 1, subProgress: { a: {} } }, "subProgress.a.percent"],
    [{ percent: 1, subProgress: { a: { percent: 101 } } }, "subProgress.a.percent"],
    [{ percent: 1, subProgress: { a: { percent: 1, message: "" } } }, "subProgress.a.message"],
    [{ percent: 1, subProgress: { a: 5 } }, "subProgress.a"],
  ];
  for (const [json, field] of FIELDS) {
    test(`progress ${JSON.stringify(json)} is refused: ${field}`, async () => {
      const own = await project.running();
      await own.unchangedBy(async () => refused(await own.post("progress", json), 400, { field }));
    });
  }

  for (const [part, json, field] of [["fail", { error: 5 }, "error"], ["fail", { error: "" }, "error"], ["fail", { code: [] }, "code"],
    ["fail", { retry: "no" }, "retry"], ["kill", { reason: 5 }, "reason"]]) {
    test(`${part} ${JSON.stringify(json)} is refused: ${field}`, async () => {
      const own = await project.running();
      await own.unchangedBy(async () => refused(await own.post(part, json), 400, { field }));
    });
  }

  for (const key of ["", "x".repeat(5_000)]) {
    test(`an Idempotency-Key of ${key.length} characters is refused by name`, async () => {
      const own = await project.running();
      await own.unchangedBy(async () => {
        refused(await own.post("event", {}, { headers: { "idempotency-key": key } }), 400, { field: "Idempotency-Key" });
      });
    });
  }

  test("JSON that is nested a hundred thousand deep is refused, and the service goes on", async () => {
    await job.unchangedBy(async () => {
      const body = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
      refused(await job.ask("POST", "/event", { headers: JSON_TYPE, body }), 400);
    });
  });

  test("a refusal shows nothing of the inside", async () => {
    const answers = await Promise.all([
      project.ask("GET", "/api/v1/jobs/'%20OR%201=1--"), project.ask("GET", "/api/v1/jobs?cursor='--"),
      job.post("progress", { percent: "'" }),
    ]);
    for (const answer of answers) assert.doesNotMatch(answer.text, /panick|wasm|\.rs|SQL|D1_|stack/i);
  });

  test("/health answers anybody", async () => {
    assert.equal((await request(`${place.url}/health`)).status, 200);
  });
});
