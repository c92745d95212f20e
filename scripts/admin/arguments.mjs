// What was typed: one command with its operands and options. What is not understood is refused before anything is sent.
import { parseArgs } from "node:util";
import { Refusal } from "../step.mjs";

/** The command line is at fault: exit code 2. */
export class Misuse extends Refusal {}

const EVERYWHERE = {
  url: { type: "string" },
  token: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

export const synopsis = ({ name, operands, flags }) => [name, ...operands.map((operand) => `<${operand}>`), flags].join(" ").trim();

/** Resolves to `{command, operands, options}`, or to nothing when help is wanted. */
export function understand(args, commands) {
  // Which options there are depends on the command, and `--url …` may stand before it.
  const { positionals: words, values } = parseArgs({ args, options: EVERYWHERE, strict: false, allowPositionals: true });
  if (words.length === 0 || words[0] === "help" || values.help) return undefined;
  const command = commands.find(({ name }) => name === words.slice(0, name.split(" ").length).join(" "));
  if (!command) throw new Misuse(`“${words.slice(0, 2).join(" ")}” is no command. All of them: npm run admin -- help`);
  try {
    return { command, ...parsed(args, command) };
  } catch (error) {
    if (error.code?.startsWith("ERR_PARSE_ARGS_")) throw misused(command, firstSentence(error.message));
    throw error;
  }
}

function parsed(args, command) {
  const options = { ...EVERYWHERE, ...command.options };
  const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
  const operands = positionals.slice(command.name.split(" ").length);
  const missing = command.operands.find((_, index) => !operands[index]);
  if (missing) throw misused(command, `<${missing}> is missing`);
  const extra = operands[command.operands.length];
  if (extra !== undefined) throw misused(command, `“${extra}” is too much (quote what has spaces)`);
  const empty = Object.keys(values).find((name) => values[name] === "");
  if (empty) throw misused(command, `--${empty} is empty`);
  return { operands, options: values };
}

export const misused = (command, what) => new Misuse(`${what}. Use: npm run admin -- ${synopsis(command)}`);

const firstSentence = (text) => text.split(/\.?(?:\s*\n|\. |$)/)[0];
