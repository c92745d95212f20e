// One job: its state in memory, its log in SQLite, its subscribers. Everything a command does happens in one turn, without an await, up to its
// commit; the platform's output gate holds the answer back until that is durable.
import { DurableObject } from "cloudflare:workers";
import upsertJob from "../../src/sql/directory/upsert_job.sql";
import type { Created, Progress } from "./asked.js";
import { Audience, Subscriber } from "./audience.js";
import { frame, Log } from "./log.js";
import { refused, type Refused } from "./problem.js";
import { report, shown, snapshot, type State } from "./state.js";

/** Progress reaches the directory at most so often. */
const BEHIND_MS = 1_000;
/** How soon the alarm looks whether the directory has what it should. */
const CHECK_MS = 5_000;
/** Reports between two saved jobs: what waking has to fold at the most. */
const SAVE_EVERY = 256;
const encoder = new TextEncoder();

/** The job as text: a text crosses to the Worker faster than an object. */
export interface Shown {
  job: string;
}

export class Job extends DurableObject<Env> {
  readonly #log = new Log(this.ctx.storage.sql);
  readonly #audience = new Audience(() => this.ctx.storage.sync());
  #job: State | undefined;
  /** The newest event that the directory knows of. */
  #settled = 0;
  #isProjecting = false;
  /** Reports since the job was saved. */
  #unsaved = 0;
  /** When the alarm rings; it is only ever moved earlier. */
  #alarmAt = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const body = this.#log.load();
    if (body === undefined) return;
    const job = JSON.parse(body) as State;
    for (const data of this.#log.progressSince(job.updatedAt)) report(job, JSON.parse(data) as Progress);
    if (job.status === "running") job.deadline = this.#log.tail + 1_000 * job.timeoutSeconds;
    this.#job = job;
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = (await ctx.storage.getAlarm()) ?? Infinity;
    });
  }

  async create(id: string, project: string, created: Created): Promise<Shown | Refused> {
    if (this.#job) return { job: shown(this.#job) };
    const now = Date.now();
    const isLater = created.scheduledFor !== null && created.scheduledFor > now;
    this.#job = {
      ...created, id, project, status: isLater ? "scheduled" : "pending", attempt: 1, percent: 0, message: null, subProgress: null, result: null, error: null, errorCode: null,
      createdAt: now, deliveredAt: null, startedAt: null, completedAt: null, updatedAt: now, deadline: isLater ? created.scheduledFor : null, endedBy: null,
    };
    this.#log.create();
    return this.#moved(this.#job, "~created", "{}");
  }

  async deliver(project: string): Promise<Shown | Refused> {
    const job = this.#of(project);
    if ("refused" in job) return job;
    if (job.status !== "pending") return refused("job_not_pending", `The job is ${job.status}.`, { status: job.status });
    Object.assign(job, { status: "delivered", deliveredAt: Date.now(), deadline: Date.now() + 1_000 * job.timeoutSeconds });
    return this.#moved(job, "~delivered", "{}");
  }

  async ack(project: string): Promise<Shown | Refused> {
    const job = this.#of(project);
    if ("refused" in job) return job;
    if (job.status !== "pending" && job.status !== "delivered") return refused("job_not_pending", `The job is ${job.status}.`, { status: job.status });
    const now = Date.now();
    Object.assign(job, { status: "running", deliveredAt: job.deliveredAt ?? now, startedAt: now, deadline: now + 1_000 * job.timeoutSeconds });
    return this.#moved(job, "job:started", JSON.stringify({ attempt: job.attempt, startedAt: new Date(now).toISOString() }));
  }

  progress(project: string, progress: Progress, attempt: number | null): { id: number } | Refused {
    const job = this.#running(project, attempt);
    if ("refused" in job) return job;
    const id = this.#append("job:progress", progress.data);
    report(job, progress);
    job.updatedAt = id;
    job.deadline = Date.now() + 1_000 * job.timeoutSeconds;
    if (++this.#unsaved === SAVE_EVERY) this.#save(job);
    this.#projectBehind();
    return { id };
  }

  logs(project: string, lines: string[]): { fromSeq: number; toSeq: number } | Refused {
    const job = this.#of(project);
    if ("refused" in job) return job;
    const range = this.#log.appendLines(lines, (id, data) => this.#audience.tell(id, frame("job:log", id, data)));
    job.updatedAt = this.#log.tail;
    this.#projectBehind();
    return range;
  }

  async complete(project: string, result: unknown, attempt: number | null): Promise<Shown | Refused> {
    const found = this.#of(project);
    if (!("refused" in found) && found.status === "completed") {
      if (JSON.stringify(found.result) === JSON.stringify(result)) return { job: shown(found) };
      return refused("job_finished", "The job has completed with another result.", { status: found.status });
    }
    const job = this.#running(project, attempt);
    if ("refused" in job) return job;
    Object.assign(job, { status: "completed", percent: 100, result, completedAt: Date.now(), deadline: null });
    return this.#moved(job, "job:completed", JSON.stringify(result === null ? {} : { result }));
  }

  /** The stream of one subscriber: a snapshot, what it missed, then what comes. */
  override async fetch(request: Request): Promise<Response> {
    const job = this.#of(request.headers.get("x-project") ?? "");
    if ("refused" in job) return Response.json(job, { status: 404 });
    const cursor = request.headers.get("x-cursor");
    const present = job.endedBy === null ? this.#log.tail : job.endedBy - 1;
    const asked = cursor === null ? present : Number(cursor);
    const reason = asked > this.#log.tail ? "cursor_ahead" : cursor !== null && this.#log.isBefore(asked) ? "cursor_too_old" : null;
    if (asked === job.endedBy) return new Response(null, { status: 204 });
    const from = reason ? present : asked;
    const { readable, writable } = new IdentityTransformStream();
    const reset = reason ? `event: reset\ndata: ${JSON.stringify({ reason, oldest: this.#log.oldest() })}\n\n` : "";
    const subscriber = new Subscriber(writable.getWriter(), from);
    void this.#follow(subscriber, `retry: ${2_000 + Math.floor(Math.random() * 2_000)}\n\n${reset}${frame("job:snapshot", from, snapshot(job))}`);
    return new Response(readable);
  }

  /** The one alarm: deadlines, and what the directory lacks. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity;
    const job = this.#job;
    if (!job) return;
    if (job.deadline !== null && job.deadline <= Date.now()) await this.#overdue(job);
    else if (this.#settled < this.#log.tail) await this.#project(job);
    if (this.#settled < this.#log.tail) this.#arm(Date.now() + CHECK_MS);
    else if (job.deadline !== null) this.#arm(job.deadline);
  }

  async #overdue(job: State): Promise<void> {
    const isLast = job.status === "running" && job.attempt >= job.maxAttempts;
    if (isLast) {
      Object.assign(job, { status: "failed", error: "The job timed out.", errorCode: "timeout", completedAt: Date.now(), deadline: null });
      await this.#moved(job, "job:failed", JSON.stringify({ error: job.error, code: "timeout" }));
      return;
    }
    if (job.status === "running") job.attempt += 1;
    Object.assign(job, { status: "pending", deadline: null });
    await this.#moved(job, "job:retry", JSON.stringify({ attempt: job.attempt, retryAt: new Date().toISOString(), error: "The job timed out.", code: "timeout" }));
  }

  #of(project: string): State | Refused {
    return this.#job?.project === project ? this.#job : refused("job_not_found", "There is no such job.");
  }

  #running(project: string, attempt: number | null): State | Refused {
    const job = this.#of(project);
    if ("refused" in job) return job;
    if (attempt !== null && attempt !== job.attempt) return refused("attempt_superseded", "This attempt is over: stop working on it.", { status: job.status });
    return job.status === "running" ? job : refused("job_not_running", `The job is ${job.status}.`, { status: job.status });
  }

  #append(event: string, data: string): number {
    const id = this.#log.append(event, data);
    if (!event.startsWith("~")) this.#audience.tell(id, frame(event, id, data));
    return id;
  }

  /** A transition: event, state and alarm in one commit; the answer waits for the directory, and for nothing else. */
  async #moved(job: State, event: string, data: string): Promise<Shown> {
    const id = this.#append(event, data);
    job.updatedAt = id;
    if (job.status === "completed" || job.status === "failed") {
      job.endedBy = id;
      this.#audience.end();
    }
    this.#save(job);
    this.#arm(Math.min(Date.now() + CHECK_MS, job.deadline ?? Infinity));
    const text = shown(job);
    await this.#project(job, text);
    return { job: text };
  }

  #save(job: State): void {
    this.#log.save(JSON.stringify(job));
    this.#unsaved = 0;
  }

  #arm(time: number): void {
    if (time >= this.#alarmAt) return;
    this.#alarmAt = time;
    void this.ctx.storage.setAlarm(time);
  }

  /** Brings the directory's row forward. What D1 refuses is tried again by the alarm. */
  async #project(job: State, text = shown(job)): Promise<void> {
    const tail = this.#log.tail;
    const bound = [job.id, job.project, job.name, job.filePath, job.status, job.priority, job.attempt, job.maxAttempts, tail, text, null];
    try {
      await this.env.DB.prepare(upsertJob).bind(...bound).run();
      this.#settled = Math.max(this.#settled, tail);
    } catch (error) {
      console.error("directory.refused", error);
    }
  }

  /** Many reports, one write. */
  #projectBehind(): void {
    if (this.#isProjecting) return;
    this.#isProjecting = true;
    setTimeout(() => {
      this.#isProjecting = false;
      if (this.#job) void this.#project(this.#job);
    }, BEHIND_MS);
  }

  /** A page at a time, as fast as it is read; live in the very turn in which nothing is left to read. */
  async #follow(subscriber: Subscriber, opening: string): Promise<void> {
    let text = opening;
    for (let page = this.#log.page(subscriber.cursor); page; page = this.#log.page(subscriber.cursor)) {
      await this.ctx.storage.sync();
      subscriber.cursor = page.last;
      if (!(await subscriber.write(encoder.encode(text + page.text)))) return;
      text = "";
    }
    if (text !== "") void subscriber.write(encoder.encode(text));
    if (this.#job?.endedBy) subscriber.close();
    else this.#audience.admit(subscriber);
  }
}
