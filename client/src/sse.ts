// Reads server-sent events by the rules of the HTML standard (“Server-sent events”, parsing and interpretation), however the
// bytes are cut into pieces, and tells what an EventSource keeps to itself: comments, `retry`, and a cursor without an event.
// Invariant: nothing of a block is told before its empty line, so a cursor never runs ahead of what was delivered.

export type Signal =
  | { kind: "message"; type: string; data: string; id: string }
  | { kind: "cursor"; id: string }
  | { kind: "retry"; ms: number }
  | { kind: "comment"; text: string };

const NUL = "\0";
const DIGITS = /^[0-9]+$/;

export class EventStreamReader {
  #decoder = new TextDecoder(); // takes a byte order mark away, at the beginning only
  #line = "";
  #afterReturn = false;
  #type = "";
  #data: string[] = [];
  #id: string;
  #told: string;

  /** `id` is the last event id so far: a connection that goes on keeps it, as an EventSource does. */
  constructor(id = "") {
    this.#id = this.#told = id;
  }

  read(bytes: Uint8Array): Signal[] {
    const signals: Signal[] = [];
    for (const line of this.#lines(this.#decoder.decode(bytes, { stream: true }))) this.#take(line, signals);
    return signals;
  }

  /** Lines end with CR LF, LF or CR; a CR at the end of a piece may have its LF at the beginning of the next. */
  *#lines(text: string): Generator<string> {
    if (text === "") return;
    const from = this.#afterReturn && text[0] === "\n" ? 1 : 0;
    this.#afterReturn = text.at(-1) === "\r";
    const lines = text.slice(from).split(/\r\n|\n|\r/);
    const rest = lines.pop()!;
    for (const line of lines) {
      yield this.#line + line;
      this.#line = "";
    }
    this.#line += rest;
  }

  #take(line: string, signals: Signal[]) {
    if (line === "") return this.#dispatch(signals);
    const colon = line.indexOf(":");
    if (colon === 0) return void signals.push({ kind: "comment", text: line.slice(1).trim() });
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#type = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes(NUL)) this.#id = value;
    else if (field === "retry" && DIGITS.test(value)) signals.push({ kind: "retry", ms: Number(value) });
  }

  #dispatch(signals: Signal[]) {
    const [type, data, id] = [this.#type || "message", this.#data, this.#id];
    this.#type = "";
    this.#data = [];
    // An empty data line makes an event with empty data; no data line makes none.
    if (data.length > 0) signals.push({ kind: "message", type, data: data.join("\n"), id });
    else if (id !== this.#told) signals.push({ kind: "cursor", id });
    this.#told = id;
  }
}
