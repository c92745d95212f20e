// A job as a producer handles it.
import assert from "node:assert/strict";
import { accepted } from "./request.mjs";

export class Job {
  constructor(project, created) {
    Object.assign(this, { project, created, id: created.id, path: `/api/v1/jobs/${created.id}` });
    this.eventsUrl = `${project.at.url}${this.path}/events`;
  }

  ask(method, part = "", options = {}) {
    return this.project.ask(method, this.path + part, options);
  }

  /** `POST /jobs/{id}/{part}`, whatever comes of it. */
  post(part, json, options = {}) {
    return this.ask("POST", `/${part}`, { json, ...options });
  }

  /** As `post`, but it must succeed; gives the body. */
  async report(part, json, options = {}) {
    return accepted(await this.post(part, json, options));
  }

  async now() {
    return accepted(await this.ask("GET"));
  }

  /** A page of the log: the stream's polling fallback. */
  async page(query = "", options = {}) {
    return accepted(await this.ask("GET", `/events?${query}`, { headers: { accept: "application/json" }, ...options }));
  }

  /** The whole log. */
  async log() {
    const events = [];
    for (let after = 0; after !== null; ) {
      const page = await this.page(`after=${after}&limit=1000`);
      events.push(...page.events);
      after = page.nextAfter;
    }
    return events;
  }

  async types() {
    return (await this.log()).map((event) => event.type);
  }

  async lines(query = "limit=1000") {
    return accepted(await this.ask("GET", `/logs?${query}`)).logs;
  }

  async checkpoints() {
    return accepted(await this.ask("GET", "/checkpoints")).checkpoints;
  }

  /** Everything that can be read of it, to compare before and after. */
  async everything() {
    const [job, log, lines, checkpoints] = await Promise.all([this.now(), this.log(), this.lines(), this.checkpoints()]);
    return { job, log, lines, checkpoints };
  }

  /** What `work` does leaves no trace. */
  async unchangedBy(work) {
    const before = await this.everything();
    const result = await work();
    assert.deepEqual(await this.everything(), before);
    return result;
  }
}
