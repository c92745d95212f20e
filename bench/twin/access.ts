// Who may do what: keys from D1, by their hash, remembered for 20 s; scopes as bits; the limit of rate.
import findKey from "../../src/sql/directory/find_key.sql";
import touchKey from "../../src/sql/directory/touch_key.sql";
import { refuse } from "./problem.js";

export interface Grant {
  project: string;
  scopes: number;
}

interface KeyRow {
  id: string;
  project_id: string;
  scopes: number;
  expires_at: number | null;
  revoked_at: number | null;
}

/** In the order of the bits that are stored. */
const SCOPES = ["create", "read", "read:progress", "poll", "ack", "progress", "event", "complete", "fail", "kill", "keepalive", "manage"];
const REMEMBERED_MS = 20_000;
const REMEMBERED_KEYS = 10_000;

interface Known {
  grant: Promise<Grant>;
  until: number;
}

/** By the key itself, so that a known one is not hashed again; only what was found good stays. */
const known = new Map<string, Known>();

export const bit = (scope: string) => 1 << SCOPES.indexOf(scope);

export async function enter(request: Request, env: Env, context: ExecutionContext, scope: string): Promise<Grant> {
  const key = presented(request) ?? refuse("missing_credential", "Send an API key: Authorization: Bearer …, or x-api-key.");
  const grant = await remembered(key, env, context);
  // Where nothing is bound there are no limits, as in Jobcast.
  if (env.KEY_RATE && !(await env.KEY_RATE.limit({ key })).success) refuse("rate_limited", "Too many requests: wait a moment.");
  if ((grant.scopes & bit(scope)) === 0) refuse("missing_scope", `This needs the scope jobs:${scope}.`, { scope: `jobs:${scope}` });
  return grant;
}

function presented(request: Request): string | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization?.startsWith("Bearer ")) return authorization.slice(7);
  return request.headers.get("x-api-key") ?? undefined;
}

/** Whoever asks while the key is looked up waits for the same look. */
function remembered(key: string, env: Env, context: ExecutionContext): Promise<Grant> {
  const now = Date.now();
  const found = known.get(key);
  if (found && found.until > now) return found.grant;
  if (known.size >= REMEMBERED_KEYS) known.clear();
  const grant = look(key, env, context);
  known.set(key, { grant, until: now + REMEMBERED_MS });
  grant.catch(() => known.delete(key));
  return grant;
}

async function look(key: string, env: Env, context: ExecutionContext): Promise<Grant> {
  const row = await env.DB.prepare(findKey).bind(await hashOf(key)).first<KeyRow>();
  const now = Date.now();
  if (!row || row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now)) {
    return refuse("invalid_credential", "This key is unknown, revoked or expired: use another.");
  }
  context.waitUntil(env.DB.prepare(touchKey).bind(row.id, now).run());
  return { project: row.project_id, scopes: row.scopes };
}

export async function hashOf(secret: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
