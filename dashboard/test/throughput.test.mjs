import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, ago, title } from "../src/model/format.ts";
import { failureRates, histogram, percentile, placeAmong, throughputOf } from "../src/model/throughput.ts";

const at = (ms) => new Date(ms).toISOString();
const job = (status, createdAt, startedAt, completedAt, attempt = 1) => ({ status, attempt, createdAt: at(createdAt), startedAt: startedAt && at(startedAt), completedAt: completedAt && at(completedAt) });
const MINUTE = 60_000;

test("throughput counts each job in the minute of what happened to it", () => {
  const now = 10 * MINUTE + 5_000;
  const seen = throughputOf([
    job("completed", 8 * MINUTE, 8 * MINUTE + 500, 9 * MINUTE), job("completed", 9 * MINUTE, 9 * MINUTE + 1_000, 9 * MINUTE + 3_000),
    job("error", 9 * MINUTE, 9 * MINUTE, 10 * MINUTE), job("running", 10 * MINUTE, 10 * MINUTE), job("completed", 1, 2, 3), job("cancelled", 10 * MINUTE, null, 10 * MINUTE),
  ], now, 3);
  assert.deepEqual(seen.perMinute, [[480, 540, 600], [1, 2, 2], [0, 2, 0], [0, 0, 1]]);
  assert.deepEqual([seen.finished, seen.failed, seen.failureRate], [4, 1, 0.25]);
  assert.deepEqual(seen.durations, [1, 2_000, 59_500]);
  assert.deepEqual(seen.waits, [0, 0, 1, 500, 1_000]);
});

test("nothing finished has no rate, and no percentile", () => {
  const seen = throughputOf([], 0, 1);
  assert.deepEqual([seen.failureRate, percentile(seen.durations, 0.5), histogram([], 4)], [null, null, []]);
});

test("percentiles are values that occurred", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share)), [50, 95, 99, 100]);
  assert.equal(percentile([7], 0.99), 7);
});

test("a histogram loses nobody, from milliseconds to hours", () => {
  const values = [0, 3, 10, 900, 60_000, 7_200_000];
  const bins = histogram(values, 12);
  assert.equal(bins.reduce((sum, { count }) => sum + count, 0), values.length);
  assert.equal(histogram([5, 5, 5], 4).reduce((sum, { count }) => sum + count, 0), 3);
});

test("durations are written as a person says them", () => {
  const said = [0, 940, 1_540, 42_000, 60_000, 192_000, 3_600_000, 93_600_000, NaN, -1].map(duration);
  assert.deepEqual(said, ["0 ms", "940 ms", "1.5 s", "42 s", "1 min", "3 min 12 s", "1 h", "1 d 2 h", "–", "–"]);
  assert.deepEqual([ago(null, 0), ago(at(0), 5_000), ago(at(0), 125_000), ago(at(0), 90_000_000)], ["never", "just now", "2 min ago", "1 d ago"]);
});

test("a duration stands in the bar that counts it, and the longest at the end of the last", () => {
  const durations = [1_000, 2_000, 8_000, 64_000];
  const bins = histogram(durations, 6);
  for (const value of durations.slice(0, 3)) assert.equal(bins[Math.round(placeAmong(bins, value) + 1e-9)].count > 0, true, String(value));
  assert.deepEqual([placeAmong(bins, 1_000), Math.round(placeAmong(bins, 64_000) * 2) / 2, placeAmong([], 5)], [-0.5, 5.5, 0]);
});

test("the failure rate of a minute is of what finished in it, and there is none where nothing did", () => {
  assert.deepEqual(failureRates([[0, 60, 120], [9, 9, 9], [3, 0, 0], [1, 0, 2]]), [25, null, 100]);
});

test("a job goes by its name, else by its file, else by its id", () => {
  const id = "job_01M7YSBQZ04EGTGZMT2RS9SJA9";
  assert.deepEqual([title({ id, name: "encode", filePath: "a/b" }), title({ id, name: null, filePath: "a/b.mp4" }), title({ id, name: null, filePath: null })], ["encode", "b.mp4", "job_…S9SJA9"]);
});

test("a name or path that shows nothing gives way to what can be seen and clicked on", () => {
  const id = "job_01M7YSBQZ04EGTGZMT2RS9SJA9";
  assert.deepEqual([title({ id, name: "  ", filePath: "a/b/" }), title({ id, name: null, filePath: "/" })], ["b", "job_…S9SJA9"]);
});
