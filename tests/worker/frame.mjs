// Reads server-sent events from text, block by block, and keeps what an EventSource would throw away: comments, `retry`, empty blocks.

/** `{event, id, data, retry, comments}`, each undefined or empty where the block has none. */
export class Frame {
  comments = [];

  json() {
    return JSON.parse(this.data);
  }

  get dispatches() {
    return this.data !== undefined;
  }
}

/** Blocks are taken out of the text as they become complete. */
export class Blocks {
  rest = "";

  *take(text) {
    this.rest += text;
    for (let end; (end = this.rest.indexOf("\n\n")) >= 0; this.rest = this.rest.slice(end + 2)) yield parse(this.rest.slice(0, end));
  }
}

function parse(block) {
  const frame = new Frame();
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) frame.comments.push(line.slice(1).trim());
    else add(frame, line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ""));
  }
  return frame;
}

function add(frame, field, value) {
  if (field === "data") frame.data = frame.data === undefined ? value : `${frame.data}\n${value}`;
  else if (["event", "id", "retry"].includes(field)) frame[field] = value;
  else throw new Error(`A line that no server-sent event has: ${field}: ${value}`);
}
