// The figures as a table, of Markdown that is also good to read in a terminal.
import { isMet } from "./statistics.mjs";

const HEAD = ["case", "figure", "Jobcast", "against", "it", "ratio", "of the rounds", "goal", "processor, Jobcast", "processor, it"];

/**
 * One line a figure: `{title, figure, against, first, second, ratio, least, most, goal, processor: [µs, µs], unit}`. Jobcast alone has only
 * the first of each; what is no load has no processor.
 */
export function table(lines) {
  const rows = [HEAD, ...lines.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const text = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [text(rows[0]), text(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(text)].join("\n");
}

function row({ title, figure, against = "", first, second, ratio, least, most, goal, processor: [one, other] = [], unit }) {
  const cost = (microseconds) => (microseconds === undefined ? "" : `${number(microseconds)} µs a ${unit}`);
  const compared = second === undefined ? ["", "", ""] : [number(second), plain(ratio), least === most ? "" : `${plain(least)} to ${plain(most)}`];
  return [title, figure, number(first), against, ...compared, goalText(first, ratio, goal), cost(one), cost(other)];
}

/** Nothing has no ratio to nothing. */
const plain = (ratio) => (Number.isFinite(ratio) ? ratio.toFixed(2) : "–");

/** A goal is for the ratio, or where it says `figure` for Jobcast's own figure. */
function goalText(first, ratio, goal) {
  if (!goal) return "";
  const bound = goal.figure !== undefined ? goal.figure : goal.least === undefined ? `≤ ${goal.most.toFixed(1)}` : `≥ ${goal.least.toFixed(1)}`;
  return `${bound} ${isMet(ratio, goal, first) ? "✓" : "✗"}`;
}

/** Three digits that count, and thousands apart. */
export function number(value) {
  if (value === 0) return "0";
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
