// The route table as the contract has it, for the tests to check the service against. A host test holds routes.json against the
// service's own table, so that no route is left out.
import TABLE from "./routes.json" with { type: "json" };

/**
 * Every route: `method`, `path`, `door` (a scope, or who else may call), `json` (a body that it takes), and `isolation` (how it shows
 * that projects are kept apart, in the words of isolation.test.mjs).
 */
export { TABLE };

/** Every scope, and what a key without it may still have: `jobs:read` brings the public part too. */
export const SCOPES = [
  "jobs:create", "jobs:read", "jobs:read:progress", "jobs:poll", "jobs:ack", "jobs:progress", "jobs:event", "jobs:complete", "jobs:fail",
  "jobs:kill", "jobs:keepalive", "jobs:manage",
];

export const allBut = (scope) => SCOPES.filter((other) => other !== scope && !(scope === "jobs:read:progress" && other === "jobs:read"));

const SAMPLES = {
  job: "job_00000000000000000000000000", project: "prj_00000000000000000000000000", key: "key_00000000000000000000000000",
  projectKey: "pk_AAAAAAAAAAAAAAAAAAAAAA", stage: "research", path: "videos/clip.mp4",
};

/** A path of the table with these in place of its names, and where one is not given, what names nothing. */
export const fill = (path, names = {}) => path.replace(/\{\*?(\w+)\}/g, (_, name) => names[name] ?? SAMPLES[name]);

/** The routes that a key opens, with the scope that each needs; to the public ones the least that reads is enough. */
export const ROUTES = TABLE
  .filter(({ door }) => door === "public" || SCOPES.includes(door))
  .map((row) => ({ ...row, scope: row.door === "public" ? "jobs:read:progress" : row.door }));

export const ADMIN_ROUTES = TABLE.filter(({ door }) => door === "admin" || door === "metrics");

/** The public routes that nobody's name reads in the default project; the other public route goes by its job's project. */
export const readsDefaultProject = ({ door, path }) => door === "public" && !path.includes("{job}");

/** Those that any page may read. */
export const isPublic = ({ method, door }) => method === "GET" && ["open", "public", "project key"].includes(door);

/** All of them, filled but for `{job}`. */
export const PATHS = TABLE.map(({ method, path }) => ({ method, path: fill(path, { job: "{job}" }) }));

/** Those that read a JSON body, of anybody but the admin. */
export const WITH_BODY = TABLE
  .filter(({ method, json, door }) => method === "POST" && json && door !== "admin")
  .map(({ path }) => fill(path, { job: "{job}" }));
