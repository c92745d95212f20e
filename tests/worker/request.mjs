// One request and its whole answer. Owns nothing about jobs; knows only what every answer of the service has in common.
import assert from "node:assert/strict";

const PATIENCE_MS = 40_000;

/**
 * `key` goes as x-api-key, `json` as application/json, `body` as it is.
 * Resolves to `{status, headers, text, body}`; `body` is the parsed JSON, or undefined.
 */
export async function request(url, { method = "GET", key, json, body = json && JSON.stringify(json), headers = {} } = {}) {
  const credential = key && { "x-api-key": key };
  const type = json && { "content-type": "application/json" };
  const response = await fetch(url, {
    method, body, headers: { ...credential, ...type, ...headers }, duplex: "half", signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** The JSON in a text; undefined where there is none. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer succeeded; gives its body. */
export function accepted(answer, status = 200) {
  assert.equal(answer.status, status, answer.text);
  return answer.body;
}

/** The answer is a refusal in the contract's form: `{error, code, requestId}` and `details` that name the field. */
export function refused(answer, status, { code, field } = {}) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(answer.body.error.length > 0, "the error is a text for a person");
  assert.match(answer.body.code, /^[a-z]+(_[a-z]+)*$/);
  assert.equal(answer.body.requestId, answer.headers.get("x-request-id"));
  if (code) assert.equal(answer.body.code, code, answer.text);
  if (field) assert.equal(answer.body.details?.field, field, answer.text);
  return answer.body;
}
