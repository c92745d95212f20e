// A project's feed: stages reported on a hundred jobs, each of which all readers of the project get. The twin has no such stream. Stages,
// because the activity stream carries no progress, and drops nothing of what it carries.
import { bytes, JSON_TYPE } from "./bodies.mjs";
import { inLanes } from "../../tests/torture/load/producer.mjs";

const JOBS = 100;
const READERS = 100;
const CONNECTIONS = 16;
/** Reports of a round, for each of its milliseconds. */
const REPORTS = 0.3;
const STAGE = "encode";
const BODIES = ["start", "complete"].map((type) => bytes({ type }));

export const feed = [{
  title: `a project's feed, ${JOBS} jobs, ${READERS} readers`,
  goals: {},
  alone: true,
  async prepare(contender) {
    const cursor = await tail(contender);
    const jobs = await contender.running(JOBS);
    await contender.watch(activityOf(contender), READERS, { cursor });
    // That they were created is in the feed too, a moment after it was answered.
    await contender.frames(JOBS * READERS);
    return { jobs, expected: JOBS * READERS };
  },
  async round(contender, crowd, milliseconds) {
    const count = Math.ceil(REPORTS * milliseconds);
    const paths = crowd.jobs.map((job) => `/api/v1/jobs/${job}/stages/${STAGE}`);
    crowd.expected += count * READERS;
    const began = performance.now();
    await contender.produce({ connections: CONNECTIONS, count, paths, bodies: BODIES, headers: JSON_TYPE });
    await contender.frames(crowd.expected);
    const seconds = (performance.now() - began) / 1_000;
    return { figures: { "reports a second": count / seconds, "frames a second": (count * READERS) / seconds }, units: count, unit: "report" };
  },
  async after(contender, { jobs }) {
    await contender.leave();
    await inLanes(CONNECTIONS, jobs, (job) => contender.producer.report(job, "complete", {}));
  },
}];

const activityOf = ({ project }) => `/api/projects/${project}/activity`;

/** The id of the newest event of the feed, which the queue's stream tells at once. */
async function tail({ runtime, key }) {
  const stream = new AbortController();
  const answer = await fetch(`${runtime.url}/queue/events`, { headers: { "x-api-key": key }, signal: stream.signal });
  let text = "";
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const id = /^id: (\d+)\n/m.exec(text)?.[1];
    if (id !== undefined) {
      stream.abort();
      return Number(id);
    }
  }
  throw new Error("The feed told no cursor.");
}
