// A producer: takes the jobs named `transcode`, one at a time, and says how each ended. What is done for one is in transcode.mjs.
// Start as many as you like, on as many machines: no two get the same job. `node producer.mjs`, Ctrl-C to stop.
import { setTimeout as sleep } from "node:timers/promises";
import { Attempt, isOver } from "../attempt.mjs";
import { call, requireService, URL_BASE } from "../jobcast.mjs";
import { discard, transcode } from "./transcode.mjs";

const WAIT_SECONDS = 20;
const UNREACHABLE_PAUSE_MS = 2_000;

class Stopped extends Error {}

const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stopping.abort(new Stopped("The producer was stopped.")));

await requireService();
console.log(`Waiting for jobs named transcode at ${URL_BASE}`);
while (!stopping.signal.aborted) {
  const job = await nextJob();
  if (job) await work(job);
}
console.log("Stopped.");

/** Waits in the service, not here: the answer comes when a job does. A job whose delivery gets lost comes back by its time-out. */
async function nextJob() {
  try {
    const poll = { names: ["transcode"], count: 1, waitSeconds: WAIT_SECONDS };
    return (await call("POST", "/jobs/poll", { json: poll, signal: stopping.signal })).jobs[0];
  } catch (error) {
    if (stopping.signal.aborted) return undefined;
    console.error(`No job to be had: ${error.message}`);
    await sleep(UNREACHABLE_PAUSE_MS, null, { signal: stopping.signal }).catch(() => {});
  }
}

async function work(job) {
  const say = (text) => console.log(`${job.id} attempt ${job.attempt}: ${text}`);
  const attempt = await Attempt.begin(job).catch((error) => say(`not ours: ${error.message}`));
  if (!attempt) return;
  const stop = () => attempt.abort(stopping.signal.reason);
  stopping.signal.addEventListener("abort", stop);
  try {
    say(`begun, ${job.payload?.input}`);
    await attempt.complete(await transcode(attempt));
    await discard(job);
    say("completed");
  } catch (error) {
    say(await ended(attempt, attempt.signal.reason ?? error));
  } finally {
    stopping.signal.removeEventListener("abort", stop);
    attempt.end();
  }
}

/** What became of an attempt that did not complete. By now ffmpeg is gone. */
async function ended(attempt, error) {
  if (error.code === "job_cancelled") await discard(attempt.job);
  if (isOver(error)) return `stopped: ${error.message}`;
  // Saying so at once, instead of leaving the job to its time-out, lets another producer go on from the last checkpoint.
  const code = error instanceof Stopped ? "producer_stopped" : "transcode_failed";
  const told = attempt.fail(error, { code, retry: error.retry ?? true });
  return told.then(() => `failed: ${error.message}`, (why) => `failed: ${error.message}; nobody was told: ${why.message}`);
}
