// What takes an Idempotency-Key: every route that creates or reports, as one request with its key, and what shows that it counted once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { BATCHES } from "./batch.mjs";
import { request } from "./request.mjs";
import { STATES } from "./states.mjs";

const LINES = ["one", { message: "two", level: "warn" }];
const json = (body) => ({ headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
const on = (path, state, options, name = path) => ({ name, path, state, options });
const jobs = (part, state, body, name) => on(`/api/v1/jobs/{job}/${part}`, state, json(body), name);

/** Of one job: the path as routes.json has it, the state that it begins from, and the request. */
export const OF_A_JOB = [
  jobs("claim", "pending"),
  jobs("ack", "pending"),
  jobs("ack", "delivered", undefined, "ack of a delivered job"),
  jobs("progress", "running", { percent: 40, message: "half" }),
  jobs("checkpoint", "running", { segment: 7 }),
  jobs("event", "running", { kind: "note" }),
  jobs("keepalive", "running"),
  ...Object.entries(BATCHES).map(([form, batch]) => on("/api/v1/jobs/{job}/logs", "running", batch(LINES), `logs, ${form}`)),
  on("/api/v1/jobs/{job}/stages/{stage}", "running", json({ type: "start" })),
  jobs("complete", "running", { result: { file: "out.mp4" } }),
  jobs("fail", "running", { error: "disk full" }, "fail, with attempts left"),
  jobs("fail", "running", { error: "disk full", retry: false }, "fail for good"),
  jobs("kill", "running", { reason: "no longer needed" }),
  jobs("retry", "failed"),
  jobs("cancel", "pending"),
  on("/queue/jobs/{job}/retry", "failed", json()),
  on("/queue/jobs/{job}/cancel", "pending", json()),
];

/** Why a route that changes something takes no key; docs/REPEATS.md has what its repeat does. */
export const WITHOUT_KEY = {
  "DELETE /api/v1/jobs/{job}": "gone is gone",
  "DELETE /queue/jobs/{job}": "gone is gone",
  "DELETE /api/projects/{project}/keys/{key}": "revoked is revoked",
  "PATCH /api/projects/{project}": "sets what it names",
  "POST /api/projects/{project}/rotate-project-key": "rotates once more",
  "POST /api/v1/jobs/{job}/tokens": "a token leaves no trace",
  "POST /api/session": "opens another session",
  "POST /api/projects": "a secret that is shown once is stored nowhere",
  "POST /api/projects/{project}/keys": "a secret that is shown once is stored nowhere",
  "DELETE /api/session": "ended is ended",
};

/** One request about one job, to be sent as often as one likes. */
export class Repeatable {
  constructor(job, { path, options }, key = randomUUID()) {
    this.path = path.replace("{job}", job.id).replace("{stage}", "encode");
    this.init = { method: "POST", ...options, headers: { ...options.headers, "x-api-key": job.project.apiKey, "idempotency-key": key } };
    Object.assign(this, { job, key });
  }

  static async prepared(project, row) {
    return new Repeatable(await STATES[row.state](project), row);
  }

  /** Where there is nobody to answer, there is no answer: undefined. */
  send(url = this.job.project.at.url) {
    return request(url + this.path, { ...this.init, method: "POST" }).catch((lost) => {
      if (lost.name !== "TypeError") throw lost;
    });
  }

  /** The repeat succeeds, whatever became of the first; sent once more it is answered alike. Gives the answer. */
  async repeated() {
    const answer = await this.send();
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual((await this.send()).body, answer.body);
    return answer.body;
  }

  /** What the job has been through but for what the clock adds, and its lines. */
  async trace() {
    const types = (await this.job.types()).filter((type) => type !== "job.queued");
    return { types, lines: (await this.job.lines()).map(({ message }) => message) };
  }
}
