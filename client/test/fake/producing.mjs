// An attempt whose reports go to a scripted service, which takes everything unless the script says otherwise.
import { gunzipSync } from "node:zlib";
import { Attempt } from "jobcast-client";
import { ManualClock } from "./clock.mjs";
import { json, ScriptedService } from "./service.mjs";

export const job = { id: "job_1", attempt: 2, timeoutSeconds: 300, payload: { file: "a.mp4" } };

export function producing(options) {
  const [service, clock] = [new TakingService(), new ManualClock()];
  return { service, clock, attempt: new Attempt({ ...job, ...options?.job }, { url: "https://jobcast.example", key: "jc_k", fetch: service.fetch, clock, ...options }) };
}

export class TakingService extends ScriptedService {
  constructor() {
    super();
    const scripted = this.fetch;
    this.fetch = (url, init) => {
      if (this.left === 0) this.will(json(200, { success: true, id: 1 }));
      return scripted(url, init);
    };
  }

  /** What arrived, as `[part, body]`. */
  get reports() {
    return this.requests.map((request) => [request.url.pathname.replace("/api/v1/jobs/job_1/", ""), bodyOf(request)]);
  }
}

export function bodyOf({ body, headers }) {
  if (body === undefined) return undefined;
  if (typeof body === "string") return JSON.parse(body);
  const text = headers.get("content-encoding") === "gzip" ? gunzipSync(body).toString() : Buffer.from(body).toString();
  return text.split("\n").map((line) => JSON.parse(line));
}
