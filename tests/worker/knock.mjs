// One request to any route, each from an address of its own: tables of refusals would soon have asked too often from one. Of a stream that
// opens only the answer's beginning is wanted, so it is left at once.
import { newAddress } from "./address.mjs";

const PATIENCE_MS = 40_000;

/** As `request`; the `text` of a stream is empty. A waiting poll writes line ends before its JSON. */
export async function knock(url, { method = "GET", key, json, headers = {} } = {}) {
  const credential = key && { "x-api-key": key };
  const type = json && { "content-type": "application/json" };
  const response = await fetch(url, {
    method, body: json && JSON.stringify(json), headers: { ...newAddress(), ...credential, ...type, ...headers },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = isStream(response) ? await left(response) : await response.text();
  return { status: response.status, headers: response.headers, text, body: text.trimStart().startsWith("{") ? JSON.parse(text) : undefined };
}

const isStream = ({ headers }) => headers.get("content-type")?.startsWith("text/event-stream");

async function left(response) {
  await response.body?.cancel();
  return "";
}
