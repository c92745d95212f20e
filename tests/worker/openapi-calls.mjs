// The routes as the document shows them: each can be asked with the document's own example as its body.
import { knock } from "./knock.mjs";
import { operation, operations } from "./openapi.mjs";
import { admin, newProject } from "./project.mjs";
import { fill } from "./routes.mjs";
import { signIn } from "./session.mjs";
import { STATES } from "./states.mjs";

export const FILE = "videos/clip.mp4";

/** The body that the document shows for a request; undefined where there is none. */
const shown = ({ told }) => told.requestBody?.content["application/json"].example;

/** The state in which a job takes the command; for the other routes it runs. */
const TAKEN_IN = {
  deleteJob: "failed", claimJob: "pending", ackJob: "delivered", retryJob: "failed", cancelJob: "scheduled", killJob: "running",
  queueRetry: "failed", queueCancel: "pending", queueDelete: "completed",
};

/** Asks with a project's key, unless the options say otherwise. */
export const call = (known, project, names, options = {}) =>
  knock(project.at.url + fill(known.path, { project: project.id, projectKey: project.projectKey, path: FILE, ...names }), {
    method: known.method, json: shown(known), key: project.apiKey, ...options,
  });

export const isAdministration = ({ told }) => told.tags.includes("Administration");
export const keyFor = (known, project) => (isAdministration(known) ? project.at.adminToken : project.apiKey);

/** What must be asked in a way of its own to succeed. */
const OTHERS = {
  createProject: () => asAdmin("createProject"),
  listProjects: () => asAdmin("listProjects"),
  updateProject: (project) => asAdmin("updateProject", { project: project.id }),
  createKey: (project) => asAdmin("createKey", { project: project.id }),
  listKeys: (project) => asAdmin("listKeys", { project: project.id }),
  revokeKey: async (project) => asAdmin("revokeKey", { project: project.id, key: (await project.newKey({ scopes: ["jobs:read"] })).id }),
  rotateProjectKey: async () => asAdmin("rotateProjectKey", { project: (await newProject()).id }),
  showMetrics: () => asAdmin("showMetrics"),
  openSession: (project) => call(operation("openSession"), project, {}, { json: { apiKey: project.apiKey } }),
  endSession: async (project) => (await signIn(project)).end(),
};

const asAdmin = (id, names = {}) => {
  const known = operation(id);
  return admin(known.method, fill(known.path, names), shown(known));
};

/** A job that takes what the route asks of it. */
export const jobFor = (known, project) => STATES[TAKEN_IN[known.id] ?? "running"](project);

/** Asks so that the route succeeds. */
export const succeeds = async (known, project) =>
  OTHERS[known.id] ? OTHERS[known.id](project) : call(known, project, { job: (await jobFor(known, project)).id });

/** All but those that describe the service, which have a test of their own. */
export const routes = operations.filter(({ id }) => !["openApi", "reference"].includes(id));
