// The lines of the log that an operator reads: which request, of which project and job, and no secret.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { instanceOfSuite } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { signIn } from "./session.mjs";
import { open } from "./stream.mjs";

const ROUTE = "/api/v1/jobs/{job}/progress";

describe("a service that logs every request", () => {
  const at = instanceOfSuite({ LOG_REQUESTS: "all" });
  const lineOf = (answer, event) => eventually("the line is in the log", () => at.lines(event).find(({ request: id }) => id === answer.headers.get("x-request-id")), Boolean, 5);

  test("tells of each by the id that its answer had, with route, job, project and status", async () => {
    const project = await newProject({ at });
    const job = await project.running();
    const answer = await job.post("progress", { percent: 1 });
    const { ms, ...line } = await lineOf(answer, "request.answered");
    assert.ok(ms >= 0);
    const request = answer.headers.get("x-request-id");
    assert.deepEqual(line, { event: "request.answered", request, method: "POST", route: ROUTE, job: job.id, project: project.id, status: 200 });
  });

  test("tells of a refusal with its code", async () => {
    const project = await newProject({ at });
    const job = await project.create();
    const answer = await job.post("progress", { percent: 1 });
    refused(answer, 409);
    const line = await lineOf(answer, "request.refused");
    assert.deepEqual([line.status, line.code, line.job, line.project], [409, "job_not_running", job.id, project.id]);
  });

  test("tells of a stream how it ended", async (t) => {
    const project = await newProject({ at });
    const job = await project.running();
    const stream = await open(t, job.eventsUrl, { key: project.apiKey });
    await job.report("complete");
    await stream.ended;
    const line = await lineOf(stream, "stream.ended");
    assert.deepEqual([line.reason, line.job, line.project, line.route], ["finished", job.id, project.id, "/api/v1/jobs/{job}/events"]);
  });

  test("has none of the secrets and none of the words that callers sent", async (t) => {
    const project = await newProject({ at, publicRead: true });
    const job = await project.running({ name: "hush-name", payload: { card: "hush-payload" } });
    const { token, url } = accepted(await job.post("tokens", {}), 201);
    const { cookie } = (await signIn(project)).headers;
    await (await open(t, url)).event("job:snapshot");
    await (await open(t, `${at.url}/v1/${project.projectKey}/events/${job.id}`)).close();
    await request(`${at.url}/api/v1/jobs/${job.id}?token=hush-token`);
    await request(`${at.url}/hush-path/${job.id}`, { method: "HUSHED" });
    await request(`${at.url}/api/v1/jobs?key=hush-key&q=hush-query`, { headers: { authorization: "Bearer hush-bearer", "user-agent": "hush-agent" } });
    await job.post("progress", { percent: 500, message: "hush-message" });
    await job.report("logs", ["hush-line"]);
    await job.report("fail", { error: "hush-error", retry: false });
    const last = await request(`${at.url}/api/projects`, { headers: { authorization: `Bearer ${at.adminToken}-hush` } });
    await lineOf(last, "request.refused");
    // wrangler has a line of its own for each request, with its path; the platform's is switched off in wrangler.toml.
    const said = at.said().split("\n").filter((line) => !line.startsWith("[wrangler")).join("\n");
    const session = /=([^;]+)/.exec(cookie)[1];
    for (const secret of [project.apiKey, token, session, project.projectKey, "hush", "HUSHED"]) assert.ok(!said.includes(secret), `${secret} is in the log`);
  });
});

describe("a service as it is set", () => {
  const at = instanceOfSuite();

  test("tells only of what was refused or failed", async () => {
    const project = await newProject({ at });
    accepted(await project.ask("GET", "/api/v1/jobs"));
    refused(await project.ask("GET", "/api/v1/jobs?limit=no"), 400);
    const lines = await eventually("the refusal is in the log", () => at.lines("request.answered", "request.refused"), (all) => all.length > 0, 5);
    assert.deepEqual(lines.map(({ event, code }) => [event, code]), [["request.refused", "invalid_request"]]);
  });
});
