// Jobs as a small video service might have had them, most of them done; and when each would have been.
import { Attempt, createJobs, JobError } from "#jobcast-client";

const MINUTE = 60_000;
const DONE = 170;
const TITLES = ["harbour-at-dawn", "night-train", "the-lighthouse", "glass-orchard", "two-rivers", "paper-moon", "winter-market", "north-wall", "salt-and-stone", "slow-ferry"];
const KINDS = [
  { name: "transcode", folder: "media/2026", ending: "mp4", seconds: 210, failure: "ffmpeg exited with code 1: moov atom not found" },
  { name: "thumbnails", folder: "media/2026", ending: "mp4", seconds: 14, failure: "no key frame within the first 10 s" },
  { name: "captions", folder: "audio/2026", ending: "wav", seconds: 75, failure: "the speech model ran out of memory" },
  { name: "package", folder: "media/2026", ending: "m3u8", seconds: 38, failure: "segment 41 is missing its audio" },
];

/** Resolves to the times of each job that is over, by its id. */
export async function afternoon(service) {
  const chance = seeded(7);
  const past = new Map();
  const jobs = [];
  for (let from = 0; from < DONE; from += 85) jobs.push(...(await createJobs(Array.from({ length: 85 }, (_, i) => jobOf(from + i)), service)));
  await inTurns(jobs, async (job, place) => {
    const kind = KINDS[place % KINDS.length];
    const [fails, when] = [chance() < 0.06, times(kind, place, chance)];
    past.set(job.id, when);
    await end(job, kind, fails, service);
  });
  const moving = await running(service);
  const waiting = await createJobs([{ ...jobOf(3), priority: 3 }, jobOf(9), jobOf(1), { ...jobOf(6), priority: 1 }], service);
  [...moving, ...waiting].forEach(({ id }, i) => past.set(id, { createdAt: iso(Date.now() - (MOVING.length + 4 - i) * 0.6 * MINUTE) }));
  return past;
}

function jobOf(place) {
  const { name, folder, ending } = KINDS[place % KINDS.length];
  const title = TITLES[(place * 7) % TITLES.length];
  return { name, filePath: `${folder}/${title}.${ending}`, maxAttempts: 3, priority: place % 11 === 0 ? 1 : 2 };
}

async function end(job, { failure }, fails, service) {
  const attempt = await Attempt.begin(job, service);
  attempt.end();
  if (fails) await attempt.fail(new JobError(failure, { retry: false }));
  else await attempt.complete({ bytes: 48_103_882 });
}

/** About one a minute, the newest a few minutes ago, each as long as its kind takes. */
function times({ seconds }, place, chance) {
  const createdAt = Date.now() - 9 * MINUTE - (DONE - place) * 0.9 * MINUTE - chance() * MINUTE;
  const startedAt = createdAt + 400 + chance() * 9_000;
  const completedAt = startedAt + seconds * 1_000 * (0.5 + 1.4 * chance() ** 2);
  return { createdAt: iso(createdAt), startedAt: iso(startedAt), completedAt: iso(completedAt) };
}

const iso = (at) => new Date(at).toISOString();

const MOVING = [[5, 92, "writing the manifest"], [9, 8, "reading key frames"], [2, 57, "00:31:12 of 00:54:40"], [4, 34, "pass 1 of 2, 58 fps"]];

/** They stay as they are for as long as the pictures take. */
async function running(service) {
  const jobs = await createJobs(MOVING.map(([place]) => jobOf(place)), service);
  for (const [i, [, percent, message]] of MOVING.entries()) {
    const attempt = await Attempt.begin(jobs[i], service);
    attempt.progress(percent, message);
    await attempt.flush();
    attempt.end();
  }
  return jobs;
}

async function inTurns(items, work) {
  const left = [...items.entries()];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** The same afternoon each time (mulberry32). */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
