// The stream of a project's queue, as a subscriber reads it.
import { open } from "./stream.mjs";
import { queueUrl } from "./urls.mjs";

/** A stream of the project that has told `connected`. */
export async function connect(t, project, options = {}) {
  const stream = await open(t, queueUrl(project), { key: project.apiKey, ...options });
  stream.connected = await stream.event("connected");
  return stream;
}

/** The next event that is about a job: on a busy machine a heartbeat may come between. */
export async function news(stream) {
  let frame;
  do frame = await stream.event();
  while (frame.event === "heartbeat");
  return frame;
}

/** Events about jobs up to the one that `test` accepts. */
export async function newsUntil(stream, test) {
  const events = [];
  do events.push(await news(stream));
  while (!test(events.at(-1)));
  return events;
}
