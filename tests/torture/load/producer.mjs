// Who makes jobs and reports on them, straight to the runtime, over connections that are kept.
import { Agent, request } from "node:http";

/** Each thread of a producer has one report under way. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export class Producer {
  constructor(url, key) {
    Object.assign(this, { url, key });
  }

  /** Resolves to `{status, body}`, whatever the status. */
  ask(method, path, { json, body = json && JSON.stringify(json), headers = {} } = {}) {
    const type = json && { "content-type": "application/json" };
    const length = body ? { "content-length": Buffer.byteLength(body) } : {};
    return new Promise((answered, failed) => {
      const call = request(this.url + path, { method, agent, headers: { "x-api-key": this.key, ...type, ...length, ...headers } }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (more) => (text += more));
        answer.once("end", () => answered({ status: answer.statusCode, body: text && JSON.parse(text) })).once("error", failed);
      });
      call.once("error", failed).end(body);
    });
  }

  /** As `ask`, but anything other than success is an error. */
  async accepted(method, path, options) {
    const { status, body } = await this.ask(method, path, options);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  report(job, part, json) {
    return this.accepted("POST", `/api/v1/jobs/${job}/${part}`, { json });
  }

  /** So many jobs that run, with what they were created with. */
  async running(count, fields = { timeoutSeconds: 86_400 }) {
    const jobs = [];
    while (jobs.length < count) {
      const batch = Array(Math.min(100, count - jobs.length)).fill(fields);
      jobs.push(...(await this.accepted("POST", "/api/v1/jobs", { json: batch })).jobs.map(({ id }) => id));
    }
    await inLanes(16, jobs, (job) => this.report(job, "ack"));
    return jobs;
  }
}

/** Does `work` for each of `all`, so many at a time. */
export async function inLanes(lanes, all, work) {
  const rest = [...all].reverse();
  const lane = async () => {
    while (rest.length > 0) await work(rest.pop());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

export const eventsOf = (job) => `/api/v1/jobs/${job}/events`;
export const range = (count) => Array.from({ length: count }, (_, index) => index + 1);
