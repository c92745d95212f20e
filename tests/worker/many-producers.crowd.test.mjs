// POST /api/v1/jobs/poll under a crowd: each job goes to one producer, once for each of its attempts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newProject } from "./project.mjs";
import { accepted } from "./request.mjs";

const PRODUCERS = 200;
const JOBS = 1_000;
const BATCH = 100;
/** Each of so many jobs fails its first attempt. */
const FAILS = 10;
/** How long a poll waits: long enough that all wait at once, short enough that the last ones go home soon. */
const WAIT_SECONDS = 5;

test(`${PRODUCERS} producers that poll at once get each of ${JOBS} jobs exactly once per attempt`, async () => {
  const crowd = new Crowd(await newProject());
  const producers = Array.from({ length: PRODUCERS }, (_, index) => crowd.produce(index % 2 ? 1 : 5));
  const [ids] = await Promise.all([crowd.create(), ...producers]);

  const expected = ids.flatMap((id, index) => (index % FAILS ? [`${id} 1`] : [`${id} 1`, `${id} 2`]));
  const handed = crowd.handed.toSorted();
  assert.deepEqual(handed.filter((one, at) => one === handed[at - 1]), [], "nothing was handed out twice");
  assert.deepEqual(handed, expected.toSorted());
  const { total } = await crowd.project.list("status=completed&limit=1");
  assert.equal(total, JOBS);
});

class Crowd {
  /** Each delivery as “id attempt”. */
  handed = [];
  completed = 0;
  #over = false;

  constructor(project) {
    this.project = project;
  }

  async create() {
    const ids = [];
    while (ids.length < JOBS) {
      const batch = Array.from({ length: BATCH }, (_, index) => ({ payload: { fails: index % FAILS === 0 } }));
      const { jobs } = accepted(await this.project.ask("POST", "/api/v1/jobs", { json: batch }), 201);
      ids.push(...jobs.map((job) => job.id));
    }
    return ids;
  }

  /** One producer: takes up to `count` jobs at a time until all are done, or something went wrong. */
  async produce(count) {
    try {
      while (!this.#over) {
        for (const job of await this.project.polled({ count, waitSeconds: WAIT_SECONDS })) await this.#run(job);
      }
    } finally {
      this.#over = true;
    }
  }

  async #run({ id, attempt, payload }) {
    this.handed.push(`${id} ${attempt}`);
    const report = async (part, json) =>
      accepted(await this.project.ask("POST", `/api/v1/jobs/${id}/${part}`, { json, headers: { "x-job-attempt": String(attempt) } }));
    await report("ack");
    if (payload.fails && attempt === 1) return report("fail", { error: "the first try" });
    await report("complete", { result: attempt });
    this.completed += 1;
    this.#over ||= this.completed === JOBS;
  }
}
