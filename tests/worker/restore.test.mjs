// D1 is restored from a backup, which is older than the jobs' objects: the objects own the truth, and bring it back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.mjs";
import { startInstance } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { open } from "./stream.mjs";

/** By the first heartbeat, 15 s, the alarms have looked, 5 s after each change, and noted that D1 had all: none of them will bring it again. */
async function settled(t, job) {
  const stream = await open(t, job.eventsUrl, { key: job.project.apiKey });
  for (;;) if ((await stream.next()).comments.includes("ping")) return;
}

const listed = async (project) => new Map(accepted(await project.ask("GET", "/api/v1/jobs?limit=100")).jobs.map((job) => [job.id, job.status]));

test("a directory that went back hands out nothing twice, and each job that is touched comes forward in it", async (t) => {
  const at = await startInstance(t);
  const project = await newProject({ at });
  const [lives, finished, offered] = [await project.running(), await project.running(), await project.create({ name: "offered" })];
  await at.service.stop();
  const restore = at.backup();

  await at.start();
  await finished.report("complete", { result: { kept: true } });
  const [taken] = await project.polled({ names: ["offered"] });
  assert.equal(taken.id, offered.id);
  await offered.report("ack");
  await offered.report("complete");
  const later = await project.running();
  await settled(t, lives);
  await at.service.stop();
  restore();

  await at.start();
  assert.deepEqual((await listed(project)).get(offered.id), "pending", "as the backup has it");
  assert.deepEqual(await project.polled({ names: ["offered"] }), [], "its object knows that it is over");
  refused(await finished.post("cancel"), 409);
  await lives.report("progress", { percent: 50 });
  await later.report("complete");
  const expected = { [lives.id]: "running", [finished.id]: "completed", [offered.id]: "completed", [later.id]: "completed" };
  await eventually("every job stands in the directory as it is", async () => Object.fromEntries(await listed(project)), (jobs) =>
    Object.entries(expected).every(([id, status]) => jobs[id] === status), 10);
  assert.deepEqual((await finished.now()).result, { kept: true });
});
