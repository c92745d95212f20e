// ffmpeg and ffprobe as child processes: found, run, listened to, and stopped at once when a signal says so.
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { exit } from "../jobcast.mjs";

const require = createRequire(import.meta.url);
export const FFMPEG = tool("ffmpeg");
export const FFPROBE = tool("ffprobe");

/** The environment's, else the one on the path, else the npm package's. */
function tool(name) {
  const given = process.env[name.toUpperCase()];
  if (given) return given;
  if (!spawnSync(name, ["-version"]).error) return name;
  try {
    return require(`@${name}-installer/${name}`).path;
  } catch {
    exit(`${name} is missing. Install ffmpeg, on Debian or Ubuntu: apt-get install ffmpeg`);
  }
}

/** In the order of preference; every segment and the joined file must be of one kind. */
const KINDS = [
  { video: "libx264", audio: "aac", extension: "mp4", options: ["-preset", "veryfast", "-crf", "23"] },
  { video: "libvpx", audio: "libopus", extension: "webm", options: ["-deadline", "realtime", "-cpu-used", "5", "-b:v", "2M"] },
  { video: "mpeg4", audio: "aac", extension: "mp4", options: ["-q:v", "4"] },
];

/** What this build of ffmpeg can encode. */
export function kind() {
  const encoders = spawnSync(FFMPEG, ["-hide_banner", "-encoders"], { encoding: "utf8" }).stdout;
  const can = (name) => new RegExp(`^ \\S+ +${name} `, "m").test(encoders);
  return KINDS.find(({ video, audio }) => can(video) && can(audio)) ?? exit("This ffmpeg has no encoder that this example knows.");
}

/** A path is never taken for an option or a protocol. */
export const file = (path) => `file:${path}`;

/** Containers with an index: in others (MPEG-TS) a seek may land anywhere near. */
const INDEXED = /\b(mp4|matroska|webm|avi)\b/;

/**
 * Resolves to `{durationSec, offsetSec, frameSec, width, height, fps, codec, isIndexed}`:
 * where in the file the pictures begin, and the grid on which they lie.
 */
export async function probe(path, { signal } = {}) {
  const lines = [];
  const entries = "format=duration,format_name,start_time:stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,start_time";
  await run(FFPROBE, ["-v", "error", "-show_entries", entries, "-of", "json", file(path)], { signal, onOutput: (line) => lines.push(line) });
  const { streams, format } = JSON.parse(lines.join("\n"));
  const video = streams.find((stream) => stream.codec_type === "video");
  if (!video || !format.duration) throw new Error("There is no video in this file.");
  return {
    durationSec: Number(format.duration), offsetSec: Math.max(0, video.start_time - format.start_time) || 0,
    frameSec: 1 / (ratio(video.r_frame_rate) || 30), width: video.width, height: video.height,
    fps: ratio(video.avg_frame_rate), codec: video.codec_name, isIndexed: INDEXED.test(format.format_name),
  };
}

/** `30000/1001`; `0/0` where it is not known. */
function ratio(text) {
  const [above, below] = text.split("/").map(Number);
  return above / below || null;
}

/** `onProgress({seconds, speed})` is ffmpeg's own account of itself; `onLog(level, line)` what it prints. */
export async function ffmpeg(args, { signal, onProgress = () => {}, onLog = () => {} } = {}) {
  const quiet = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info", "-progress", "pipe:1", "-y"];
  const seen = {};
  await run(FFMPEG, [...quiet, ...args], {
    signal,
    onOutput: (line) => {
      const [name, value] = line.split("=");
      if (name === "progress") onProgress(account(seen));
      else seen[name] = value.trim();
    },
    onError: (line) => onLog(...levelled(line)),
  });
}

/** Before the first packet there are no numbers: `N/A`. */
const account = ({ out_time_us, speed }) => ({ seconds: Number(out_time_us) / 1e6 || 0, speed: parseFloat(speed) || null });

const LEVELS = { warning: "warn", error: "error", fatal: "fatal", panic: "fatal", verbose: "debug", debug: "debug" };

/** `[libx264 @ 0x55…] [warning] text`: the address tells nobody anything. */
function levelled(line) {
  const [, origin, level, text] = /^(?:\[(\S+) @ \w+\] )?\[(\w+)\] ?(.*)$/.exec(line) ?? [null, undefined, "info", line];
  return [LEVELS[level] ?? "info", origin ? `${origin}: ${text}` : text];
}

/** SIGKILL, because there is nothing to save: what is not finished is thrown away. Resolves when the process is gone. */
async function run(command, args, { signal, onOutput = () => {}, onError = () => {} }) {
  signal?.throwIfAborted();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGKILL" });
  let last = "";
  createInterface(child.stdout).on("line", onOutput);
  createInterface(child.stderr).on("line", (line) => onError((last = line)));
  let broken;
  child.on("error", (error) => (broken = error));
  const [code, killedBy] = await new Promise((gone) => child.once("close", (...how) => gone(how)));
  signal?.throwIfAborted();
  if (broken) throw broken;
  if (code !== 0) throw new Error(levelled(last)[1] || `${command} ended with ${killedBy ?? `code ${code}`}.`);
}
