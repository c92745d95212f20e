// better-sse on node:http: the server of an application that fans events out from its own memory. As a program, it says where it listens.
// As its guide has it: a channel for each job, to which sessions are registered, and a broadcast for each report. The body of a report
// goes out as it came: it is neither parsed nor made into text again for each session.
import { createChannel, createSession } from "better-sse";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const EVENTS = /^\/jobs\/(\w+)\/events$/;
const REPORT = /^\/jobs\/(\w+)\/report$/;
const AS_IT_CAME = { serializer: (body) => body, keepAlive: 15_000 };

const channels = new Map();
let last = 1;

function channelOf(job) {
  if (!channels.has(job)) channels.set(job, createChannel());
  return channels.get(job);
}

async function follow(job, request, response) {
  const session = await createSession(request, response, AS_IT_CAME);
  session.push("{}", "job:snapshot", String(last));
  channelOf(job).register(session);
}

async function report(job, request, response) {
  const body = await text(request);
  const id = (last = Math.max(Date.now(), last + 1));
  channelOf(job).broadcast(body, "job:progress", { eventId: String(id) });
  const answer = JSON.stringify({ success: true, id });
  response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
}

const server = createServer((request, response) => {
  const [events, reported] = [EVENTS.exec(request.url), REPORT.exec(request.url)];
  if (events) return follow(events[1], request, response);
  if (reported) return report(reported[1], request, response);
  return response.writeHead(404).end();
});
// Publishers keep their connections.
server.keepAliveTimeout = 0;
server.listen({ host: "127.0.0.1", port: 0, backlog: 4_096 }, () => console.log(`127.0.0.1:${server.address().port}`));
