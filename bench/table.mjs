// The figures as a table, of Markdown that is also good to read in a terminal.
import { isMet } from "./statistics.mjs";

const HEAD = ["case", "figure", "Jobcast", "twin", "ratio", "of the rounds", "goal", "processor, Jobcast", "processor, twin"];

/** One line a figure: `{title, figure, first, second, ratio, least, most, goal, processor: [µs, µs], unit}`. */
export function table(lines) {
  const rows = [HEAD, ...lines.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const text = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [text(rows[0]), text(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(text)].join("\n");
}

function row({ title, figure, first, second, ratio, least, most, goal, processor, unit }) {
  const cost = (microseconds) => `${number(microseconds)} µs a ${unit}`;
  return [title, figure, number(first), number(second), ratio.toFixed(2), `${least.toFixed(2)} to ${most.toFixed(2)}`, goalText(ratio, goal), ...processor.map(cost)];
}

function goalText(ratio, goal) {
  if (!goal) return "";
  const bound = goal.least === undefined ? `≤ ${goal.most.toFixed(1)}` : `≥ ${goal.least.toFixed(1)}`;
  return `${bound} ${isMet(ratio, goal) ? "✓" : "✗"}`;
}

/** Three digits that count, and thousands apart. */
export function number(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
