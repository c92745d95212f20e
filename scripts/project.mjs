// The default project of a local service, with its keys. The service shows an API key once, so the state folder keeps it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./step.mjs";

/** Resolves to `{url, projectId, projectKey, apiKey}`; the first project that a service gets is its default project. */
export async function defaultProject(url, adminToken, state) {
  const file = join(state, "default-project.json");
  const admin = adminApi(url, adminToken);
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  const project = (kept && (await stillGood(url, kept))) ?? (await adopted(admin)) ?? (await created(admin));
  writeFileSync(file, JSON.stringify({ ...project, url }, null, 2) + "\n", { mode: 0o600 });
  return { ...project, url };
}

async function stillGood(url, kept) {
  const { status } = await fetch(`${url}/api/v1/jobs?limit=1`, { headers: { "x-api-key": kept.apiKey } });
  return status === 200 ? kept : undefined;
}

/** The project is there but its key is lost or revoked: it gets a new one. */
async function adopted(admin) {
  const { projects } = await admin("GET", "/api/projects");
  const first = projects.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0];
  if (!first) return undefined;
  const { key } = await admin("POST", `/api/projects/${first.id}/keys`, { name: "npm start", scopes: ALL_SCOPES });
  return { projectId: first.id, projectKey: first.projectKey, apiKey: key };
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
