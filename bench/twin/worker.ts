// The routes that the cases of `npm run bench` use, as the contract has them.
import { type Context, Hono } from "hono";
import insertKey from "../../src/sql/directory/insert_key.sql";
import insertProject from "../../src/sql/directory/insert_project.sql";
import leaseJobs from "../../src/sql/directory/lease_jobs.sql";
import { enter, hashOf } from "./access.js";
import * as asked from "./asked.js";
import { batchBody, jsonBody } from "./body.js";
import { objectOf } from "./fields.js";
import type { Shown } from "./job.js";
import { accepted, Problem, problemResponse, refuse, refused, refuseField } from "./problem.js";
import { ulid } from "./ulid.js";

export { Job } from "./job.js";

type Variables = { requestId: string };
type Visit = Context<{ Bindings: Env; Variables: Variables }>;
const LEASE_MS = 10_000;
const ID = /^job_[0-9A-HJKMNP-TV-Z]{26}$/;

const app = new Hono<{ Bindings: Env; Variables: Variables }>();

app.get("/health", (c) => c.json({ status: "ok" }));

app.post("/api/v1/jobs", async (c) => {
  const { project } = await entered(c, "create");
  const body = await jsonBody(c.req.raw);
  const jobs = await Promise.all(asked.creation(body).map((job) => created(c, project, job)));
  return answer(c, Array.isArray(body) ? `{"jobs":[${jobs.join()}]}` : jobs[0]!, 201);
});

async function created(c: Visit, project: string, job: asked.Created): Promise<string> {
  const id = `job_${ulid()}`;
  return withEventsUrl(c, accepted(await c.env.JOB.getByName(id).create(id, project, job)), id);
}

app.post("/api/v1/jobs/poll", async (c) => {
  const { project } = await entered(c, "poll");
  const { count, names } = asked.poll(await jsonBody(c.req.raw));
  if (names.length > 0) refuseField("names", "The twin polls for any name.");
  const now = Date.now();
  const { results } = await c.env.DB.prepare(leaseJobs).bind(project, now, now + LEASE_MS, count, null).all<{ id: string; priority: number }>();
  results.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
  const jobs = await Promise.all(results.map(({ id }) => delivered(c, project, id)));
  return answer(c, `{"jobs":[${jobs.filter((job) => job !== null).join()}]}`);
});

/** `null` when another was faster: the object decides. */
async function delivered(c: Visit, project: string, id: string): Promise<string | null> {
  const job = await c.env.JOB.getByName(id).deliver(project);
  return "refused" in job ? null : withEventsUrl(c, job, id);
}

app.post("/api/v1/jobs/:id/ack", async (c) => {
  const { project } = await entered(c, "ack");
  return answer(c, withEventsUrl(c, accepted(await objectOfJob(c).ack(project))));
});

app.post("/api/v1/jobs/:id/progress", async (c) => {
  const { project } = await entered(c, "progress");
  const report = asked.progress(await jsonBody(c.req.raw));
  const { id } = accepted(await objectOfJob(c).progress(project, report, attempt(c)));
  return answer(c, JSON.stringify({ success: true, id }));
});

app.post("/api/v1/jobs/:id/logs", async (c) => {
  const { project } = await entered(c, "event");
  const lines = asked.lines(await batchBody(c.req.raw));
  const { fromSeq, toSeq } = accepted(await objectOfJob(c).logs(project, lines));
  return answer(c, JSON.stringify({ success: true, inserted: lines.length, fromSeq, toSeq }));
});

app.post("/api/v1/jobs/:id/complete", async (c) => {
  const { project } = await entered(c, "complete");
  const fields = objectOf(await jsonBody(c.req.raw));
  return answer(c, withEventsUrl(c, accepted(await objectOfJob(c).complete(project, fields.result ?? null, attempt(c)))));
});

const CURSOR = /^\d{1,15}$/;
const STREAM = { "content-type": "text/event-stream", "cache-control": "no-cache", "x-accel-buffering": "no" };

app.get("/api/v1/jobs/:id/events", async (c) => {
  const { project } = await entered(c, "read");
  const cursor = c.req.header("last-event-id") ?? c.req.query("lastEventId");
  if (cursor !== undefined && !CURSOR.test(cursor)) refuse("invalid_cursor", "The cursor is no event's id.", { field: "Last-Event-ID" });
  const headers = new Headers({ "x-project": project });
  if (cursor !== undefined) headers.set("x-cursor", cursor);
  const stream = await objectOfJob(c).fetch("https://object/", { headers });
  if (stream.status === 404) refuse("job_not_found", "There is no such job.");
  if (stream.status === 204) return stream;
  return new Response(stream.body, { status: stream.status, headers: { ...STREAM, "x-request-id": c.var.requestId } });
});

/** The first project and its key, for who starts the bench. */
app.post("/api/projects", async (c) => {
  const token = (c.env as unknown as { ADMIN_TOKEN: string }).ADMIN_TOKEN;
  if (c.req.header("authorization") !== `Bearer ${token}`) refuse("invalid_credential", "Send the admin token.");
  const [id, apiKey, now] = [`prj_${ulid()}`, `jc_${crypto.randomUUID()}`, Date.now()];
  await c.env.DB.batch([
    c.env.DB.prepare(insertProject).bind(id, "twin", 1, `pk_${crypto.randomUUID()}`, 24, now),
    c.env.DB.prepare(insertKey).bind(`key_${ulid()}`, id, "bench", await hashOf(apiKey), apiKey.slice(0, 8), 0xfff, now, null),
  ]);
  return answer(c, JSON.stringify({ id, apiKey }), 201);
});

app.notFound(() => problemResponse(refused("not_found", "There is nothing here."), `req_${ulid()}`));
app.onError((error, c) => {
  const id = c.var.requestId ?? `req_${ulid()}`;
  if (error instanceof Problem) return problemResponse(error.refusal, id);
  console.error(error);
  return problemResponse(refused("internal", "Something failed here: try again."), id);
});

export default app;

async function entered(c: Visit, scope: string) {
  c.set("requestId", `req_${ulid()}`);
  return enter(c.req.raw, c.env, c.executionCtx as ExecutionContext, scope);
}

function objectOfJob(c: Visit) {
  const id = c.req.param("id") ?? "";
  if (!ID.test(id)) refuse("job_not_found", "There is no such job.");
  return c.env.JOB.getByName(id);
}

function attempt(c: Visit): number | null {
  const header = c.req.header("x-job-attempt");
  if (header === undefined) return null;
  return /^[1-9]\d*$/.test(header.trim()) ? Number(header) : refuseField("X-Job-Attempt", "X-Job-Attempt must be a whole number from 1 on.");
}

/** The job ends with what only the Worker knows: under which host it was reached. */
function withEventsUrl(c: Visit, { job }: Shown, id = c.req.param("id") ?? ""): string {
  return `${job.slice(0, -1)},"eventsUrl":"${new URL(c.req.url).origin}/api/v1/jobs/${id}/events"}`;
}

function answer(c: Visit, body: string, status = 200): Response {
  const headers = { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff", "x-request-id": c.var.requestId };
  return new Response(body, { status, headers });
}
