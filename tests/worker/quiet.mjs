// What a stream says when it has nothing to tell: where it begins, and that it lives.
import assert from "node:assert/strict";

const HEARTBEAT_MS = 15_000;
const SLACK_MS = 3_000;

/** The first block that has an id or an event. */
export async function beginning(stream) {
  let frame;
  do frame = await stream.next();
  while (frame.id === undefined && !frame.dispatches);
  return frame;
}

/** The next two blocks are the comment `ping` and nothing else, 15 seconds apart. */
export async function isPinged(stream) {
  for (const beat of [1, 2]) {
    const since = Date.now();
    const { comments, event, id, data } = await stream.next();
    const passed = Date.now() - since;
    assert.deepEqual([comments, event, id, data], [["ping"], undefined, undefined, undefined]);
    assert.ok(passed < HEARTBEAT_MS + SLACK_MS, `beat ${beat} took ${passed} ms`);
    assert.ok(beat === 1 || passed > HEARTBEAT_MS - SLACK_MS, `beat ${beat} came after ${passed} ms`);
  }
}
