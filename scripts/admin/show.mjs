// Answers as text for a person. No colours: the text is the same in a terminal, a pipe and a log.

/** Control characters in a name could steer the terminal. */
export const plain = (text) => text.replace(/\p{Cc}/gu, "\uFFFD");

const time = (iso, none = "never") => (iso ? `${iso.slice(0, 16).replace("T", " ")}Z` : none);
const quoted = ({ name, id }) => `“${plain(name)}” (${id})`;

/** Lines of columns; `rows` holds objects with the same keys, which are the headings. */
function table(rows) {
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row).map(plain))];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => [...line[column]].length)));
  const pad = (cell, column) => cell + " ".repeat(widths[column] - [...cell].length);
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}

const record = (fields) => Object.entries(fields).map(([name, value]) => `  ${name.padEnd(13)}${value}`).join("\n");

export function projectTable(projects) {
  if (projects.length === 0) return "No project yet. Make the first: npm run admin -- project create <name>";
  return table(projects.map((project) => ({
    id: project.id,
    name: project.name,
    default: project.isDefault ? "*" : "",
    public: project.publicRead ? "on" : "off",
    retention: `${project.retentionHours} h`,
    "project key": project.projectKey,
    created: time(project.createdAt),
  })));
}

export const newProject = (project) => `Project ${quoted(project)} is made.

${record({ "Project key": project.projectKey, "API key": project.apiKey })}

The API key has every scope and is shown only this once: keep it.`;

export const changedProject = (project) => `Project ${quoted(project)} is changed.

${projectTable([project])}`;

export const rotatedKey = (project, { projectKey }) => `Project ${quoted(project)} has a new project key. The old one stops within a minute.

${record({ "Project key": projectKey })}`;

export function keyTable(project, keys, now = Date.now()) {
  if (keys.length === 0) return `Project ${quoted(project)} has no key.`;
  return table(keys.map((key) => ({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    state: keyState(key, now),
    created: time(key.createdAt),
    "last used": time(key.lastUsedAt),
    expires: time(key.expiresAt),
    scopes: key.scopes.join(","), // as --scopes takes them; last, because it is long
  })));
}

function keyState({ revokedAt, expiresAt }, now) {
  if (revokedAt) return "revoked";
  return expiresAt && Date.parse(expiresAt) <= now ? "expired" : "active";
}

export const newKey = (project, key) => `Key ${quoted(key)} of project ${quoted(project)} is made.

${record({ "API key": key.key, Scopes: key.scopes.join(","), Expires: time(key.expiresAt) })}

The API key is shown only this once: keep it.`;

export const revokedKey = (project, id) => `Key ${plain(id)} of project ${quoted(project)} is revoked. It stops within a minute.`;
