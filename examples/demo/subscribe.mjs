// Reads a job's stream with nothing but fetch, as an EventSource would: resumes by cursor when the connection drops, ends on 204.
import { setTimeout as sleep } from "node:timers/promises";
import { KEY } from "../jobcast.mjs";

/** Calls `each(name, data)` for every event; resolves to the name of the last one, which ends the stream. */
export async function subscribe(url, each) {
  const position = { cursor: "0", pause: 1_000, last: undefined };
  for (;;) {
    const headers = { accept: "text/event-stream", "x-api-key": KEY, "last-event-id": position.cursor };
    const response = await fetch(url, { headers }).catch(() => null);
    if (response?.status === 204) return position.last;
    if (response && !response.ok && response.status < 500) throw new Error(`The stream answered ${response.status}: ${await response.text()}`);
    if (response?.ok) await read(response.body, position, each).catch(() => {});
    if (["job:completed", "job:failed"].includes(position.last)) return position.last;
    await sleep(position.pause);
  }
}

async function read(body, position, each) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) dispatch(block, position, each);
  }
}

/** `field: value` lines; this service sends neither `\r` nor a colon without its space. Comments, the heartbeat, have no field. */
function dispatch(block, position, each) {
  const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  if (fields.id) position.cursor = fields.id;
  if (fields.retry) position.pause = Number(fields.retry);
  if (!fields.data) return;
  position.last = fields.event;
  each(fields.event, JSON.parse(fields.data));
}
