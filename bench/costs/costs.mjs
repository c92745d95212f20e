// node bench/costs/costs.mjs: what a job costs in requests, rows and time, on workerd. The operator's guide has the figures and the prices.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../scripts/paths.mjs";
import { defaultProject } from "../../scripts/project.mjs";
import { randomSecret } from "../../scripts/secrets.mjs";
import { startService } from "../../scripts/service.mjs";
import { program } from "../../scripts/step.mjs";

const SECONDS = 60;
/** A little more than a second: nothing that follows behind each second could then gather two. */
const SECOND_MS = 1_050;
/** All alarms that a job sets for soon have rung. */
const SETTLED_MS = 12_000;
const counts = async (url) => (await fetch(`${url}/api/counts`)).json();

await program(async () => {
  const state = mkdtempSync(join(tmpdir(), "jobcast-costs-"));
  const adminToken = randomSecret();
  const service = await startService({
    state, adminToken, tokenSecret: randomSecret(), logFile: join(state, "service.log"), main: at("bench", "costs", "jobcast.mjs"),
  });
  try {
    const { url, apiKey } = await defaultProject(service.url, adminToken, state);
    for (const [perSecond, viewers, keys] of [[1, 1, "no keys"], [1, 1, "keys"], [4, 1, "no keys"], [1, 10, "no keys"]]) {
      await sample({ url, apiKey }, 1, 0, 1, keys); // the first job of a project makes tables; and the key is known again
      await sleep(SETTLED_MS);
      await counts(url);
      await sample({ url, apiKey }, perSecond, viewers, SECONDS, keys);
      await sleep(SETTLED_MS);
      console.log(`\n${perSecond} reports a second for ${SECONDS} s, ${viewers} viewers, ${keys}`);
      console.table(await counts(url));
    }
  } finally {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  }
});

/** With `keys` each request has an `Idempotency-Key`. Created, polled, acked, two stages, progress, 300 log lines, a checkpoint, completed; watched from beginning to end. */
async function sample({ url, apiKey }, perSecond, viewers, seconds, keys) {
  const post = async (path, body) => {
    const key = keys === "keys" && { "idempotency-key": randomUUID() };
    const headers = { "x-api-key": apiKey, "content-type": "application/json", ...key };
    const answer = await fetch(`${url}/api/v1/jobs${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const { id, eventsUrl } = await post("", { name: "encode", stages: ["fetch", "encode"], payload: { file: "clip.mp4" } });
  const watching = Array.from({ length: viewers }, async () => (await fetch(eventsUrl)).text());
  await post("/poll", { names: ["encode"] });
  await post(`/${id}/ack`);
  for (const type of ["start", "complete"]) await post(`/${id}/stages/fetch`, { type });
  await post(`/${id}/stages/encode`, { type: "start" });
  for (let report = 0; report < seconds * perSecond; report++) {
    const beat = sleep(SECOND_MS / perSecond);
    await post(`/${id}/progress`, { percent: (100 * report) / (seconds * perSecond) });
    if (report % (10 * perSecond) === 0) await post(`/${id}/logs`, Array.from({ length: 50 }, (_, line) => `line ${line}`));
    await beat;
  }
  await post(`/${id}/checkpoint`, { segment: 7 });
  await post(`/${id}/stages/encode`, { type: "complete" });
  await post(`/${id}/complete`, { result: {} });
  await Promise.all(watching);
}
