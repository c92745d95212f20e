// Who may read an asset's stream: anybody with the project key in the path, and who has a credential for the job.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { knock } from "./knock.mjs";
import { requestKnownAs } from "./known-as.mjs";
import { place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { signIn } from "./session.mjs";
import { names, open } from "./stream.mjs";
import { assetUrl, ownAssetUrl } from "./urls.mjs";
import { runWhole, wholeJob } from "./whole.mjs";

const NOBODY = "job_00000000000000000000000000";
const UNKNOWN_KEY = "pk_AAAAAAAAAAAAAAAAAAAAAA";
const KEY_STOPS_WITHIN_S = 60;

describe("the public door of an asset", { concurrency: true }, () => {
  let project;
  let other;
  let job;
  before(async () => {
    [project, other] = await Promise.all([newProject(), newProject({ publicRead: true })]);
    job = await project.create();
  });

  test("is the key in the path, whatever other credential comes along", async (t) => {
    const cookie = "better-auth.session_token=wrong";
    for (const headers of [{ authorization: "Bearer jc_wrong" }, { "x-api-key": other.apiKey }, { cookie }]) {
      assert.equal((await (await open(t, assetUrl(job), { headers })).event()).event, "queued");
    }
    assert.equal((await (await open(t, `${assetUrl(job)}?key=${UNKNOWN_KEY}&token=jct_wrong`)).event()).event, "queued");
  });

  test("does not tell an unknown key from a rotated one, another project's asset, or an unknown asset", async () => {
    const rotated = await newProject();
    const asset = await rotated.create();
    accepted(await admin("POST", `/api/projects/${rotated.id}/rotate-project-key`));
    const paths = [
      [UNKNOWN_KEY, job.id], ["pk_", job.id], ["x", job.id], [project.apiKey, job.id], [other.projectKey, job.id],
      [project.projectKey, asset.id], [project.projectKey, NOBODY], [project.projectKey, "job_abc123"], [project.projectKey, "1"],
      [UNKNOWN_KEY, NOBODY],
    ];
    const answers = await Promise.all(paths.map(([key, id]) => request(`${place.url}/v1/${key}/events/${id}`)));
    const stopped = ({ status }) => status !== 200;
    answers.push(await eventually("the old key stops", () => knock(assetUrl(asset)), stopped, KEY_STOPS_WITHIN_S));
    const bodies = answers.map((answer) => ({ ...refused(answer, 404, { code: "job_not_found" }), requestId: undefined }));
    for (const body of bodies) assert.deepEqual(body, bodies[0]);
    const headers = answers.map((answer) => [...answer.headers.keys()].filter((name) => name !== "date").toSorted());
    for (const each of headers) assert.deepEqual(each, headers[0]);
  });

  /** A path that leads out of the API is one of the dashboard's pages, which is the same for everybody. */
  const nothing = (answer) => {
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return refused(answer, 404);
    assert.ok(!answer.text.includes(job.id) && !answer.text.includes(project.id), answer.text);
  };

  test("shows nothing to an id with a path trick", async () => {
    const { projectKey } = project;
    const tricks = [
      "../x", `../../${projectKey}/events/x`, "%2e%2e%2f", `%2e%2e%2f${job.id}`, `..%2f${job.id}`, `${job.id}%2f`, `${job.id}/`,
      `${job.id}%2f..`, `x%2f${job.id}`, `%2f${job.id}`, `./x/${job.id}`, `${job.id}%00`, `${job.id}%0a`, "%ff", "%zz", "",
      `${job.id}%3fkey=1`, `${job.id}.`, job.id.toLowerCase(), `${job.id.replace("job_", "job%5f")}x`,
    ];
    const { host } = new URL(place.url);
    const headers = { "x-api-key": project.apiKey };
    for (const trick of tricks) {
      nothing(await requestKnownAs(host, place, `/v1/${projectKey}/events/${trick}`));
      nothing(await requestKnownAs(host, place, `/api/assets/${trick}/events`, { headers }));
    }
  });

  test("answers a refusal to any page's script too", async () => {
    const answer = await request(`${place.url}/v1/${UNKNOWN_KEY}/events/${job.id}`, { headers: { origin: "https://films.example" } });
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  });
});

describe("the credentialed door of an asset", { concurrency: true }, () => {
  let project;
  let other;
  let job;
  before(async () => {
    [project, other] = await Promise.all([newProject({ publicRead: true }), newProject()]);
    job = await project.create();
  });
  const begins = async (t, options, query = "") => names([await (await open(t, ownAssetUrl(job) + query, options)).event()]);

  test("is open to a session, to a key, and to a stream token of this job", async (t) => {
    assert.deepEqual(await begins(t, { headers: (await signIn(project)).headers }), ["queued"]);
    assert.deepEqual(await begins(t, { key: project.apiKey }), ["queued"]);
    assert.deepEqual(await begins(t, { key: await project.key(["jobs:read:progress"]) }), ["queued"]);
    const { token } = accepted(await job.post("tokens", {}), 201);
    assert.deepEqual(await begins(t, {}, `?token=${token}`), ["queued"]);
  });

  test("shows what the public one shows", async (t) => {
    const asset = await wholeJob(project);
    const streams = await Promise.all([open(t, assetUrl(asset)), open(t, ownAssetUrl(asset), { key: project.apiKey })]);
    await runWhole(asset);
    const [one, two] = await Promise.all(streams.map((stream) => stream.until((event) => event.event === "ready")));
    assert.deepEqual(two, one);
  });

  test("is closed to anybody and to a project key, although the project is public", async () => {
    for (const query of ["", `?key=${project.projectKey}`, "?token=jct_wrong"]) {
      const answer = await request(ownAssetUrl(job) + query);
      refused(answer, 401);
      assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
    }
  });

  test("knows no asset of another project, and none that is not there", async () => {
    refused(await request(ownAssetUrl(job), { key: other.apiKey }), 404, { code: "job_not_found" });
    refused(await request(ownAssetUrl(job), { headers: (await signIn(other)).headers }), 404, { code: "job_not_found" });
    refused(await project.ask("GET", `/api/assets/${NOBODY}/events`), 404, { code: "job_not_found" });
    const { token } = accepted(await (await project.create()).post("tokens", {}), 201);
    const status = (await request(`${ownAssetUrl(job)}?token=${token}`)).status;
    assert.ok([401, 404].includes(status), `another job's token got ${status}`);
  });

  test("names the scope that a key lacks", async () => {
    const key = await project.key(["jobs:create"]);
    assert.match(refused(await request(ownAssetUrl(job), { key }), 403).error, /jobs:read/);
  });
});
