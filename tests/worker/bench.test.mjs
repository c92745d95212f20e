// npm run bench: how its rounds go and what is made of their figures. Nothing is measured here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { carriedOut } from "../../bench/rounds.mjs";
import { compared, isMet, median } from "../../bench/statistics.mjs";
import { table } from "../../bench/table.mjs";

test("the median is the middle, or between the two in the middle", () => {
  assert.deepEqual([median([9, 1, 5]), median([4, 1, 3, 100])], [5, 3.5]);
});

test("the ratio is the median of the rounds' own, so that a slow moment of the machine counts for both", () => {
  // In the second round everything took ten times as long.
  const { first, second, ratio, least, most } = compared([200, 20, 220], [100, 10, 100]);
  assert.deepEqual({ first, second, ratio, least, most }, { first: 200, second: 100, ratio: 2, least: 2, most: 2.2 });
});

test("a goal is a least ratio or a most", () => {
  assert.deepEqual([isMet(1.5, { least: 1.5 }), isMet(1.4, { least: 1.5 }), isMet(1, { most: 1 }), isMet(1.1, { most: 1 })], [true, false, true, false]);
  assert.equal(isMet(1, undefined), undefined);
});

test("two contenders are prepared, warmed up, and then measured in turn", async () => {
  const calls = [];
  const one = {
    title: "a case", goals: { "reports a second": { least: 1.5 } },
    prepare: async ({ name }) => void calls.push(`prepare ${name}`),
    round: async ({ name, speed }, _, milliseconds) => {
      calls.push(`${name} ${milliseconds}`);
      return { figures: { "reports a second": speed }, units: 2, unit: "report" };
    },
    after: async ({ name }) => calls.push(`after ${name}`),
  };
  const contender = (name, speed) => ({ name, speed, used: 0, processor() { return (this.used += 0.001); } });
  const [line] = await carriedOut(one, [contender("A", 300), contender("B", 100)], { rounds: 2, milliseconds: 10 });
  assert.deepEqual(calls, ["prepare A", "prepare B", "A 5", "B 5", "A 10", "B 10", "A 10", "B 10", "after A", "after B"]);
  assert.deepEqual([line.ratio, line.goal, line.processor.map(Math.round)], [3, { least: 1.5 }, [500, 500]]);
});

test("the table tells of each goal whether it is met", () => {
  const line = { title: "a case", figure: "p99, ms", first: 12.34, second: 1234.5, ratio: 0.01, least: 0.009, most: 1, goal: { most: 1 }, processor: [0.5, 15], unit: "frame" };
  const [, , met, missed] = table([line, { ...line, ratio: 1.2, goal: { least: 1.5 } }]).split("\n");
  assert.match(met, /\| a case \| p99, ms \| 12\.3 +\| 1,235 +\| 0\.01 +\| 0\.01 to 1\.00 +\| ≤ 1\.0 ✓ +\| 0\.50 µs a frame +\| 15\.0 µs a frame +\|/);
  assert.match(missed, /≥ 1\.5 ✗/);
});
