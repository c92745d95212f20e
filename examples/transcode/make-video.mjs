// Makes a test video of one minute, 1080p with sound, heavy enough that one can watch it being transcoded.
// `node make-video.mjs [seconds] [path]`
import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ffmpeg, file, kind } from "./ffmpeg.mjs";
import { VIDEOS } from "./transcode.mjs";

const [seconds = "60", path = join(VIDEOS, "test.mp4")] = process.argv.slice(2);
const output = resolve(path);
const { video, audio } = kind();
// Quick rather than small: this file is only there to be transcoded.
const quick = video === "libx264" ? ["-preset", "ultrafast", "-crf", "28"] : ["-b:v", "12M"];

await mkdir(dirname(output), { recursive: true });
await ffmpeg([
  "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30", "-f", "lavfi", "-i", "sine=frequency=220:beep_factor=4:sample_rate=48000",
  "-t", seconds, "-c:v", video, ...quick, "-pix_fmt", "yuv420p", "-c:a", audio, "-f", "mp4", file(output),
], { onProgress: ({ seconds: made }) => process.stderr.write(`\r${made.toFixed(0)} of ${seconds} s `) });
const { size } = await stat(output);
console.log(`\r${output}: ${seconds} s, ${(size / 1e6).toFixed(1)} MB`);
