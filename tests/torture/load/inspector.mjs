// What V8 says of the isolate that holds the Worker and all of its objects, over the protocol of its inspector.
import { setTimeout as sleep } from "node:timers/promises";

const WORKER = "core:user:jobcast";
const PATIENCE_MS = 60_000;
const MB = 1024 * 1024;

export class Inspector {
  constructor(port) {
    this.port = port;
  }

  /**
   * Throws away what nobody holds any more, and tells what is left: `{scripts, wasm}`, MB, of JavaScript and of WebAssembly's memory,
   * and how many `sockets`: two a stream, the edge's end and the object's. A snapshot of the heap does it, because workerd never
   * answers `HeapProfiler.collectGarbage`.
   */
  async settled() {
    for (let refused = 0; ; refused += 1) {
      try {
        return await this.#snapshot();
      } catch (error) {
        // Who comes first is sent away, and who comes before another has quite gone.
        if (refused === 10) throw new Error("The inspector takes nobody.", { cause: error });
        await sleep(300);
      }
    }
  }

  async #snapshot() {
    let text = "";
    const usage = await this.#asked([["HeapProfiler.takeHeapSnapshot", { reportProgress: false }], ["Runtime.getHeapUsage"]], ({ method, params }) => {
      if (method === "HeapProfiler.addHeapSnapshotChunk") text += params.chunk;
    });
    const objects = summary(JSON.parse(text));
    return { scripts: round(usage.usedSize), wasm: round(objects("system / JSArrayBufferData").size), sockets: objects("workerd / WebSocket").count };
  }

  /** Resolves to the last one's answer. All are sent at once: workerd leaves what comes after a snapshot unread. */
  async #asked(calls, heard) {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/${WORKER}`);
    await new Promise((open, fail) => Object.assign(socket, { onopen: open, onerror: fail }));
    const answer = new Promise((answered, failed) => {
      socket.onclose = () => failed(new Error("The inspector closed."));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        heard(message);
        if (message.id === calls.length) answered(message.result);
      };
    });
    const late = setTimeout(() => socket.close(), PATIENCE_MS);
    calls.forEach(([method, params = {}], index) => socket.send(JSON.stringify({ id: index + 1, method, params })));
    return answer.finally(() => {
      clearTimeout(late);
      socket.close();
    });
  }
}

const round = (bytes) => Math.round((bytes / MB) * 10) / 10;

/** Of the objects with a name: how many, and their own bytes. */
function summary({ snapshot, nodes, strings }) {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ["type", "name", "self_size"].map((field) => fields.indexOf(field));
  const kinds = ["native", "synthetic"].map((kind) => types[0].indexOf(kind));
  return (wanted) => {
    const found = { count: 0, size: 0 };
    for (let at = 0; at < nodes.length; at += fields.length) {
      if (!kinds.includes(nodes[at + type]) || strings[nodes[at + name]] !== wanted) continue;
      found.count += 1;
      found.size += nodes[at + size];
    }
    return found;
  };
}
