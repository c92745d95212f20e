// A service that answers as the test's script says. Every request is kept; one that the script does not expect fails.
import { settle } from "./clock.mjs";

const BYTES = new TextEncoder();

export class ScriptedService {
  requests = [];
  #script = [];

  /** What the next requests get, in order: a Response, an Error (the network), a `FakeStream`, or a function of the request. */
  will(...answers) {
    this.#script.push(...answers);
    return this;
  }

  fetch = async (url, init = {}) => {
    const request = { url: new URL(url), ...init, headers: new Headers(init.headers) };
    this.requests.push(request);
    let answer = this.#script.shift();
    if (typeof answer === "function") answer = await answer(request);
    if (answer === undefined) throw new Error(`Nobody expected ${init.method ?? "GET"} ${url}`);
    if (answer instanceof Error) throw answer;
    return answer instanceof FakeStream ? answer.open(init.signal) : answer;
  };

  /** The cursors that the requests brought. */
  get cursors() {
    return this.requests.map(({ url }) => url.searchParams.get("lastEventId"));
  }

  get left() {
    return this.#script.length;
  }
}

export const json = (status, body, headers) => Response.json(body, { status, headers });
export const refusal = (status, code, headers) => json(status, { error: `No: ${code}.`, code, requestId: "req_1" }, headers);
export const noContent = () => new Response(null, { status: 204 });

/** An open stream, fed by the test. */
export class FakeStream {
  #controller;
  #body = new ReadableStream({ start: (controller) => (this.#controller = controller), cancel: () => (this.left = true) });
  /** The reader went away. */
  left = false;

  open(signal) {
    signal?.addEventListener("abort", () => {
      this.left = true;
      this.break(signal.reason);
    });
    return new Response(this.#body, { headers: { "content-type": "text/event-stream" } });
  }

  async send(...texts) {
    for (const text of texts) this.#controller.enqueue(typeof text === "string" ? BYTES.encode(text) : text);
    await settle();
  }

  async end() {
    this.#controller.close();
    await settle();
  }

  async break(error = new TypeError("terminated")) {
    try {
      this.#controller.error(error);
    } catch {
      // it is over already
    }
    await settle();
  }
}

/** One frame, as the service writes it. */
export const frame = (event, id, data = {}) => `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
