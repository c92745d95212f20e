// Serves the page that watches a job, what producers made, and the service's API, all under one origin.
// `node serve.mjs`; PORT is 8788 unless set.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { request as askSecurely } from "node:https";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { URL_BASE } from "../jobcast.mjs";
import { VIDEOS } from "./transcode.mjs";

const PAGE = { "/": "watch.html" };
for (const name of ["watch.css", "watch.js", "story.js", "render.js"]) PAGE[`/${name}`] = name;
const MADE = /^\/videos\/(job_[0-9A-Z]{26})\/(video\.mp4|video\.webm|thumbnail\.jpg)$/;
const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript",
  ".mp4": "video/mp4", ".webm": "video/webm", ".jpg": "image/jpeg",
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://page");
  const made = MADE.exec(pathname);
  if (pathname.startsWith("/api/")) proxy(request, response);
  else if (made) send(request, response, join(VIDEOS, made[1], made[2]));
  else if (PAGE[pathname]) send(request, response, fileURLToPath(new URL(PAGE[pathname], import.meta.url)));
  else response.writeHead(404).end("Not found");
});
// Only for this machine: the page is an example, not a server.
server.listen(Number(process.env.PORT ?? 8788), "localhost", () => console.log(`http://localhost:${server.address().port}`));

async function send(request, response, path) {
  const found = await stat(path).catch(() => null);
  if (!found) return response.writeHead(404).end("Not found");
  // A player that jumps asks for the rest from there on.
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  const start = asked ? Math.min(Number(asked[1]), found.size - 1) : 0;
  response.writeHead(asked ? 206 : 200, {
    "content-type": TYPES[extname(path)], "content-length": found.size - start, "accept-ranges": "bytes", "cache-control": "no-cache",
    "content-security-policy": "default-src 'self'; img-src 'self' data:",
    ...(asked && { "content-range": `bytes ${start}-${found.size - 1}/${found.size}` }),
  });
  createReadStream(path, { start }).on("error", () => response.destroy()).pipe(response);
}

/** Unbuffered: each piece goes on as it comes, and when the reader leaves, the service's stream is left too. */
function proxy(request, response) {
  const target = new URL(URL_BASE + request.url);
  const connect = target.protocol === "https:" ? askSecurely : ask;
  const upstream = connect(target, { method: request.method, headers: { ...request.headers, host: target.host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers).flushHeaders();
    answer.on("error", () => response.destroy()).pipe(response);
  });
  upstream.on("error", () => {
    if (response.headersSent) return response.destroy();
    response.writeHead(502, { "content-type": "application/json" }).end('{"error":"The service does not answer.","code":"unreachable"}');
  });
  request.pipe(upstream);
  response.on("close", () => upstream.destroy());
}
