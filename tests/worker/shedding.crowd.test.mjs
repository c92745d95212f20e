// An object at its end: it refuses what is too much, and does not fall over. docs/SCALE.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSON_TYPE, PROGRESS } from "../../bench/cases/bodies.mjs";
import { JOBCAST, startContender } from "../../bench/contender.mjs";
import { buildCrowd } from "../torture/load/crowd.mjs";

const CONNECTIONS = 3_000;

test("of 3,000 reports at once a job refuses with 503 what is too much, has each other one once, and goes on", async (t) => {
  await buildCrowd();
  const service = await startContender(JOBCAST);
  t.after(() => service.stop());
  const [job] = await service.running(1);
  const load = { connections: CONNECTIONS, count: CONNECTIONS, paths: [`/api/v1/jobs/${job}/progress`], bodies: PROGRESS, headers: JSON_TYPE };
  const { statuses } = await service.producers.order("produce", load);
  assert.deepEqual(Object.keys(statuses).sort(), ["200", "503"], JSON.stringify(statuses));
  assert.equal(statuses[200] + statuses[503], CONNECTIONS);
  assert.equal(await progressIn(service, job), statuses[200]);
  await service.report(job, 100);
  assert.equal(await progressIn(service, job), statuses[200] + 1);
});

async function progressIn({ producer }, job) {
  let [found, after] = [0, 0];
  do {
    const page = await producer.accepted("GET", `/api/v1/jobs/${job}/events?limit=1000&after=${after}`, { headers: { accept: "application/json" } });
    found += page.events.filter(({ type }) => type === "progress.reported").length;
    after = page.nextAfter;
  } while (after);
  return found;
}
