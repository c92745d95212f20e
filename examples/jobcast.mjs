// Jobcast with nothing but fetch: where the service is, and one call that survives a bad network. Copy it, it is all you need.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const { env } = process;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The folder in which `npm start` keeps the service's state and the default project's key. */
export const STATE = resolve(ROOT, env.JOBCAST_STATE || ".jobcast");

const started = startedHere();
export const URL_BASE = (env.JOBCAST_URL || started.url || "http://localhost:8787").replace(/\/$/, "");
export const KEY = env.JOBCAST_API_KEY || started.apiKey;

function startedHere() {
  const file = join(STATE, "default-project.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** The service understood and said no. `code` is the stable word to branch on. */
export class Refused extends Error {
  constructor(status, { error, code } = {}) {
    super(error ?? `The service answered ${status}.`);
    Object.assign(this, { status, code });
  }
}

// Longer than the longest poll. A restart or a deploy of the service fits into the pauses: they add up to half a minute.
const ONE_TRY_MS = 30_000;
const PAUSES_MS = [100, 300, 1_000, 2_000, 4_000, 8_000, 15_000];
const passes = (status) => status === 429 || status >= 500;

/**
 * One request, repeated until it is answered: `json` or a ready `body`; `attempt` names the attempt that reports.
 * An answer may get lost after the service has done its part, so every try of a POST carries the same Idempotency-Key:
 * repeated, it adds nothing and gets the first answer.
 */
export async function call(method, path, { json, body = json && JSON.stringify(json), headers, attempt, signal } = {}) {
  const request = { method, body, headers: {
    "x-api-key": KEY,
    ...(method === "POST" && { "content-type": "application/json", "idempotency-key": randomUUID() }),
    ...(attempt && { "x-job-attempt": String(attempt) }),
    ...headers,
  } };
  for (const pause of [...PAUSES_MS, null]) {
    const outcome = await once(`${URL_BASE}/api/v1${path}`, request, signal).catch((error) => error);
    if (!(outcome instanceof Error)) return outcome;
    const final = outcome instanceof Refused && !passes(outcome.status);
    if (final || pause === null || signal?.aborted) throw outcome;
    await sleep(pause * (0.5 + Math.random()), null, { signal });
  }
}

async function once(url, request, signal) {
  const patience = AbortSignal.timeout(ONE_TRY_MS);
  const response = await fetch(url, { ...request, signal: signal ? AbortSignal.any([signal, patience]) : patience });
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer) return answer;
  throw new Refused(response.status, answer);
}

/** A person runs these scripts: what they must do first is a sentence, not a stack. */
export function exit(sentence) {
  console.error(`\n✗ ${sentence}`);
  process.exit(1);
}

export async function requireService() {
  const up = await fetch(`${URL_BASE}/health`).then((response) => response.ok, () => false);
  if (!up) exit(`Nothing answers at ${URL_BASE}. Start the service in another terminal: npm start`);
  if (!KEY) exit("No API key. Run `npm start` here, or give one: JOBCAST_API_KEY=…");
}
