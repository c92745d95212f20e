// A session as a dashboard has it: the cookie that an API key was turned into.
import assert from "node:assert/strict";
import { accepted, request } from "./request.mjs";

/** Seed 003, “Auth-gated streams”. */
export const COOKIE = "better-auth.session_token";

/** Asks for a session, whatever comes of it. */
export const askForSession = (at, apiKey, headers = {}) =>
  request(`${at.url}/api/session`, { method: "POST", json: { apiKey }, headers });

export async function signIn(project, key = project.apiKey, headers = {}) {
  const answer = await askForSession(project.at, key, headers);
  return new Session(project, accepted(answer, 201), setCookie(answer));
}

class Session {
  /** `told` is the body of the answer, `set` what its Set-Cookie says. */
  constructor(project, told, set) {
    Object.assign(this, { project, told, set, cookie: `${COOKIE}=${set.value}` });
  }

  /** What a browser sends by itself. */
  get headers() {
    return { cookie: this.cookie };
  }

  ask(method, path, options = {}) {
    return this.project.ask(method, path, { key: undefined, ...options, headers: { ...this.headers, ...options.headers } });
  }

  /** Whether it is still one, and whose. */
  now() {
    return this.ask("GET", "/api/session");
  }

  end() {
    return this.ask("DELETE", "/api/session");
  }
}

/** The one cookie that an answer sets: `{name, value, attributes}`, the attributes by their names in lower case. */
export function setCookie({ headers }) {
  const cookies = headers.getSetCookie();
  assert.equal(cookies.length, 1, "one cookie is set");
  const [[name, value], ...attributes] = cookies[0].split(";").map((part) => halves(part.trim()));
  return { name, value, attributes: Object.fromEntries(attributes.map(([name, value]) => [name.toLowerCase(), value])) };
}

function halves(text) {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, true] : [text.slice(0, equals), text.slice(equals + 1)];
}
