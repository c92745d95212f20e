// One case: prepared on all, warmed up, then in turn.
import { compared, median } from "./statistics.mjs";

/** Of the time of a round, for what is compiled when it first runs. */
const WARM_UP = 0.5;

/** Those that take part in a case: Jobcast, its twin unless the case is Jobcast's `alone`, and the peers that serve what it is about. */
export const takingPart = ({ peers, alone }, contenders) =>
  contenders.filter(({ serves }, place) => place === 0 || (serves === undefined ? !alone : serves === peers));

/**
 * `{lines, missing}`: lines for the table, one for a figure and each contender that the first is compared with. A peer that fails has none,
 * and `missing` says why; it does not spoil the case for the others. A case may know its own number of rounds.
 */
export async function carriedOut({ title, goals, rounds: own, prepare, before, round, between, after }, contenders, { rounds, milliseconds }) {
  const sides = contenders.map((contender) => ({ contender, rounds: [], why: undefined }));
  const one = async ({ contender, subject }, time) => {
    await before?.(contender, subject);
    const result = await measured(contender, () => round(contender, subject, time));
    await between?.(contender, subject);
    return result;
  };
  await each(sides, async (side) => (side.subject = await prepare(side.contender)));
  await each(sides, (side) => one(side, milliseconds * WARM_UP));
  for (let number = 0; number < (own ?? rounds); number += 1) await each(sides, async (side) => side.rounds.push(await one(side, milliseconds)));
  await each(sides, ({ contender, subject }) => after?.(contender, subject));
  const missing = sides.filter(({ why }) => why).map(({ contender, why }) => ({ title: `${title}, ${contender.name}`, why }));
  return { lines: lines(title, goals, sides.filter(({ why }) => !why)), missing };
}

/** In turn; a peer that has failed takes no further part. */
async function each(sides, work) {
  for (const side of sides.filter(({ why }) => !why)) {
    try {
      await work(side);
    } catch (error) {
      if (side.contender.serves === undefined) throw error;
      side.why = error.message;
      await side.contender.leave();
    }
  }
}

/** With what it cost its processor, microseconds a unit. */
async function measured(contender, work) {
  const before = contender.processor();
  const result = await work();
  return { ...result, processor: ((contender.processor() - before) / result.units) * 1e6 };
}

function lines(title, goals, [first, ...others]) {
  const figures = Object.keys(first.rounds[0].figures);
  if (others.length === 0) return figures.map((figure) => ({ title, figure, unit: first.rounds[0].unit, first: median(valuesOf(first, figure)), processor: [processorOf(first)] }));
  return others.flatMap((other) =>
    figures.map((figure) => ({
      title, figure, against: other.contender.name, goal: other.contender.serves === undefined ? goals[figure] : undefined, unit: first.rounds[0].unit,
      processor: [processorOf(first), processorOf(other)], ...compared(valuesOf(first, figure), valuesOf(other, figure)),
    })),
  );
}

const valuesOf = ({ rounds }, figure) => rounds.map(({ figures }) => figures[figure]);
const processorOf = ({ rounds }) => median(rounds.map(({ processor }) => processor));
