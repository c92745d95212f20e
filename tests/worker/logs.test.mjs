// POST and GET /api/v1/jobs/{id}/logs: batches in six forms, all or nothing, and finding lines again.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { BATCHES } from "./batch.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { STATES } from "./states.mjs";
import { open } from "./stream.mjs";

const KIB = 1_024;
const messages = (lines) => lines.map((line) => line.message);

describe("appending logs", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  const ENTRIES = [
    { message: "transcode pass started", level: "info", timestamp: "2026-03-01T09:21:01.120Z", source: "worker-a", metadata: { pass: 1 } },
    { level: "warn", message: "fallback codec selected: ü 😀\nsecond line" },
    "done with preflight",
  ];
  for (const [form, encode] of Object.entries(BATCHES)) {
    test(`takes ${form}`, async () => {
      const job = await project.running();
      assert.deepEqual(accepted(await job.ask("POST", "/logs", encode(ENTRIES))), { success: true, inserted: 3, fromSeq: 1, toSeq: 3 });
      const [first, second, third] = await job.lines();
      assert.deepEqual(first, { seq: 1, ...ENTRIES[0] });
      assert.deepEqual([second.level, second.message], ["warn", ENTRIES[1].message]);
      assert.deepEqual([third.seq, third.message], [3, "done with preflight"]);
      assert.ok(third.level === "info" && Date.parse(third.timestamp) > 0);
    });
  }

  test("numbers lines on from batch to batch", async () => {
    const job = await project.running();
    await job.report("logs", ["a", "b"]);
    const { inserted, fromSeq, toSeq } = await job.report("logs", ["c", "d", "e"]);
    assert.deepEqual({ inserted, fromSeq, toSeq }, { inserted: 3, fromSeq: 3, toSeq: 5 });
    assert.deepEqual(messages(await job.lines()), ["a", "b", "c", "d", "e"]);
  });

  test("numbers lines without gap or double when batches come at once", async () => {
    const job = await project.running();
    const ranges = await Promise.all(Array.from({ length: 20 }, () => job.report("logs", ["a", "b", "c"])));
    assert.deepEqual(ranges.map((range) => range.fromSeq).toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, at) => at * 3 + 1));
    assert.equal((await job.lines()).length, 60);
  });

  for (const state of Object.keys(STATES)) {
    test(`is allowed while the job is ${state}, and does not change it`, async () => {
      const job = await STATES[state](project);
      const before = await job.now();
      await job.report("logs", ["teardown"]);
      const { updatedAt, ...after } = await job.now();
      assert.deepEqual({ ...after, updatedAt: before.updatedAt }, before);
      assert.deepEqual(messages(await job.lines()), ["teardown"]);
    });
  }

  test("reaches the stream as job:log, in order", async (t) => {
    const job = await project.running();
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    const { toSeq } = await job.report("logs", Array.from({ length: 1_000 }, (_, index) => `line ${index}`));
    const events = await stream.until((event) => event.event === "job:log" && event.json().toSeq === toSeq);
    const lines = events.slice(1).flatMap((event) => event.json().lines);
    assert.deepEqual(messages(lines), Array.from({ length: 1_000 }, (_, index) => `line ${index}`));
  });

  const BAD = {
    "a number": 5, "null": null, "an object without a message": { level: "info" }, "a message that is no text": { message: 5 },
    "an unknown level": { message: "x", level: "loud" }, "a timestamp that is none": { message: "x", timestamp: "yesterday" },
    "a source that is no text": { message: "x", source: {} },
  };
  for (const [what, entry] of Object.entries(BAD)) {
    test(`a batch with ${what} is refused whole, and names the entry`, async () => {
      const job = await project.running();
      await job.unchangedBy(async () => {
        for (const encode of Object.values(BATCHES)) {
          const answer = await job.ask("POST", "/logs", encode(["good", entry, "good"]));
          assert.match(refused(answer, 400).details.field, /1/);
        }
      });
    });
  }

  const MALFORMED = {
    "JSON that is cut": ["application/json", '["a", "b"'],
    "an NDJSON line that is cut": ["application/x-ndjson", '"a"\n{"message":\n"c"\n'],
    "a text": ["application/json", '"a"'], "an object without logs": ["application/json", '{"lines":["a"]}'],
    "no entries": ["application/json", "[]"], "an empty body": ["application/json", ""],
    "an empty NDJSON body": ["application/x-ndjson", "\n\n"],
    "bytes that are no UTF-8": ["application/json", Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
  };
  for (const [what, [type, body]] of Object.entries(MALFORMED)) {
    test(`${what} is refused, plain and gzip`, async () => {
      const job = await project.running();
      await job.unchangedBy(async () => {
        const headers = { "content-type": type };
        refused(await job.ask("POST", "/logs", { headers, body }), 400);
        refused(await job.ask("POST", "/logs", { headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(body) }), 400);
      });
    });
  }

  test("gzip that is cut, or is none, is refused", async () => {
    const job = await project.running();
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    await job.unchangedBy(async () => {
      for (const body of [gzipSync('["a"]').subarray(0, 12), '["a"]', ""]) {
        refused(await job.ask("POST", "/logs", { headers, body }), 400, { field: "body" });
      }
    });
  });

  test("takes a thousand entries, and not one more", async () => {
    const job = await project.running();
    await job.unchangedBy(async () => refused(await job.post("logs", Array(1_001).fill("x")), 413));
    assert.equal((await job.report("logs", Array(1_000).fill("x"))).inserted, 1_000);
  });

  test("takes a line of 16 KiB, and not one byte more", async () => {
    const job = await project.running();
    await job.unchangedBy(async () => refused(await job.post("logs", ["good", "x".repeat(16 * KIB + 1)]), 413));
    await job.report("logs", ["x".repeat(16 * KIB)]);
    assert.equal((await job.lines())[0].message.length, 16 * KIB);
  });

  test("takes a batch of 1 MiB on the wire, and not one byte more", async () => {
    const job = await project.running();
    const padded = (size) => ({ headers: { "content-type": "application/json" }, body: '["x"]'.padEnd(size) });
    await job.unchangedBy(async () => refused(await job.ask("POST", "/logs", padded(1_024 * KIB + 1)), 413));
    accepted(await job.ask("POST", "/logs", padded(1_024 * KIB)));
  });

  test("takes a batch that unpacks to just under 8 MiB, and not one above", async () => {
    const job = await project.running();
    const zipped = (lines) => BATCHES["NDJSON, gzip"](Array(lines).fill("x".repeat(16 * KIB)));
    await job.unchangedBy(async () => refused(await job.ask("POST", "/logs", zipped(512)), 413));
    assert.equal(accepted(await job.ask("POST", "/logs", zipped(511))).inserted, 511);
  });

  test("a gzip bomb is 413, and the service goes on", async () => {
    const job = await project.running();
    const headers = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
    const body = Buffer.concat(Array(8).fill(gzipSync(Buffer.alloc(64 * KIB * KIB, "x"), { level: 9 })));
    assert.ok(body.length < KIB * KIB, "512 MiB, small enough on the wire");
    await job.unchangedBy(async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => job.ask("POST", "/logs", { headers, body })));
      answers.forEach((answer) => refused(answer, 413));
    });
  });
});

describe("finding lines", { concurrency: true }, () => {
  let job;
  before(async () => {
    job = await (await newProject()).running();
    const levels = ["debug", "info", "warn", "error"];
    const line = (at) => ({ level: levels[at % 4], message: `line ${at}${at % 5 ? "" : " Disk"}` });
    await job.report("logs", Array.from({ length: 20 }, (_, at) => line(at)));
  });
  const page = async (query) => accepted(await job.ask("GET", `/logs?${query}`));

  test("lines come oldest first, in pages that `after` continues", async () => {
    const seen = [];
    for (let after = 0; after !== null; ) {
      const { logs, nextAfter } = await page(`limit=6&after=${after}`);
      assert.ok(logs.length <= 6);
      seen.push(...logs.map((line) => line.seq));
      after = nextAfter;
    }
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, at) => at + 1));
  });

  test("level finds one level, or several", async () => {
    assert.deepEqual((await page("level=error")).logs.map((line) => line.seq), [4, 8, 12, 16, 20]);
    assert.equal((await page("level=error,warn")).logs.length, 10);
  });

  test("q finds a piece of the message", async () => {
    assert.deepEqual(messages((await page("q=disk")).logs), ["line 0 Disk", "line 5 Disk", "line 10 Disk", "line 15 Disk"]);
    assert.deepEqual((await page("q=%25")).logs, []);
  });

  test("level, q, after and limit work together", async () => {
    const { logs } = await page("level=info&q=disk&after=3&limit=1");
    assert.deepEqual(messages(logs), ["line 5 Disk"]);
  });

  test("an unknown level is refused by name", async () => {
    refused(await job.ask("GET", "/logs?level=loud"), 400, { field: "level" });
  });
});
