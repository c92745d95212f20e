// Creates a job for each video and prints where to watch it. `node create-jobs.mjs [path…]`; without a path, the test video.
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { call, exit, KEY, requireService } from "../jobcast.mjs";
import { STAGES, VIDEOS } from "./transcode.mjs";

const PAGE = process.env.WATCH_URL || "http://localhost:8788";
const DAY_SEC = 86_400;

const paths = process.argv.length > 2 ? process.argv.slice(2).map((path) => resolve(path)) : [join(VIDEOS, "test.mp4")];
const missing = paths.find((path) => !existsSync(path));
if (missing) exit(`There is no ${missing}. Make a test video first: node examples/transcode/make-video.mjs`);
await requireService();

for (const input of paths) {
  // A producer that falls silent for a minute has lost the job to the next one.
  const job = await call("POST", "/jobs", {
    json: { name: "transcode", topic: basename(input), filePath: input, stages: STAGES, timeoutSeconds: 60, payload: { input } },
  });
  // The log is not public: the link carries a token that reads this one job for a day.
  const { token } = await call("POST", `/jobs/${job.id}/tokens`, { json: { ttlSeconds: DAY_SEC, scopes: ["jobs:read"] } });
  console.log(`
${job.id}  ${basename(input)}
  Watch   ${PAGE}/?job=${job.id}&token=${token}
  Stream  curl -N -H "x-api-key: ${KEY}" ${job.eventsUrl}`);
}
