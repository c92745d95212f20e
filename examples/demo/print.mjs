// The stream in a terminal: stages and log lines scroll by, progress stays in one line at the bottom.
const live = process.stdout.isTTY;
const WIDTH = 28;
/** Of many lines of one batch, the first few; the log itself has them all. */
const LINES = 2;
let bar = "";
let quarter = 0;

export function print(name, data) {
  if (name === "job:progress") return progress(data);
  for (const text of lines(name, data)) write(text);
}

function lines(name, data) {
  if (name === "job:snapshot") return [`◆ ${data.topic}: ${data.status}, stages ${Object.keys(data.stages).join(", ")}`];
  if (name === "job:started") return [`▶ started, attempt ${data.attempt}`];
  if (name.startsWith("stage:")) return stage(data);
  if (name === "job:checkpoint") return [`  ⚑ checkpoint ${JSON.stringify(data.data)}`];
  if (name === "job:log") return log(data.lines);
  if (name === "job:completed") return ["✓ completed", ...Object.entries(data.result).map(([key, value]) => `    ${key}: ${value}`)];
  if (name === "job:failed") return [`✗ ${data.reason ?? data.error}`];
  return [`  ${name} ${JSON.stringify(data)}`];
}

function stage({ stage: name, type, detail, durationSec, error }) {
  if (type === "start") return [`▸ ${name}`];
  return [type === "complete" ? `✓ ${name} (${durationSec} s): ${detail}` : `✗ ${name}: ${error ?? type}`];
}

function log(all) {
  const shown = all.slice(0, LINES).map(({ message }) => `    ${message}`);
  return all.length > LINES ? [...shown, `    … and ${all.length - LINES} lines more`] : shown;
}

/** Where lines cannot be overwritten, each quarter gets one. */
function progress({ percent, message }) {
  const full = Math.round((percent / 100) * WIDTH);
  bar = `  ${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${String(Math.floor(percent)).padStart(3)} %  ${message ?? ""}`;
  if (live) write();
  else if (percent >= quarter) {
    console.log(bar);
    quarter = Math.floor(percent / 25) * 25 + 25;
  }
}

/** Leaves the cursor on a line of its own. */
export const end = () => live && process.stdout.write("\n");

function write(text) {
  if (!live) return text !== undefined && console.log(text);
  process.stdout.write(`\r\x1b[2K${text === undefined ? "" : `${text.slice(0, process.stdout.columns)}\n`}${bar.slice(0, process.stdout.columns)}`);
}
