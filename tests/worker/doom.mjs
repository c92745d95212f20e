// Makes one object of an instance on `fragile.mjs` panic. The panic takes the memory of everything in its isolate, and whoever asked
// is told that the service failed, or is never answered.
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.mjs";
import { request } from "./request.mjs";

export const FRAGILE = fileURLToPath(new URL("fragile.mjs", import.meta.url));

/**
 * Asks `url` something of which an object panics whose name (a job's or a project's id) begins with `name`: right after its "commit", in "waitUntil"
 * behind it, or in "acceptWebSocket" when a reader joins. Resolves when it has.
 * A "commit" borrows the trap of a panic that the process has had before: `firstPanic` sees to one.
 */
export async function panic({ at, name, moment }, url, init) {
  await request(`${at.url}/api/doom?${new URLSearchParams({ name, at: moment })}`);
  const control = new AbortController();
  const answer = fetch(url, { ...init, signal: control.signal }).then(({ status }) => status, () => undefined);
  const struck = eventually("the panic", () => request(`${at.url}/api/doom/left`), ({ body }) => body === null);
  const status = await Promise.race([answer, struck.then(() => undefined)]);
  control.abort();
  if (status !== undefined && status !== 500) throw new Error(`${url} was answered ${status}, in spite of the panic.`);
}

/** A panic of a job that nobody needs. */
export async function firstPanic(project) {
  const job = await project.running();
  const init = { method: "POST", body: '{"percent":1}', headers: { "x-api-key": project.apiKey, "content-type": "application/json" } };
  await panic({ at: project.at, name: job.id, moment: "waitUntil" }, `${project.at.url}${job.path}/progress`, init);
}
