// What `npm run admin -- help` prints.
import { synopsis } from "./arguments.mjs";

export const help = (commands) => `Projects and keys of a Jobcast service.

  npm run admin -- <command> [options]

${commands.map((command) => `  ${synopsis(command)}\n      ${command.about}`).join("\n")}
  help
      this text

A <project> is its id, its name if no other project has it, or “default”: the one marked * in the list.
Scopes are words like jobs:create and jobs:read; jobs:worker and jobs:write stand for several (docs/PROTOCOL.md, “Credentials”).

With every command:

  --url <url>      the service; or JOBCAST_URL. Default: where \`npm start\` runs here, or http://localhost:8787
  --token <token>  its admin token; or ADMIN_TOKEN, which other users of the machine cannot see.
                   Default, on this machine only: the one that \`npm start\` keeps in .dev.vars
  --json           the service's answer as JSON. For scripts, with npm run -s, so that npm prints nothing

Examples:

  npm run admin -- project create films --public
  npm run admin -- key create films --scopes jobs:read,jobs:worker --name encoder --expires 30d
  npm run admin -- keys films
  npm run admin -- project set films --retention 72 --default
  npm run -s admin -- projects --json
  ADMIN_TOKEN=… npm run admin -- projects --url https://jobcast.example.workers.dev`;
