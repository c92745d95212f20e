// An Idempotency-Key after a day: it is a new one, and its row is gone, from the job's object and from the directory. The day passes
// while the service is down, in its databases.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { eventually } from "./eventually.mjs";
import { startInstance } from "./instance.mjs";
import { newProject } from "./project.mjs";
import { accepted } from "./request.mjs";

const DAY_MS = 24 * 3_600_000;

/** What `work` gives for each database of the instance that has such a table. */
function inDatabases({ state }, table, work) {
  const files = readdirSync(state, { recursive: true }).filter((name) => name.endsWith(".sqlite")).map((name) => join(state, name));
  return files.flatMap((file) => {
    const db = new DatabaseSync(file);
    try {
      return db.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) ? work(db) : [];
    } finally {
      db.close();
    }
  });
}

const keysIn = (at, table) => inDatabases(at, table, (db) => db.prepare(`SELECT key FROM ${table}`).all().map(({ key }) => key)).sort();
const aDayLater = (at, table, column) => inDatabases(at, table, (db) => db.exec(`UPDATE ${table} SET ${column} = ${column} - ${DAY_MS}`));

test("an Idempotency-Key is forgotten after a day, and its row is gone", async (t) => {
  const at = await startInstance(t);
  const project = await newProject({ at });
  const once = (key) => ({ headers: { "idempotency-key": key } });
  const create = async (key) => accepted(await project.ask("POST", "/api/v1/jobs", { json: { timeoutSeconds: 2 }, ...once(key) }), 201);
  const { id } = await create("creation");
  const job = await project.running({ timeoutSeconds: 86_400 });
  await job.report("event", { n: 1 }, once("early"));
  await at.kill();
  assert.deepEqual([keysIn(at, "requests"), keysIn(at, "creations")], [["early"], ["creation"]]);
  aDayLater(at, "requests", "at");
  aDayLater(at, "creations", "created_at");

  await at.start();
  assert.notEqual((await create("creation")).id, id, "it creates another job");
  await job.report("event", { n: 1 }, once("early"));
  assert.equal((await job.types()).filter((type) => type === "event.emitted").length, 2, "it counts once more");
  const brief = await project.running({ timeoutSeconds: 2 });
  await brief.report("event", { n: 1 }, once("late"));
  await at.kill();
  assert.deepEqual(keysIn(at, "creations"), ["creation"], "the directory has the new one only");
  aDayLater(at, "requests", "at");

  await at.start();
  await create("another");
  // Its time-out rings the alarm, which forgets; the back-off's end rings the next.
  await eventually("the time-out", () => brief.now(), ({ attempt, status }) => attempt === 2 && status === "pending");
  await at.kill();
  assert.deepEqual([keysIn(at, "requests"), keysIn(at, "creations")], [["early"], ["another", "creation"]]);
});
