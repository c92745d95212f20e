// A service that says what a test wants, as fast as it wants: the built dashboard, a session, a list of running jobs, and their
// feed. Only for what a real one could not be made to do: move at an exact pace on a busy machine, or have lost the beginning of a log.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

const DIST = new URL("../../dist/", import.meta.url);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const FIRST = Date.parse("2026-03-01T09:00:00.000Z");
const iso = (at) => new Date(at).toISOString();

/** `streams` answers for other paths: a text of frames for each cursor. */
export async function scripted(jobs, streams = {}) {
  const rows = Array.from({ length: jobs }, (_, i) => row(i)).reverse();
  const readers = new Set();
  let id = Date.now();
  const answers = {
    "/api/session": { projectId: "prj_1", scopes: ["jobs:read", "jobs:read:progress"], expiresAt: null },
    "/queue/stats": { total: jobs, pending: 0, running: jobs, completed: 0, error: 0, cancelled: 0 },
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (pathname === "/queue/events") return listen(response);
    if (streams[pathname]) return void response.writeHead(200, { "content-type": "text/event-stream" }).write(streams[pathname](searchParams.get("lastEventId")));
    const answer = pathname === "/queue/jobs" ? listed(rows, searchParams.get("cursor")) : answers[pathname];
    if (answer) return response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    const path = extname(pathname) ? pathname : "/index.html";
    response.setHeader("content-type", TYPES[extname(path)] ?? "text/plain").end(await readFile(new URL(`.${path}`, DIST)).catch(() => ""));
  });
  function listen(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(frame("connected", ++id, { clientId: "client_1" }));
    readers.add(response);
    response.on("close", () => readers.delete(response));
  }
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** From the newest on. */
    ids: rows.map((job) => job.id),
    progress(jobId, progress) {
      rows.find((job) => job.id === jobId).progress = progress;
      readers.forEach((reader) => reader.write(frame("job:progress", ++id, { jobId, progress })));
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const frame = (event, id, data) => `event: ${event}\n${id === "" ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

const row = (i) => ({
  id: `job_01KJMA0FM0FWX93H6GB${String(i).padStart(7, "0")}`, name: `encode ${i}`, filePath: `media/${i}.mp4`, status: "running", priority: 2, progress: 0,
  message: null, attempt: 1, maxAttempts: 3, error: null, createdAt: iso(FIRST + i), startedAt: iso(FIRST + i), completedAt: null, scheduledFor: null, updatedAt: iso(FIRST + i),
});

function listed(rows, cursor) {
  const from = cursor ? rows.findIndex((job) => job.id === cursor) + 1 : 0;
  const jobs = rows.slice(from, from + 100);
  return { jobs, limit: 100, offset: 0, count: jobs.length, total: rows.length, nextCursor: from + 100 < rows.length ? jobs.at(-1).id : null };
}
