// A tenant of its own for each test, made through the admin API, so that tests can run side by side.
import { Job } from "./job.mjs";
import { place } from "./place.mjs";
import { accepted, request } from "./request.mjs";

/** Calls an administration route. */
export const admin = (method, path, json, at = place) =>
  request(at.url + path, { method, json, headers: { authorization: `Bearer ${at.adminToken}` } });

export async function newProject({ publicRead = false, at = place } = {}) {
  const made = accepted(await admin("POST", "/api/projects", { name: "test", publicRead }, at), 201);
  return new Project(at, made);
}

export class Project {
  constructor(at, { id, apiKey, projectKey }) {
    Object.assign(this, { at, id, apiKey, projectKey });
  }

  /** A request with the project's first key, which has every scope, unless `options.key` says otherwise. */
  ask(method, path, options = {}) {
    return request(this.at.url + path, { method, key: this.apiKey, ...options });
  }

  async create(fields = {}) {
    return new Job(this, accepted(await this.ask("POST", "/api/v1/jobs", { json: fields }), 201));
  }

  /** A job that a producer has begun to work on. */
  async running(fields = {}) {
    const job = await this.create(fields);
    await job.report("ack");
    return job;
  }

  poll(json = {}, options = {}) {
    return this.ask("POST", "/api/v1/jobs/poll", { json, ...options });
  }

  async polled(json = {}) {
    return accepted(await this.poll(json)).jobs;
  }

  async list(query = "") {
    return accepted(await this.ask("GET", `/api/v1/jobs?${query}`));
  }

  /** The secret of a new key. */
  async key(scopes, fields = {}) {
    return (await this.newKey({ scopes, ...fields })).key;
  }

  async newKey(fields) {
    return accepted(await admin("POST", `/api/projects/${this.id}/keys`, fields, this.at), 201);
  }
}
