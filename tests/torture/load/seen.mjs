// Whether what streams saw is what a producer was answered.

/** Streams that did not see exactly these ids, in this order, told in a sentence; undefined when there is none. */
export function wrong(groups, ids) {
  const expected = ids.toSorted((a, b) => a - b);
  const group = groups.find((each) => !isEqual(each.ids, expected));
  if (!group) return undefined;
  const at = expected.findIndex((id, index) => id !== group.ids[index]);
  return `${group.streams} streams of ${group.path} saw ${group.ids.length} events of ${expected.length} and differ at ${at} (${group.ending ?? "open"})`;
}

/** Streams that did not end like this. */
export function otherwise(groups, ending) {
  const group = groups.find((each) => each.ending !== ending);
  return group && `${group.streams} streams of ${group.path}: ${group.ending ?? "still open"}`;
}

export const streams = (groups) => groups.reduce((sum, each) => sum + each.streams, 0);
/** How often they were cut and came back. */
export const cuts = (groups) => groups.reduce((sum, each) => sum + each.streams * each.cuts, 0);
export const eventsSeen = (groups) => groups.reduce((sum, each) => sum + each.streams * each.ids.length, 0);

const isEqual = (a, b) => a.length === b.length && a.every((id, index) => id === b[index]);
