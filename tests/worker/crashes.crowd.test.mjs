// A service that is killed again and again under load. What it answered with 2xx is there, a report that was sent again counts once,
// and whoever watches sees every event once, in order. `JOBCAST_CRASHES=200` for a long run; a failing run's `JOBCAST_SEED` repeats
// its moments.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startInstance } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { Reader } from "./reader.mjs";
import { accepted, request } from "./request.mjs";
import { queueUrl } from "./urls.mjs";
import { queueNames } from "./views.mjs";

const CRASHES = Number(process.env.JOBCAST_CRASHES ?? 5);
const SEED = Number(process.env.JOBCAST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const PRODUCERS = 6;
const REPORTS_A_JOB = 12;
/** A run is as long as it has crashes; each costs a start of the service. */
const PATIENCE_MS = 120_000 + CRASHES * 30_000;

test(`a service that is killed ${CRASHES} times under load (JOBCAST_SEED=${SEED})`, { timeout: PATIENCE_MS }, async (t) => {
  const at = await startInstance(t);
  const service = new Mortal(at, dice(SEED));
  const project = await newProject({ at });
  const feed = new Reader(t, queueUrl(project), project.apiKey, queueNote, () => service.back());
  await feed.begun();
  const producers = Array.from({ length: PRODUCERS }, () => new Producer(t, service, project));
  await Promise.all(producers.map((producer) => producer.work()));
  const jobs = producers.flatMap((producer) => producer.jobs);
  t.diagnostic(`${service.crashes} crashes, ${service.answers} answers, ${service.lost} requests without one, ${jobs.length} jobs`);
  const logs = [];
  for (const { id } of jobs) logs.push(await wholeLog(project, id));
  t.diagnostic(`${logs.flat().length} events to compare, each with what its producer was answered and what its readers saw`);

  await t.test("was killed often enough, and in the middle of requests", () => {
    assert.equal(service.crashes, CRASHES);
    assert.ok(service.lost >= CRASHES, `${service.lost} requests were lost`);
  });

  await t.test("has everything that it answered with 2xx, once, in the order of each producer", () => {
    for (const [index, job] of jobs.entries()) assert.deepEqual(marks(logs[index]), job.marks, job.id);
  });

  await t.test("showed each job's subscriber every event once, in order", async () => {
    for (const [index, { reader }] of jobs.entries()) {
      const told = logs[index].filter(({ type }) => SHOWN.has(type)).map(({ id }) => String(id));
      await reader.has(told.length);
      assert.deepEqual(reader.seen, told);
    }
  });

  await t.test("told the project's subscriber every step of every job once, in order", async () => {
    const expected = new Map(jobs.map(({ id }, index) => [id, queueNames(logs[index])]));
    await feed.has([...expected.values()].flat().length);
    for (const [id, names] of expected) assert.deepEqual(feed.seen.filter(([job]) => job === id).map(([, name]) => name), names, id);
  });

  await t.test("lists every job as it ended", async () => {
    for (const { id } of jobs) {
      const listed = accepted(await project.ask("GET", `/api/v1/jobs/${id}`));
      assert.deepEqual([listed.status, listed.result], ["completed", { last: REPORTS_A_JOB }]);
    }
    const { total } = await project.list("status=completed&limit=1");
    assert.equal(total, jobs.length);
  });
});

/** What a job's subscriber with `jobs:read` is told of what these producers do, beside the snapshot, where the job begins. */
const SHOWN = new Set(["job.started", "progress.reported", "event.emitted", "checkpoint.saved", "log.appended", "job.completed"]);
const jobNote = ({ event, id }) => (event === "job:snapshot" ? undefined : id);

const queueNote = (frame) =>
  frame.event.startsWith("job:") && frame.event !== "job:progress" ? [frame.json().jobId, frame.event] : undefined;

/** What a log holds of a producer's reports, in their own words. */
const marks = (log) => log.map(({ type, data }) => mark(type, data)).filter((found) => found !== undefined);

function mark(type, data) {
  switch (type) {
    case "progress.reported": return data.percent;
    case "event.emitted": case "checkpoint.saved": return data.mark;
    case "log.appended": return Number(data.lines[0].message);
    default: return undefined;
  }
}

async function wholeLog(project, id) {
  const answer = await project.ask("GET", `/api/v1/jobs/${id}/events?after=0&limit=1000`, { headers: { accept: "application/json" } });
  return accepted(answer).events;
}

/** The service, which dies after so many answers, and comes back. */
class Mortal {
  crashes = 0;
  answers = 0;
  lost = 0;
  #life;
  #death;

  constructor(at, roll) {
    Object.assign(this, { at, roll });
    this.#life = this.#lifetime();
  }

  #lifetime() {
    return this.answers + 10 + this.roll(80);
  }

  get over() {
    return this.crashes === CRASHES && !this.#death;
  }

  /** Resolves when it lives. */
  async back() {
    await this.#death;
  }

  /** An answer, however often the request must be sent until there is one: the key lets it count once. */
  async ask(url, json) {
    const headers = { "idempotency-key": crypto.randomUUID() };
    for (;;) {
      await this.back();
      try {
        const answer = await request(url.href, { method: "POST", key: url.key, json, headers });
        if (answer.status < 500) return this.#answered(accepted(answer, answer.status === 201 ? 201 : 200));
      } catch (failure) {
        if (failure.code === "ERR_ASSERTION") throw failure;
      }
      this.lost += 1;
    }
  }

  #answered(body) {
    this.answers += 1;
    if (this.answers >= this.#life && this.crashes < CRASHES && !this.#death) this.#death = this.#die();
    return body;
  }

  async #die() {
    await this.at.kill();
    await this.at.start();
    this.crashes += 1;
    this.#life = this.#lifetime();
    this.#death = undefined;
  }
}

/** Runs job after job until the service has died often enough, and the one in hand to its end. */
class Producer {
  jobs = [];

  constructor(t, service, project) {
    Object.assign(this, { t, service, project });
  }

  async work() {
    do await this.#job();
    while (!this.service.over);
  }

  async #job() {
    const name = crypto.randomUUID();
    const { id, eventsUrl } = await this.#ask("", { name });
    const reader = new Reader(this.t, eventsUrl, this.project.apiKey, jobNote, () => this.service.back());
    await reader.begun();
    // However often the answer is lost, the repeat is given the same job: nobody else would take it before its time-out.
    const { jobs } = await this.#ask("/poll", { names: [name], waitSeconds: 20 });
    assert.deepEqual(jobs.map((given) => given.id), [id]);
    await this.#ask(`/${id}/ack`);
    const job = { id, reader, marks: [] };
    for (let mark = 1; mark <= REPORTS_A_JOB; mark++) {
      const [part, body] = KINDS[mark % KINDS.length](mark);
      await this.#ask(`/${id}/${part}`, body);
      job.marks.push(mark);
    }
    await this.#ask(`/${id}/complete`, { result: { last: REPORTS_A_JOB } });
    this.jobs.push(job);
  }

  #ask(part, json = {}) {
    return this.service.ask({ href: `${this.project.at.url}/api/v1/jobs${part}`, key: this.project.apiKey }, json);
  }
}

const KINDS = [
  (mark) => ["progress", { percent: mark }],
  (mark) => ["event", { mark }],
  (mark) => ["checkpoint", { mark }],
  (mark) => ["logs", [String(mark)]],
];

/** Whole numbers below a bound, the same from the same seed (mulberry32). */
function dice(seed) {
  return (bound) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
