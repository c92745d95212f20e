// Reads Server-Sent Events out of text that arrives in any pieces (WHATWG, “Parsing an event stream”).
// Owns the rest of an unfinished line and nothing else; what a frame means is not its business.

export interface Frame {
  event: string;
  /** The cursor after this frame: its own id, else the last one told. */
  id: string;
  data: string;
}

export interface Heard {
  frames: Frame[];
  /** The newest cursor, also when a block of `id:` alone told it. */
  id: string;
  /** The pause that the service asks for before a reconnect, ms. */
  retry?: number;
}

export class FrameReader {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #id: string;

  constructor(id = "") {
    this.#id = id;
  }

  push(text: string): Heard {
    const heard: Heard = { frames: [], id: this.#id };
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line, heard);
    heard.id = this.#id;
    return heard;
  }

  #line(line: string, heard: Heard): void {
    if (line === "") return this.#dispatch(heard);
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment: the heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) heard.retry = Number(value);
  }

  #dispatch(heard: Heard): void {
    if (this.#data.length > 0) heard.frames.push({ event: this.#event || "message", id: this.#id, data: this.#data.join("\n") });
    this.#event = "";
    this.#data = [];
  }
}
