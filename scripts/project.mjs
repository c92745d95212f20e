// The default project of a local service, with its keys. The service shows an API key once, so the state folder keeps it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "./paths.mjs";
import { Refusal } from "./step.mjs";

/** The folder in which `npm start` keeps the service's state and its default project. */
export const STATE = resolve(ROOT, process.env.JOBCAST_STATE || ".jobcast");

/** `{url, projectId, projectKey, apiKey}` as kept in the folder; undefined before the first start. */
export function keptProject(state = STATE) {
  const file = fileIn(state);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

const fileIn = (state) => join(state, "default-project.json");

/** Resolves to `{url, projectId, projectKey, apiKey}`; the first project that a service gets is its default project. */
export async function defaultProject(url, adminToken, state) {
  const admin = adminApi(url, adminToken);
  const project = (await present(admin, url, keptProject(state))) ?? (await created(admin));
  writeFileSync(fileIn(state), JSON.stringify({ ...project, url }, null, 2) + "\n", { mode: 0o600 });
  return { ...project, url };
}

/** The default project as the service has it now: another may have become it, and its project key may have been rotated. */
async function present(admin, url, kept) {
  const { projects } = await admin("GET", "/api/projects");
  const project = projects.find((each) => each.isDefault);
  if (!project) return undefined;
  const isGood = kept?.projectId === project.id && (await opens(url, kept.apiKey));
  return { projectId: project.id, projectKey: project.projectKey, apiKey: isGood ? kept.apiKey : await newKey(admin, project) };
}

async function opens(url, apiKey) {
  const { status } = await fetch(`${url}/api/v1/jobs?limit=1`, { headers: { "x-api-key": apiKey } });
  return status === 200;
}

/** The kept key is another project's, lost or revoked. */
async function newKey(admin, { id }) {
  return (await admin("POST", `/api/projects/${id}/keys`, { name: "npm start", scopes: ALL_SCOPES })).key;
}

async function created(admin) {
  const project = await admin("POST", "/api/projects", { name: "default", publicRead: true });
  return { projectId: project.id, projectKey: project.projectKey, apiKey: project.apiKey };
}

const ALL_SCOPES = [
  "jobs:create", "jobs:read", "jobs:read:progress", "jobs:poll", "jobs:ack", "jobs:progress", "jobs:event",
  "jobs:complete", "jobs:fail", "jobs:kill", "jobs:keepalive", "jobs:manage",
];

const adminApi = (url, token) => async (method, path, body) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Refusal(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
};
