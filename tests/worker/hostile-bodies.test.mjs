// Bodies that are small on the wire, or look small, and would be large, deep or something else inside.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { PATHS, WITH_BODY } from "./routes.mjs";

const KIB = 1_024;
const JSON_TYPE = { "content-type": "application/json" };
const zipped = (type, body) => ({ headers: { "content-type": type, "content-encoding": "gzip" }, body });

describe("a body", { concurrency: 4 }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    job = await project.running();
  });
  const send = (path, body) => project.ask("POST", path.replace("{job}", job.id), { headers: JSON_TYPE, body });

  const SURROGATES = ['"\\ud800"', '"\\udc00\\ud800"', '"\\uD83D\\u0041"'];
  for (const path of WITH_BODY) {
    test(`with half a pair in an escape is refused whole: POST ${path}`, async () => {
      await job.unchangedBy(async () => {
        for (const half of SURROGATES) {
          const bodies = [`{"type":"start","percent":1,"x":${half}}`, `{"type":"start","percent":1,${half}:1}`];
          for (const body of path.endsWith("/logs") ? [`[${half}]`, `[{"message":"a",${half}:1}]`, `[{"message":"a","metadata":{"x":${half}}}]`] : bodies) {
            refused(await send(path, body), 400, { code: "invalid_json" });
          }
        }
      });
    });
  }

  const NUL = { "": ["name", "filePath", "topic"], "progress": ["message"], "fail": ["error", "code"], "kill": ["reason"] };
  for (const [part, fields] of Object.entries(NUL)) {
    test(`with NUL in ${fields.join(", ")} is refused by name`, async () => {
      await job.unchangedBy(async () => {
        for (const field of fields) {
          const json = { percent: 1, [field]: "a\0b" };
          refused(part ? await job.post(part, json) : await project.ask("POST", "/api/v1/jobs", { json }), 400, { field });
        }
      });
    });
  }

  test("with NUL in an entry of `stages` or in a stage's name is refused", async () => {
    for (const name of ["a\0", "a\nb", "a\rb", " a", "a,b", "a*", ""]) {
      refused(await project.ask("POST", "/api/v1/jobs", { json: { stages: [name] } }), 400);
      const answer = await job.post(`stages/${encodeURIComponent(name)}`, { type: "start" });
      assert.ok([400, 404].includes(answer.status), `${JSON.stringify(name)}: ${answer.status}`);
    }
  });

  test("with NUL where any JSON may stand keeps it", async () => {
    const own = await project.running();
    await own.report("event", { "a\0": "b\0c" });
    await own.report("logs", ["a\0b"]);
    assert.deepEqual((await own.log()).find(({ type }) => type === "event.emitted").data, { "a\0": "b\0c" });
    assert.equal((await own.lines())[0].message, "a\0b");
  });

  const nested = (levels) => "[".repeat(levels) + "]".repeat(levels);
  test("nests as deep as it may, and not a level deeper", async () => {
    const own = await project.running();
    accepted(await own.ask("POST", "/event", { headers: JSON_TYPE, body: `{"x":${nested(63)}}` }));
    accepted(await own.ask("POST", "/logs", { headers: JSON_TYPE, body: `[{"message":"a","metadata":${nested(63)}}]` }));
    await own.unchangedBy(async () => {
      for (const levels of [64, 127, 128, 5_000, 100_000]) {
        refused(await own.ask("POST", "/event", { headers: JSON_TYPE, body: `{"x":${nested(levels)}}` }), 400);
        const answer = await own.ask("POST", "/logs", { headers: JSON_TYPE, body: `[{"message":"a","metadata":${nested(levels)}}]` });
        assert.ok([400, 413].includes(answer.status), answer.text);
      }
    });
  });

  test("means what it says, whatever its names are", async () => {
    const own = await project.running();
    const body = '{"__proto__":{"status":"completed"},"constructor":{"prototype":{"x":1}},"toString":1,"$serde_json::private::Number":"7","$serde_json::private::RawValue":"8"}';
    accepted(await own.ask("POST", "/event", { headers: JSON_TYPE, body }));
    const [{ data }] = (await own.log()).filter(({ type }) => type === "event.emitted");
    assert.equal(JSON.stringify(data), body);
    assert.equal((await own.now()).status, "running");
  });

  test("with a field twice means the last", async () => {
    const own = await project.running();
    accepted(await own.ask("POST", "/progress", { headers: JSON_TYPE, body: '{"percent":1,"percent":2}' }));
    assert.equal((await own.now()).progress, 2);
  });

  const ROUTES = PATHS.filter(({ method, path }) => method !== "GET" && path.includes("{job}") && !path.endsWith("/logs"));
  test("that is gzip is taken for lines alone", async () => {
    await job.unchangedBy(async () => {
      for (const { method, path } of ROUTES) {
        const answer = await project.ask(method, path.replace("{job}", job.id), zipped("application/json", gzipSync('{"percent":1,"type":"start"}')));
        refused(answer, 415);
      }
    });
  });
});

describe("a batch of lines", { concurrency: 4 }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    job = await project.running();
  });

  /** gzip by hand: a head with these flags and fields, and the rest. */
  const member = (flags, fields, body) => {
    const whole = gzipSync(body);
    const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]);
    return Buffer.concat([head, fields, deflateRawSync(body), whole.subarray(-8)]);
  };
  const LINE = '"a"\n';
  const TAKEN = {
    "in two members": Buffer.concat([gzipSync(LINE), gzipSync(LINE)]),
    "with a name, a comment and room": member(0x1c, Buffer.from("\x02\0ab" + "name\0" + "comment\0", "latin1"), LINE + LINE),
    "not packed at all inside": gzipSync(LINE + LINE, { level: 0 }),
  };
  for (const [what, body] of Object.entries(TAKEN)) {
    test(`${what} is read`, async () => {
      const own = await project.running();
      assert.equal(accepted(await own.ask("POST", "/logs", zipped("application/x-ndjson", body))).inserted, 2);
    });
  }

  const whole = gzipSync(LINE.repeat(900));
  const turned = (at) => Buffer.concat([whole.subarray(0, at), Buffer.from([whole[at] ^ 0x10]), whole.subarray(at + 1)]);
  const REFUSED = {
    "packed twice": gzipSync(gzipSync(LINE)),
    "cut in its head": whole.subarray(0, 9),
    "cut in its middle": whole.subarray(0, whole.length / 2),
    "without its sum": whole.subarray(0, -8),
    "with another sum": turned(whole.length - 8),
    "with another length": turned(whole.length - 1),
    "with something behind it": Buffer.concat([whole, Buffer.from("behind")]),
    "with half a member behind it": Buffer.concat([whole, whole.subarray(0, 12)]),
    "with a name of half a mebibyte": member(0x08, Buffer.concat([Buffer.alloc(512 * KIB, "n"), Buffer.alloc(1)]), LINE),
    "of zlib": Buffer.from([0x78, 0x9c, 3, 0, 0, 0, 0, 1]),
    "of nothing": gzipSync(""),
    "of empty lines": gzipSync("\n".repeat(8 * KIB * KIB)),
    "of spaces": gzipSync(" ".repeat(8 * KIB * KIB)),
    "of one line that never ends": gzipSync(`"${"a".repeat(7 * KIB * KIB)}"`),
    "of a list in a list": gzipSync(`[${LINE}]`),
  };
  for (const [what, body] of Object.entries(REFUSED)) {
    test(`${what} is refused whole`, async () => {
      await job.unchangedBy(async () => {
        const answer = await job.ask("POST", "/logs", zipped("application/x-ndjson", body));
        refused(answer, answer.status === 413 ? 413 : 400);
      });
    });
  }

  const BOMBS = {
    "a list of eight mebibytes of noughts": ["application/json", `[${"0,".repeat(4 * KIB * KIB - 8)}0]`],
    "eight mebibytes of noughts in lines": ["application/x-ndjson", "0\n".repeat(4 * KIB * KIB - 8)],
    "eight mebibytes of open brackets": ["application/json", "[".repeat(8 * KIB * KIB - 8)],
    "lines of nothing but names": ["application/x-ndjson", `{${'"a":0,'.repeat(40_000)}"b":0}\n`.repeat(20)],
    "sixteen mebibytes": ["application/x-ndjson", Buffer.alloc(16 * KIB * KIB, "a")],
  };
  for (const [what, [type, body]] of Object.entries(BOMBS)) {
    test(`of ${what} is refused, several at once, and the service goes on`, async () => {
      const packed = gzipSync(body);
      await job.unchangedBy(async () => {
        const answers = await Promise.all(Array.from({ length: 2 }, () => job.ask("POST", "/logs", zipped(type, packed))));
        for (const answer of answers) refused(answer, answer.status === 413 ? 413 : 400);
      });
    });
  }
});
