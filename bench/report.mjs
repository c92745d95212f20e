// The text of RESULTS.md.
import { bundles } from "./bundle.mjs";
import { busy, machine } from "./machine.mjs";
import { number, table } from "./table.mjs";

const KB = 1024;

export async function report({ lines, spoilt, alone, rounds, milliseconds }) {
  const { jobcast, twin } = await bundles();
  return `# Results

Written by \`npm run bench\`: Jobcast against [its twin](twin/README.md) in TypeScript, on one machine in one run, in turn. [README.md](README.md) tells how.

* ${machine().join("\n* ")}
* ${rounds} rounds of ${milliseconds / 1_000} s of each, in turn, after half a round to warm up; ${busy()} processes wanted the processor in the last minute
* The generator alone, against a service that does nothing on the same cores: ${number(alone.reports)} reports and ${number(alone.frames)} frames a second

Figures are medians of the rounds; *ratio* is Jobcast's to the twin's, the median of the rounds' own; *processor* is what workerd used.

${table(lines)}
${spoilt.map(({ title, why }) => `\nNo figures for *${title}*: ${why}\n`).join("")}
Uploaded, gzipped: Jobcast ${number(jobcast / KB)} KB (goal ≤ 500 KB ${jobcast <= 500 * KB ? "✓" : "✗"}), the twin ${number(twin / KB)} KB.
`;
}
