// One case: prepared on both, warmed up, then in turn.
import { compared, median } from "./statistics.mjs";

/** Of the time of a round, for what is compiled when it first runs. */
const WARM_UP = 0.5;

/** Lines for the table, one a figure. `contenders` are two. A case may know its own number of rounds. */
export async function carriedOut({ title, goals, rounds: own, prepare, round, between, after }, contenders, { rounds, milliseconds }) {
  const sides = [];
  for (const contender of contenders) sides.push({ contender, subject: await prepare(contender), rounds: [] });
  const one = async ({ contender, subject }, time) => {
    const result = await measured(contender, () => round(contender, subject, time));
    await between?.(contender, subject);
    return result;
  };
  for (const side of sides) await one(side, milliseconds * WARM_UP);
  for (let number = 0; number < (own ?? rounds); number += 1) for (const side of sides) side.rounds.push(await one(side, milliseconds));
  for (const { contender, subject } of sides) await after?.(contender, subject);
  return lines(title, goals, sides.map((side) => side.rounds));
}

/** With what it cost its processor, microseconds a unit. */
async function measured(contender, work) {
  const before = contender.processor();
  const result = await work();
  return { ...result, processor: ((contender.processor() - before) / result.units) * 1e6 };
}

function lines(title, goals, [first, second]) {
  const processor = [first, second].map((rounds) => median(rounds.map((round) => round.processor)));
  return Object.keys(first[0].figures).map((figure) => ({
    title, figure, goal: goals[figure], processor, unit: first[0].unit,
    ...compared(first.map(({ figures }) => figures[figure]), second.map(({ figures }) => figures[figure])),
  }));
}
