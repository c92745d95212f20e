// What the queue's public routes show to who has no credential: the default project, while its publicRead is on.
// On a service of its own, because the default project is switched.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startInstance } from "./instance.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, refused, request } from "./request.mjs";
import { open } from "./stream.mjs";
import { queueUrl } from "./urls.mjs";

const PATH = "videos/clip.mp4";
const ROUTES = ["/queue/events", `/video-status/${PATH}`];

test("without a credential", async (t) => {
  const at = await startInstance(t);
  // The first project of a service is its default.
  const shown = await newProject({ publicRead: true, at });
  const other = await newProject({ publicRead: true, at });
  const publicRead = async (on) => accepted(await admin("PATCH", `/api/projects/${shown.id}`, { publicRead: on }, at));

  await t.test("the stream shows the default project's jobs, and no other's, although it is public too", async (t) => {
    const stream = await open(t, queueUrl(shown));
    await stream.event("connected");
    await other.create();
    const job = await shown.create({ filePath: PATH });
    assert.equal((await stream.event("job:created")).json().jobId, job.id);
  });

  await t.test("the status shows the default project's newest job, and no other's", async () => {
    const job = await shown.create({ filePath: PATH });
    await other.create({ filePath: PATH });
    await other.create({ filePath: "theirs.mp4" });
    assert.equal(accepted(await request(`${at.url}/video-status/${PATH}`)).jobId, job.id);
    assert.deepEqual((await request(`${at.url}/video-status/theirs.mp4`)).body, { status: "not_found" });
  });

  for (const path of ROUTES) {
    await t.test(`${path} is closed when publicRead is off, though not to a key, and opens again with it`, async (t) => {
      await publicRead(false);
      const answer = await request(at.url + path);
      refused(answer, 401);
      assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
      assert.equal((await open(t, at.url + path, { key: shown.apiKey })).status, 200);
      assert.equal((await open(t, `${at.url}${path}?key=${shown.projectKey}`)).status, 200);
      await publicRead(true);
      assert.equal((await open(t, at.url + path)).status, 200);
    });
  }
});
