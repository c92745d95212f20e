// The built Worker, byte for byte as it ships, over a platform on which one object panics when it is told to: a `main` for
// tests, never deployed. doom.mjs speaks to it.
import * as built from "../../build/index.js";
import { callable } from "../../src/edge/callable.js";
import Service from "../../src/worker.js";
import { overlaid } from "./overlaid.mjs";

/** `{name, at}`: the object by the beginning of its name, and the moment at which it panics, once. */
let doom;

/** The crate `worker` panics where `waitUntil` and `acceptWebSocket` fail. */
const REFUSED = new Error("forced");
/** Of storage Rust would take an error for an answer, but not wasm's own trap, which passes through it: one of an earlier panic. */
let trap;
const note = (error) => {
  if (error instanceof WebAssembly.RuntimeError) trap = error;
};
addEventListener("error", ({ error }) => note(error));

const fragile = (Base) =>
  class extends Base {
    constructor(state, env) {
      const meets = (at) => {
        const met = doom?.at === at && state.id.name.startsWith(doom.name);
        if (met) doom = undefined;
        return met;
      };
      const refusing = (at) => (...call) => {
        if (meets(at)) throw REFUSED;
        return state[at](...call);
      };
      const own = { storage: doomed(state.storage, meets), waitUntil: refusing("waitUntil"), acceptWebSocket: refusing("acceptWebSocket") };
      super(overlaid(state, own), env);
    }

    answer(call) {
      try {
        return super.answer(call);
      } catch (error) {
        note(error);
        throw error;
      }
    }
  };

/** A storage that meets its doom when it has just written: with a statement by itself, or with a transaction. */
function doomed(storage, meets) {
  let within = false;
  const written = (result) => {
    if (!within && meets("commit")) throw trap;
    return result;
  };
  const exec = (query, ...bounds) => {
    const cursor = storage.sql.exec(query, ...bounds);
    return /^INSERT/m.test(query) ? written(cursor) : cursor;
  };
  const transactionSync = (work) => {
    within = true;
    try {
      storage.transactionSync(work);
    } finally {
      within = false;
    }
    written();
  };
  return overlaid(storage, { sql: overlaid(storage.sql, { exec }), transactionSync });
}

export const JobStream = callable(fragile(built.JobStream));
export const ProjectFeed = callable(fragile(built.ProjectFeed));
export const Relay = callable(fragile(built.Relay));

export default {
  fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/doom") return Response.json((doom = Object.fromEntries(searchParams)));
    if (pathname === "/api/doom/left") return Response.json(doom ?? null);
    if (pathname === "/api/bridge") return bridge(env, searchParams.get("subscription"));
    return Service.fetch(request, env, context);
  },
};

/** A bridge in JavaScript: as the Worker's own would be in another isolate, which the panic leaves alone. */
async function bridge(env, subscription) {
  const { job } = JSON.parse(subscription);
  const url = `https://object/?${new URLSearchParams({ subscription })}`;
  const { webSocket } = await env.JOB_STREAM.getByName(job).fetch(url, { headers: { upgrade: "websocket" } });
  const { readable, writable } = new TransformStream();
  const [writer, encoder] = [writable.getWriter(), new TextEncoder()];
  webSocket.accept();
  webSocket.addEventListener("message", ({ data }) => data.startsWith("\u0001") || writer.write(encoder.encode(data)));
  webSocket.addEventListener("close", () => writer.close());
  return new Response(readable, { headers: { "content-type": "text/event-stream" } });
}
