// What is done for one job, and what is told of it: probe, transcode in segments, make a thumbnail.
// Invariant: a segment is checkpointed when it is whole on the disk, so that the next attempt makes only those that are missing.
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { STATE } from "../jobcast.mjs";
import { ffmpeg, file, kind, probe } from "./ffmpeg.mjs";

export const VIDEOS = resolve(process.env.VIDEOS || join(STATE, "videos"));
export const STAGES = ["probe", "transcode", "thumbnail"];

const HEIGHT = 720;
const SEGMENT_SEC = 10;
/** A last segment shorter than this might hold no frame at all: it goes with the one before. */
const SHORTEST_SEC = 0.5;
/** Where in the job's percent the stages begin. */
const PERCENT = { transcode: 2, join: 94, thumbnail: 98 };

const folderOf = (job) => join(VIDEOS, job.id);
const segmentsOf = (job) => join(folderOf(job), "segments");

/** Segments are of no use when the job has ended. */
export const discard = (job) => rm(segmentsOf(job), { recursive: true, force: true });

/** Resolves to the job's result. */
export async function transcode(attempt) {
  const { job } = attempt;
  const { input, height = HEIGHT, segmentSeconds = SEGMENT_SEC } = job.payload ?? {};
  if (typeof input !== "string") throw hopeless(new Error("payload.input must be the path of a video."));
  await mkdir(segmentsOf(job), { recursive: true });
  const found = await attempt.stage("probe", () => look(attempt, input));
  const { source } = found;
  const plan = { ...found, height: Math.min(height, source.height) & ~1, segments: cut(source, segmentSeconds), kind: kind() };
  const made = await finished(attempt);
  const detail = made.size > 0 ? `${made.size} of ${plan.segments.length} segments are there from before` : undefined;
  const { output } = await attempt.stage("transcode", () => encode(attempt, plan, made), detail);
  const { thumbnail } = await attempt.stage("thumbnail", () => picture(attempt, output));
  const [{ durationSec }, { size: bytes }] = await Promise.all([probe(output, attempt), stat(output)]);
  return { output, thumbnail, durationSec, bytes };
}

/** Another attempt would end in the same way. */
const hopeless = (error) => Object.assign(error, { retry: false });

async function look(attempt, input) {
  attempt.log(`probing ${input}`, { source: "producer" });
  // A file that is not here may be on another producer's disk; one that is no video will not become one.
  await stat(input);
  const source = await probe(input, attempt).catch((error) => Promise.reject(attempt.signal.aborted ? error : hopeless(error)));
  const { width, height, fps, codec, durationSec } = source;
  const rate = fps ? `, ${Number(fps.toFixed(2))} fps` : "";
  attempt.progress(PERCENT.transcode, "Probed");
  const detail = `${codec}, ${width}×${height}${rate}, ${durationSec.toFixed(1)} s`;
  return { ...(source.isIndexed ? { input, source } : await indexed(attempt, input)), detail };
}

/** Where a seek may land anywhere, segments would have gaps: the file is put into a container with an index, as it is. */
async function indexed(attempt, input) {
  const copy = join(segmentsOf(attempt.job), `source-${attempt.job.attempt}.mkv`);
  await heard(attempt, ["-i", file(input), "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", file(copy)]);
  return { input: copy, source: await probe(copy, attempt) };
}

/**
 * `[{index, from, take, seconds}]`; the last one has no `take`, it goes to the end.
 * A cut lies a quarter of a frame before a frame: on the frame, rounding would decide whether it is lost or doubled,
 * and the quarter is rounded off when ffmpeg counts in frames.
 */
function cut({ durationSec, offsetSec, frameSec }, segmentSeconds) {
  const step = Math.max(1, Math.round(segmentSeconds / frameSec)) * frameSec;
  const count = Math.max(1, Math.ceil((durationSec - SHORTEST_SEC) / step));
  const from = (index) => Math.max(0, offsetSec + index * step - frameSec / 4);
  return Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1;
    return {
      index, from: from(index), take: isLast ? undefined : from(index + 1) - from(index),
      seconds: isLast ? durationSec - index * step : step,
    };
  });
}

/** Index → file of the segments that earlier attempts finished. A checkpoint counts only while its file is here and whole. */
async function finished(attempt) {
  const made = new Map();
  for (const { checkpoint, index, name, bytes } of await attempt.checkpoints()) {
    if (checkpoint !== "segment") continue;
    const path = join(segmentsOf(attempt.job), name);
    const found = await stat(path).catch(() => null);
    if (found?.size === bytes) made.set(index, path);
  }
  return made;
}

async function encode(attempt, plan, made) {
  const missing = plan.segments.filter(({ index }) => !made.has(index));
  let done = plan.source.durationSec - sum(missing);
  for (const segment of missing) {
    const title = `segment ${segment.index + 1} of ${plan.segments.length}`;
    const path = await encodeSegment(attempt, plan, segment, live(attempt, plan, done, title));
    made.set(segment.index, path);
    done += segment.seconds;
  }
  const output = await joined(attempt, plan, made);
  return { output, detail: `${plan.segments.length} segments, ${missing.length} made now, ${plan.kind.video} ${plan.height}p` };
}

/** ffmpeg reads no exponents. */
const seconds = (number) => number.toFixed(6);
const sum = (segments) => segments.reduce((total, { seconds }) => total + seconds, 0);

/** Turns ffmpeg's account of one segment into the job's progress. */
function live(attempt, { source }, done, title) {
  return ({ seconds, speed }) => {
    const share = Math.min(1, (done + seconds) / source.durationSec);
    const message = speed ? `${speed.toFixed(1)}× real time, ${title}` : `Starting ${title}`;
    const percent = PERCENT.transcode + share * (PERCENT.join - PERCENT.transcode);
    attempt.progress(percent, message, { transcode: { percent: Math.round(share * 1000) / 10, message } });
  };
}

async function encodeSegment(attempt, plan, { index, from, take }, onProgress) {
  // The attempt's number is in the name: should its ffmpeg outlive a killed producer, it cannot write into ours.
  const name = `${String(index).padStart(4, "0")}-${attempt.job.attempt}.mkv`;
  const path = join(segmentsOf(attempt.job), name);
  const draft = `${path}.part`;
  await heard(attempt, [
    "-ss", seconds(from), "-i", file(plan.input), ...(take ? ["-t", seconds(take)] : []),
    "-map", "0:v:0", "-vf", `scale=-2:${plan.height}`, "-pix_fmt", "yuv420p", "-c:v", plan.kind.video, ...plan.kind.options,
    "-f", "matroska", file(draft),
  ], onProgress);
  await rename(draft, path);
  await attempt.checkpoint({ checkpoint: "segment", index, of: plan.segments.length, name, bytes: (await stat(path)).size });
  return path;
}

/** The pictures are only copied. The sound is encoded here, in one piece: joined from segments it would click. */
async function joined(attempt, plan, made) {
  const { job } = attempt;
  const list = join(segmentsOf(job), `list-${job.attempt}.txt`);
  const entry = ({ index, seconds: length }) => `file '${made.get(index).replaceAll("'", "'\\''")}'\nduration ${seconds(length)}\n`;
  await writeFile(list, plan.segments.map(entry).join(""));
  const output = join(folderOf(job), `video.${plan.kind.extension}`);
  const draft = join(segmentsOf(job), `joined-${job.attempt}.${plan.kind.extension}`);
  attempt.progress(PERCENT.join, "Joining the segments", { transcode: { percent: 100, message: "Encoded" } });
  await heard(attempt, [
    "-f", "concat", "-safe", "0", "-itsoffset", seconds(plan.source.offsetSec), "-i", file(list), "-i", file(plan.input), "-map", "0:v:0", "-map", "1:a:0?",
    "-c:v", "copy", "-c:a", plan.kind.audio, "-b:a", "128k", ...(plan.kind.extension === "mp4" ? ["-movflags", "+faststart"] : []),
    file(draft),
  ]);
  await rename(draft, output);
  return output;
}

async function picture(attempt, output) {
  attempt.progress(PERCENT.thumbnail, "Making the thumbnail");
  const thumbnail = join(folderOf(attempt.job), "thumbnail.jpg");
  const { durationSec } = await probe(output, attempt);
  await heard(attempt, [
    "-ss", String(durationSec / 3), "-i", file(output), "-frames:v", "1", "-vf", "scale=640:-2", "-q:v", "3", "-update", "1", file(thumbnail),
  ]);
  return { thumbnail, detail: "640 pixels wide" };
}

/** What ffmpeg prints becomes the job's log. */
const heard = (attempt, args, onProgress) =>
  ffmpeg(args, { signal: attempt.signal, onProgress, onLog: (level, line) => attempt.log(line, { level, source: "ffmpeg" }) });
