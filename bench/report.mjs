// The text of RESULTS.md.
import { bundles } from "./bundle.mjs";
import { busy, machine } from "./machine.mjs";
import { PEERS } from "./peers/peers.mjs";
import { number, table } from "./table.mjs";

const KB = 1024;

export async function report({ lines, spoilt, missing, absent, alone, rounds, milliseconds }) {
  const { jobcast, twin } = await bundles();
  const peers = lines.filter(({ against }) => PEERS.some(({ name }) => name === against));
  const own = lines.filter((line) => !peers.includes(line));
  return `# Results

Written by \`npm run bench\`: Jobcast against [its twin](twin/README.md) in TypeScript, and against [peers](peers/README.md) where they serve, on one
machine in one run, in turn. [README.md](README.md) tells how.

* ${machine().join("\n* ")}
* ${rounds} rounds of ${milliseconds / 1_000} s of each, in turn, after half a round to warm up; ${busy()} processes wanted the processor in the last minute
* ${alone}

Figures are medians of the rounds; *ratio* is Jobcast's to the other's, the median of the rounds' own; *processor* is what its processes used.
${section("Against the twin", own)}${section("Against peers, which promise less: nothing of theirs is on disk when it is answered", peers)}${absent.map((why) => `\n${why}\n`).join("")}${[...spoilt, ...missing].map(({ title, why }) => `\nNo figures for *${title}*: ${why}\n`).join("")}
Uploaded, gzipped: Jobcast ${number(jobcast / KB)} KB (goal ≤ 500 KB ${jobcast <= 500 * KB ? "✓" : "✗"}), the twin ${number(twin / KB)} KB.
`;
}

const section = (title, lines) => (lines.length > 0 ? `\n## ${title}\n\n${table(lines)}\n` : "");
