// The commands, as a table. `body` makes of the options what is sent, before the network is touched;
// `run` resolves to the service's answer and its text for a person.
import { Refusal } from "../step.mjs";
import { misused } from "./arguments.mjs";
import * as show from "./show.mjs";
import { lifetime, onOff, scopeList, wholeHours } from "./values.mjs";

const text = { type: "string" };
const flag = { type: "boolean" };

const projectCreate = {
  name: "project create",
  operands: ["name"],
  flags: "[--public]",
  about: "make a project; shows its API key once. --public: anybody may read progress",
  options: { public: flag },
  body: ({ public: publicRead = false }) => ({ publicRead }),
  async run(api, [name], body) {
    const answer = await api("POST", [], { name, ...body });
    return { answer, text: show.newProject(answer) };
  },
};

const projectSet = {
  name: "project set",
  operands: ["project"],
  flags: "[--name <name>] [--public on|off] [--retention <hours>] [--default]",
  about: "change it; --retention is how long a finished job's log is kept",
  options: { name: text, public: text, retention: text, default: flag },
  body({ name, public: publicRead, retention, default: isDefault }) {
    const changes = {
      ...(name && { name }),
      ...(publicRead && { publicRead: onOff(publicRead) }),
      ...(retention && { retentionHours: wholeHours(retention) }),
      ...(isDefault && { isDefault }),
    };
    if (Object.keys(changes).length === 0) throw misused(projectSet, "Nothing to change was given");
    return changes;
  },
  async run(api, [wanted], body) {
    const { id } = await find(api, wanted);
    const answer = await api("PATCH", [id], body);
    return { answer, text: show.changedProject(answer) };
  },
};

const projectRotateKey = {
  name: "project rotate-key",
  operands: ["project"],
  about: "give it a new project key; the old one stops",
  async run(api, [wanted]) {
    const project = await find(api, wanted);
    const answer = await api("POST", [project.id, "rotate-project-key"]);
    return { answer, text: show.rotatedKey(project, answer) };
  },
};

const keyCreate = {
  name: "key create",
  operands: ["project"],
  flags: "--scopes <scope,…> [--name <name>] [--expires 30d|12h|15m|90s]",
  about: "make an API key; shows it once",
  options: { scopes: text, name: text, expires: text },
  body({ scopes, name, expires }) {
    if (!scopes) throw misused(keyCreate, "--scopes is missing");
    return { scopes: scopeList(scopes), ...(name && { name }), ...(expires && { expiresInSeconds: lifetime(expires) }) };
  },
  async run(api, [wanted], body) {
    const project = await find(api, wanted);
    const answer = await api("POST", [project.id, "keys"], body);
    return { answer, text: show.newKey(project, answer) };
  },
};

const keyRevoke = {
  name: "key revoke",
  operands: ["project", "keyId"],
  about: "end a key, for good",
  async run(api, [wanted, keyId]) {
    const project = await find(api, wanted);
    const answer = await api("DELETE", [project.id, "keys", keyId]);
    return { answer, text: show.revokedKey(project, keyId) };
  },
};

const projects = {
  name: "projects",
  operands: [],
  about: "list the projects, the default one marked *",
  async run(api) {
    const answer = await api("GET");
    return { answer, text: show.projectTable(answer.projects) };
  },
};

const keys = {
  name: "keys",
  operands: ["project"],
  about: "list its API keys: scopes, last use, active, expired or revoked",
  async run(api, [wanted]) {
    const project = await find(api, wanted);
    const answer = await api("GET", [project.id, "keys"]);
    return { answer, text: show.keyTable(project, answer.keys) };
  },
};

export const COMMANDS = [projects, projectCreate, projectSet, projectRotateKey, keys, keyCreate, keyRevoke];

/** The project that an operand means. An id goes before the word `default`, and that before a name. */
async function find(api, wanted) {
  const { projects: all } = await api("GET");
  const byDefault = wanted === "default" ? all.find(({ isDefault }) => isDefault) : undefined;
  const known = all.find(({ id }) => id === wanted) ?? byDefault;
  if (known) return known;
  const named = all.filter(({ name }) => name === wanted);
  if (named.length === 1) return named[0];
  if (named.length === 0) throw new Refusal(`No project has the id or the name “${wanted}”: npm run admin -- projects lists them.`);
  throw new Refusal(`“${wanted}” is the name of ${named.length} projects: give the id, one of ${named.map(({ id }) => id).join(", ")}.`);
}
