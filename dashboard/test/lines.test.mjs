import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Lines, LINES_KEPT, windowOf } from "../src/model/lines.ts";

const line = (seq, level = "info", message = `line ${seq}`, source) => ({ seq, level, message, timestamp: "2026-01-01T00:00:00.000Z", source });
const many = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i));
const seqs = (lines) => lines.map(({ seq }) => seq);

describe("the lines of a log", () => {
  test("come once, also when a page and the stream overlap", () => {
    const lines = new Lines();
    lines.append(many(1, 3));
    lines.append(many(2, 5));
    assert.deepEqual(seqs(lines.shown), [1, 2, 3, 4, 5]);
  });

  test("are filtered by the least level and by text, in message or source, in any case; later ones too", () => {
    const lines = new Lines();
    lines.append([line(1, "debug", "Frame"), line(2, "warn", "slow FRAME"), line(3, "error", "none"), line(4, "fatal", "x", "framer")]);
    lines.filter = { level: "warn", text: "frame" };
    assert.deepEqual(seqs(lines.shown), [2, 4]);
    lines.append([line(5, "error", "frame"), line(6, "info", "frame")]);
    assert.deepEqual(seqs(lines.shown), [2, 4, 5]);
    lines.filter = { level: "trace", text: "" };
    assert.equal(lines.shown.length, 6);
    lines.append([line(7)]);
    assert.equal(lines.shown.length, 7);
  });

  test("are kept as the service keeps them: the newest", () => {
    const lines = new Lines();
    lines.append(many(1, LINES_KEPT));
    lines.append(many(LINES_KEPT + 1, 110_001));
    assert.deepEqual([lines.all.length, lines.all.at(-1).seq, lines.shown.length], [LINES_KEPT, 110_001, LINES_KEPT]);
  });

  test("100,000 are taken and searched in a moment", () => {
    const lines = new Lines();
    const began = performance.now();
    for (let from = 1; from < LINES_KEPT; from += 1_000) lines.append(many(from, from + 999));
    lines.filter = { level: "trace", text: "line 99999" };
    assert.deepEqual([lines.all.length, seqs(lines.shown)], [LINES_KEPT, [99_999]]);
    assert.ok(performance.now() - began < 5_000, "some hundred ms on a machine at rest");
  });
});

test("only what is in sight is drawn, with some to spare", () => {
  assert.deepEqual(windowOf(0, 100, 20, 1_000, 2), { from: 0, to: 7 });
  assert.deepEqual(windowOf(10_000, 100, 20, 1_000, 2), { from: 498, to: 507 });
  assert.deepEqual(windowOf(19_900, 100, 20, 1_000, 2), { from: 993, to: 1_000 });
  assert.deepEqual(windowOf(500, 100, 20, 0, 2), { from: 0, to: 0 }, "a list that has become short");
});
