// One job whose first attempt fails and whose second is on its way: real reports, in real time, stopped where it looks best.
import { setTimeout as pause } from "node:timers/promises";
import { createJob, JobError, work } from "#jobcast-client";

const STAGES = ["fetch", "probe", "encode", "package", "publish"];
const JOB = {
  name: "transcode", topic: "Season 4, episode 2", filePath: "media/2026/harbour-at-dawn.mp4", stages: STAGES, priority: 1, maxAttempts: 3, timeoutSeconds: 600,
  payload: { file: "s3://masters/harbour-at-dawn.mov", preset: "web-1080p", audio: ["en", "fr"] }, meta: { requestedBy: "newsroom" },
};

/** Resolves once it stands where the pictures want it; `stop` lets it go. */
export async function transcode(service) {
  const job = await createJob(JOB, service);
  const reached = Promise.withResolvers();
  const worker = work(async (attempt) => {
    if (attempt.job.attempt === 1) return first(attempt);
    await second(attempt);
    reached.resolve();
    await new Promise((_, reject) => attempt.signal.addEventListener("abort", () => reject(attempt.signal.reason)));
  }, { ...service, names: [JOB.name], waitSeconds: 20, onError: reached.reject });
  await reached.promise;
  return { id: job.id, stop: () => worker.stop({ abort: true }) };
}

const say = (attempt, source) => (message, level = "info") => attempt.log({ message, level, source });

async function prepare(attempt) {
  await attempt.stage("fetch", async () => {
    say(attempt, "fetch")("GET s3://masters/harbour-at-dawn.mov");
    for (let percent = 1; percent <= 10; percent += 1) {
      attempt.progress(percent, `Fetching, ${percent * 48} MB of 482 MB`);
      await pause(210);
    }
    return "482 MB";
  });
  await attempt.stage("probe", async () => {
    say(attempt, "ffprobe")("Video: prores (HQ), yuv422p10le, 1920x1080, 25 fps, 00:54:40.12");
    say(attempt, "ffprobe")("Audio: pcm_s24le, 48000 Hz, 2 tracks (en, fr)");
    await pause(900);
    return "1 video, 2 audio";
  });
}

async function encode(attempt, from, to) {
  const [told, frames] = [say(attempt, "ffmpeg"), 82_003];
  for (let percent = from; percent <= to; percent += 1) {
    const frame = Math.floor((frames * percent) / 100);
    const fps = (57 + Math.sin(percent / 3) * 2).toFixed(1);
    told(`frame=${frame} fps=${fps} q=28.0 size=${Math.floor(frame * 3.4)}kB bitrate=${(2_350 + 40 * Math.sin(percent)).toFixed(1)}kbits/s speed=2.3x`);
    if (percent === from + 6) told("Past duration 0.999992 too large", "warn");
    if (percent % 11 === 0) told(`keyframe at ${frame}, scene change`, "debug");
    attempt.progress(15 + percent * 0.75, `Encoding video, ${fps} fps`, { "video 1080p": { percent }, "video 720p": { percent: Math.max(0, percent - 9) }, audio: { percent: Math.min(100, percent * 2) } });
    await pause(200);
  }
}

async function first(attempt) {
  await prepare(attempt);
  await attempt.stage("encode", async () => {
    await encode(attempt, 0, 21);
    await attempt.checkpoint({ frame: 17_220, segment: 41 });
    say(attempt, "ffmpeg")("CUDA error: the device was lost", "error");
    throw new JobError("The encoder lost its GPU", { code: "gpu_lost" });
  });
}

async function second(attempt) {
  const [last] = (await attempt.checkpoints()).slice(-1);
  await attempt.tell("fetch", { type: "skipped", reason: "already here" });
  await attempt.tell("probe", { type: "skipped", reason: "already known" });
  say(attempt, "worker")(`resuming from the checkpoint of attempt ${last.attempt}: frame ${last.data.frame}, segment ${last.data.segment}`);
  await attempt.tell("encode", { type: "start", detail: "from segment 41" });
  await encode(attempt, 22, 68);
  await attempt.checkpoint({ frame: 55_760, segment: 133 });
  await attempt.event({ kind: "quality", vmaf: 94.6 });
  await attempt.flush();
}
