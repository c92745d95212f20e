// npm run demo: one job from create to complete, with real work on the files of this repository, and its live stream beside it.
// This process is both: the producer that works and reports, and a subscriber that prints what the stream tells.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Attempt, isOver } from "../attempt.mjs";
import { call, KEY, requireService } from "../jobcast.mjs";
import { end, print } from "./print.mjs";
import { subscribe } from "./subscribe.mjs";
import { STAGES, work } from "./work.mjs";

await requireService();
const folder = await mkdtemp(join(tmpdir(), "jobcast-demo-"));
const job = await call("POST", "/jobs", { json: { name: "demo", topic: "Compress this repository", stages: STAGES, timeoutSeconds: 60 } });
console.log(`Job ${job.id}. Watch it in another terminal too:\n\n  curl -N -H "x-api-key: ${KEY}" ${job.eventsUrl}\n`);

let killed;
// Ctrl-C brings two signals, one from the terminal and one from npm. The stream tells of the kill, and ends.
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => (killed ??= kill(name)));
// The stream first, so that nothing is missed; it ends after the last event.
const [last] = await Promise.all([subscribe(job.eventsUrl, print), produce()]);
end();
if (last === "job:completed") process.exit(0);
await rm(folder, { recursive: true, force: true });
process.exit(1);

function kill(name) {
  return call("POST", `/jobs/${job.id}/kill`, { json: { reason: `The demo was stopped by ${name}.` } });
}

async function produce() {
  const attempt = await Attempt.begin(job);
  try {
    await attempt.complete(await work(attempt, folder));
  } catch (error) {
    // Somebody killed it, in this terminal or in another: the stream tells.
    if (!isOver(attempt.signal.reason)) await attempt.fail(error, { code: "demo_failed", retry: false });
  } finally {
    attempt.end();
  }
}
