// A request as its bytes: what `fetch` would put in order, or refuse to send.
import { connect } from "node:net";
import { newAddress } from "./address.mjs";

const PATIENCE_MS = 20_000;

/** Sends the bytes over a connection of their own and resolves to all that comes back until the service closes it, or says nothing for a while. */
export function sent(at, bytes, quietMs = 400) {
  const { hostname, port } = new URL(at.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    let text = "";
    const done = () => socket.destroy() && resolve(text);
    const limit = setTimeout(done, PATIENCE_MS);
    socket.setEncoding("latin1").on("data", (piece) => {
      text += piece;
      socket.setTimeout(quietMs, done);
    });
    socket.on("close", () => clearTimeout(limit) ?? resolve(text));
    socket.on("error", (error) => (["ECONNRESET", "EPIPE"].includes(error.code) ? resolve(text) : reject(error)));
  });
}

/** One request whose target and headers go as they are: `headers` is a list of pairs. Resolves to `{status, text}`; 0 where nothing came. */
export async function asItIs(at, method, target, headers = [], body = "") {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${new URL(at.url).host}`, "Connection: close"];
  const all = [...Object.entries(newAddress()), ...headers].map(([name, value]) => `${name}: ${value}`);
  const text = await sent(at, [...lines, ...all, "", body].join("\r\n"));
  return { status: statuses(text)[0] ?? 0, text };
}

/** Of every answer in what came back. */
export const statuses = (text) => [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
