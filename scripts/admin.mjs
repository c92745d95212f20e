// npm run admin -- …: projects and keys of a service, local or deployed. scripts/admin/help.mjs tells how it is used.
import { connect } from "./admin/api.mjs";
import { Misuse, understand } from "./admin/arguments.mjs";
import { COMMANDS } from "./admin/commands.mjs";
import { help } from "./admin/help.mjs";
import { program } from "./step.mjs";

const MISUSED = 2;

await program(() => main(process.argv.slice(2)).catch(explainMisuse));

async function main(args) {
  const asked = understand(args, COMMANDS);
  if (!asked) return console.log(help(COMMANDS));
  const { command, operands, options } = asked;
  const body = command.body?.(options);
  const { answer, text } = await command.run(connect(options), operands, body);
  console.log(options.json ? JSON.stringify(answer, null, 2) : text);
}

function explainMisuse(error) {
  if (!(error instanceof Misuse)) throw error;
  console.error(`\n✗ ${error.message}`);
  process.exitCode = MISUSED;
}
