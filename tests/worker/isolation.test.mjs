// A project's data is invisible to every credential of another project, on every route. routes.json names for each route how that shows;
// a route that names nothing known here fails.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { knock } from "./knock.mjs";
import { defaultProject, place } from "./place.mjs";
import { admin, newProject, Project } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { fill, TABLE } from "./routes.mjs";
import { signIn } from "./session.mjs";
import { open } from "./stream.mjs";
import { activityUrl, assetUrl, queueUrl } from "./urls.mjs";

const SECRET = "hidden-from-others";
const FILE = `${SECRET}.mp4`;

/** How a stranger brings each of his credentials: `headers`, or what follows the URL. */
const CREDENTIALS = {
  "API key": async ({ project }) => ({ opens: "project", secret: project.apiKey, headers: { "x-api-key": project.apiKey } }),
  "session cookie": async ({ project }) => {
    const session = await signIn(project);
    return { opens: "project", secret: session.set.value, headers: session.headers };
  },
  "stream token": async ({ job }) => {
    const { token } = accepted(await job.post("tokens", { scopes: ["jobs:read"] }), 201);
    return { opens: "one job", secret: token, query: `?token=${token}` };
  },
  "project key": async ({ project }) => ({ opens: "streams", secret: project.projectKey, query: `?key=${project.projectKey}` }),
};

/** Someone with a project of his own, one pending job in it, and one credential. */
async function newStranger(kind) {
  const project = await newProject();
  const job = await project.create({ name: "the stranger's" });
  return new Stranger(project, job, await CREDENTIALS[kind]({ project, job }));
}

class Stranger {
  constructor(project, job, credential) {
    Object.assign(this, { project, job, credential });
  }

  /** Tries a route; `names` fill its path. Nothing secret is ever in an answer. */
  async tries({ method, path, json }, names = {}, headers = {}) {
    const { query = "", headers: credential } = this.credential;
    const answer = await knock(place.url + fill(path, names) + query, { method, json, headers: { ...credential, ...headers } });
    assert.ok(!answer.text.includes(SECRET), answer.text);
    return answer;
  }

  watches(t, url, options = {}) {
    return open(t, url + (this.credential.query ?? ""), { headers: this.credential.headers, ...options });
  }

  /** API key and session act for the project; token and project key only read streams. */
  get acts() {
    return this.credential.opens === "project";
  }
}

const shut = (answer) => {
  assert.ok([401, 403, 404].includes(answer.status), `${answer.status} ${answer.text}`);
  refused(answer, answer.status);
};
const about = (event) => (({ jobId, asset_id }) => jobId ?? asset_id)(event.json());

/** By the word in routes.json: what a `stranger` must get from the `row` when he tries it on `theirs`, with its job `hidden`. */
const CHECKS = {
  async nothing({ row, stranger }) {
    accepted(await stranger.tries(row));
  },

  async job({ row, stranger, hidden }) {
    const answer = await stranger.tries(row, { job: hidden.id });
    if (stranger.acts) refused(answer, 404, { code: "job_not_found" });
    else shut(answer);
  },

  async creation({ row, stranger, theirs }) {
    const answer = await stranger.tries(row);
    if (!stranger.acts) return shut(answer);
    const { id } = accepted(answer, 201);
    refused(await theirs.ask("GET", `/api/v1/jobs/${id}`), 404);
  },

  async listing({ row, stranger }) {
    const answer = await stranger.tries(row);
    if (!stranger.acts) return shut(answer);
    const { jobs, total = 1 } = accepted(answer);
    assert.deepEqual([jobs.map(({ id }) => id), total], [[stranger.job.id], 1]);
  },

  async counts({ row, stranger }) {
    const answer = await stranger.tries(row);
    if (!stranger.acts) return shut(answer);
    assert.deepEqual(accepted(answer), { total: 1, pending: 1, running: 0, completed: 0, error: 0, cancelled: 0 });
  },

  async "file path"({ row, stranger }) {
    const answer = await stranger.tries(row, { path: FILE });
    if (stranger.credential.opens === "one job") return shut(answer);
    assert.deepEqual([answer.status, answer.body], [404, { status: "not_found" }]);
    const own = await stranger.project.create({ filePath: FILE });
    assert.equal(accepted(await stranger.tries(row, { path: FILE })).jobId, own.id);
  },

  async feed({ t, row, stranger, theirs }) {
    if (stranger.credential.opens === "one job") return shut(await stranger.tries(row));
    await tellsOnlyHisOwn(t, await stranger.watches(t, queueUrl(theirs)), stranger, theirs);
  },

  async project({ t, row, stranger, theirs }) {
    const answer = await stranger.tries(row, { project: theirs.id });
    if (!stranger.acts) return shut(answer);
    refused(answer, 404, { code: "project_not_found" });
    await tellsOnlyHisOwn(t, await stranger.watches(t, activityUrl(stranger.project)), stranger, theirs);
  },

  async "project key"({ row, stranger, hidden }) {
    refused(await stranger.tries(row, { projectKey: stranger.project.projectKey, job: hidden.id }), 404, { code: "job_not_found" });
  },

  async "signing in"({ stranger, row }) {
    const answer = await stranger.tries({ ...row, json: { apiKey: stranger.credential.secret } });
    if (stranger.credential.headers?.["x-api-key"]) assert.equal(accepted(answer, 201).projectId, stranger.project.id);
    else assert.ok([400, 401].includes(answer.status), answer.text);
  },

  async session({ row, stranger }) {
    const answer = await stranger.tries(row);
    if (stranger.acts) assert.equal(accepted(answer).projectId, stranger.project.id);
    else refused(answer, 401);
  },

  async "signing out"({ row, stranger, theirs }) {
    const session = await signIn(theirs);
    accepted(await stranger.tries(row));
    accepted(await session.now());
  },

  async admin({ row, stranger, theirs }) {
    const { id, key } = await theirs.newKey({ scopes: ["jobs:read"] });
    const read = async () => accepted(await admin("GET", "/api/projects")).projects.find((project) => project.id === theirs.id);
    const before = await read();
    refused(await stranger.tries(row, { project: theirs.id, key: id }), 401);
    assert.deepEqual(await read(), before);
    accepted(await request(`${place.url}/api/v1/jobs`, { key }));
  },
};

/** Something happens in their project, which a witness of theirs sees, and then in the stranger's: he is told of the latter alone. */
async function tellsOnlyHisOwn(t, stream, stranger, theirs) {
  assert.equal(stream.status, 200);
  const witness = await open(t, queueUrl(theirs), { key: theirs.apiKey });
  await witness.event("connected");
  const secret = await theirs.create({ filePath: FILE });
  await witness.until((event) => about(event) === secret.id);
  const own = await stranger.project.create();
  const told = (await stream.until((event) => about(event) === own.id)).filter(about);
  assert.deepEqual([...new Set(told.map(about))].filter((id) => ![own.id, stranger.job.id].includes(id)), []);
  assert.ok(!JSON.stringify(stream.frames).includes(SECRET));
}

describe("of another project", { concurrency: true }, () => {
  let theirs;
  let hidden;
  let untouched;
  before(async () => {
    theirs = await newProject();
    const [name, topic, payload, meta] = [SECRET, SECRET, { note: SECRET }, { note: SECRET }];
    hidden = await theirs.running({ name, topic, payload, meta, filePath: FILE, stages: [SECRET] });
    await hidden.report("progress", { percent: 5, message: SECRET });
    await hidden.report("checkpoint", { note: SECRET });
    await hidden.report("logs", [SECRET]);
    untouched = await hidden.everything();
  });
  after(async () => assert.deepEqual(await hidden.everything(), untouched, "a stranger changed the job"));

  for (const row of TABLE) {
    for (const kind of Object.keys(CREDENTIALS)) {
      test(`${row.method} ${row.path} shows and changes nothing with a stranger's ${kind}: ${row.isolation}`, async (t) => {
        const check = CHECKS[row.isolation];
        assert.ok(check, "routes.json does not say how isolation shows on this route");
        await check({ t, row, stranger: await newStranger(kind), theirs, hidden });
      });
    }
  }

  test("a feed's cursor continues no other feed: it is reset, and shows only one's own", async (t) => {
    const witness = await open(t, queueUrl(theirs), { key: theirs.apiKey });
    await witness.event("connected");
    await theirs.create({ filePath: FILE });
    const { id: cursor } = await witness.event("job:created");
    for (const url of [queueUrl, activityUrl]) {
      const stranger = await newStranger("API key");
      const stream = await stranger.watches(t, url(stranger.project), { cursor });
      assert.equal((await stream.event()).event, "reset");
      await tellsOnlyHisOwn(t, stream, stranger, theirs);
    }
  });

  test("a list's cursor shows only one's own", async () => {
    await theirs.create();
    const { nextCursor } = await theirs.list("limit=1");
    const stranger = await newStranger("API key");
    for (const path of ["/api/v1/jobs", "/queue/jobs"]) {
      const answer = await stranger.project.ask("GET", `${path}?cursor=${encodeURIComponent(nextCursor)}`);
      if (answer.status !== 400) assert.deepEqual(accepted(answer).jobs.filter(({ id }) => id !== stranger.job.id), []);
    }
  });

  test("the filters of a list find nothing", async () => {
    const { project } = await newStranger("API key");
    for (const path of ["/api/v1/jobs", "/queue/jobs"]) {
      for (const filter of [`name=${SECRET}`, `filePath=${FILE}`, "status=running"]) {
        assert.equal(accepted(await project.ask("GET", `${path}?${filter}`)).count, 0, `${path}?${filter}`);
      }
    }
  });

  test("an Idempotency-Key answers for nobody else", async () => {
    const headers = { "idempotency-key": "one-and-the-same" };
    const { project } = await newStranger("API key");
    const create = async (of) => accepted(await of.ask("POST", "/api/v1/jobs", { json: { name: "twice" }, headers }), 201).id;
    const ids = [await create(theirs), await create(project)];
    assert.notEqual(ids[0], ids[1]);
    assert.deepEqual([await create(theirs), await create(project)], ids);
  });

  test("a project key that was rotated is told what one is told that never was", async () => {
    const own = await newProject();
    const job = await own.create();
    accepted(await admin("POST", `/api/projects/${own.id}/rotate-project-key`));
    const never = await request(`${place.url}/v1/pk_AAAAAAAAAAAAAAAAAAAAAA/events/${job.id}`);
    const gone = await eventually("it stops", () => knock(assetUrl(job)), ({ status }) => status !== 200, 60);
    for (const answer of [never, gone]) refused(answer, 404, { code: "job_not_found" });
    assert.equal(gone.body.error, never.body.error);
  });
});

describe("nobody's name", { concurrency: true }, () => {
  test("reads the default project's queue alone, even where another is public too", async (t) => {
    const shown = await newProject({ publicRead: true });
    const stream = await open(t, `${place.url}/queue/events`);
    await stream.event("connected");
    const other = await shown.create({ filePath: FILE });
    const own = await new Project(place, defaultProject).create({ filePath: "default.mp4" });
    const told = await stream.until((event) => about(event) === own.id);
    assert.ok(told.every((event) => about(event) !== other.id));
    assert.deepEqual((await request(`${place.url}/video-status/${FILE}`)).body, { status: "not_found" });
  });
});
