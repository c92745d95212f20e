// The administration routes of one service. Every refusal becomes a sentence; nothing is tried twice, so nothing is made twice.
import { Refusal } from "../step.mjs";
import { address } from "./address.mjs";
import { Misuse } from "./arguments.mjs";
import { plain } from "./show.mjs";

const PATIENCE_MS = 30_000;

/** Resolves to `call(method, [segment, …], json)`, which resolves to the answer; the segments go below /api/projects. */
export function connect(options) {
  const { url, local, token } = address(options);
  return async (method, segments = [], json) => {
    const path = ["/api/projects", ...segments.map(encoded)].join("/");
    const headers = { authorization: `Bearer ${token}`, ...(json && { "content-type": "application/json" }) };
    const request = { method, headers, body: json && JSON.stringify(json) };
    const response = await exchange(url + path, request).catch((error) => unreachable(url, local, error));
    const { ok, answer } = response;
    // Whatever else may listen there: Jobcast names the request in every answer.
    if (ok && answer && response.headers.has("x-request-id")) return answer;
    throw new Refusal(answer?.requestId ? refusal(answer) : stranger(url, response));
  };
}

/** The token is for this address: a redirect is not followed. */
async function exchange(url, request) {
  const response = await fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  const { ok, status, headers } = response;
  return { ok, status, headers, answer: parsed(await response.text()) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A segment of dots would climb to another route, however it is encoded. */
function encoded(segment) {
  if (/^\.{1,2}$/.test(segment)) throw new Misuse(`“${segment}” is no id.`);
  return encodeURIComponent(segment);
}

function unreachable(url, local, { name, message, cause }) {
  if (name === "TimeoutError") throw new Refusal(`${url} did not answer within ${PATIENCE_MS / 1_000} s: look whether it was done before you try again.`);
  const start = local ? "start it with `npm start`, or give --url" : "check --url";
  throw new Refusal(`No service can be reached at ${url} (${cause?.code ?? cause?.message ?? message}): ${start}.`);
}

/** The service's own words: what to do, which field, and what to quote when one asks about it. */
function refusal({ error, code, requestId, details = {} }) {
  const named = Object.entries(details).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return plain(`${error} (${[code, ...named, `request ${requestId}`].join(", ")})`);
}

function stranger(url, { status, headers }) {
  const location = headers.get("location");
  const where = location ? `, which leads to ${plain(location)}` : "";
  return `${url} answered ${status}${where}, and not as Jobcast does: check --url.`;
}
