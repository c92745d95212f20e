// What is made of the figures of several rounds.

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Of the same figure of two contenders, by rounds: their medians, and the ratio of the first to the second: the median of the rounds' own
 * ratios, because what disturbs a machine for a while disturbs both sides of a round; and its extremes.
 */
export function compared(first, second) {
  const ratios = first.map((value, round) => value / second[round]);
  return { first: median(first), second: median(second), ratio: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** `{least}` or `{most}`, of the ratio, or what the `figure` itself has to be; undefined where there is no goal. */
export function isMet(ratio, goal, figure) {
  if (!goal) return undefined;
  if (goal.figure !== undefined) return figure === goal.figure;
  return goal.least === undefined ? ratio <= goal.most : ratio >= goal.least;
}
