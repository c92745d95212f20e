// How long a refusal takes does not tell how much of a secret was right · about 5 min.
// Wrong secrets of two kinds are sent by turns that chance decides: those that begin as the right one does, to its last letter, and those
// that share nothing with it. Welch's t of their times (as dudect has it: the slowest tenth is left out, and from 4.5 on the kinds are
// told apart). ROUNDS: how many of each.
import { request } from "node:http";
import { performance } from "node:perf_hooks";
import { program } from "../../scripts/step.mjs";
import { onOwnService } from "../../scripts/under-test.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 4_000);
const TOLD_APART = 4.5;
const UNLIMITED = { limits: { PUBLIC_RATE: 1_000_000_000, KEY_RATE: 1_000_000_000 } };

await program(async () => {
  const results = await onOwnService(async (env) => {
    const results = [];
    for (const [what, { secret, ask }] of Object.entries(await secrets(env))) results.push({ secret: what, ...(await compared(secret, ask)) });
    return results;
  }, UNLIMITED);
  console.table(results);
  const told = results.filter(({ t }) => Math.abs(t) >= TOLD_APART);
  console.log(`${results.length * ROUNDS * 2} refusals; ${told.length === 0 ? "no secret is" : `${told.map(({ secret }) => secret).join()} can be`} told by time`);
  process.exit(told.length === 0 ? 0 : 1);
});

/** Each secret, and how it is asked with. */
async function secrets({ JOBCAST_URL: url, JOBCAST_ADMIN_TOKEN: admin, JOBCAST_API_KEY: key }) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const made = async (path, json) => fetch(url + path, { method: "POST", headers, body: JSON.stringify(json) });
  const { id } = await (await made("/api/v1/jobs", {})).json();
  const { token } = await (await made(`/api/v1/jobs/${id}/tokens`, {})).json();
  const session = (await made("/api/session", { apiKey: key })).headers.get("set-cookie").split(";")[0];
  const [cookie, value] = session.split("=");
  return {
    "admin token": { secret: admin, ask: (secret) => [`${url}/api/projects`, { authorization: `Bearer ${secret}` }] },
    "API key": { secret: key, ask: (secret) => [`${url}/api/v1/jobs`, { "x-api-key": secret }] },
    "session": { secret: value, ask: (secret) => [`${url}/api/session`, { cookie: `${cookie}=${secret}` }] },
    "stream token's signature": { secret: token, ask: (secret) => [`${url}/api/v1/jobs/${id}/progress?token=${secret}`, {}] },
  };
}

async function compared(secret, ask) {
  const [head, last] = [secret.slice(0, -1), secret.at(-1)];
  const near = `${head}${last === "A" ? "E" : "A"}`;
  const far = Array.from(secret, (letter, at) => (at < 4 || letter === "." ? letter : letter === "A" ? "E" : "A")).join("");
  const times = { near: [], far: [] };
  for (let round = 0; round < ROUNDS * 2; round++) {
    const kind = times.near.length === ROUNDS ? "far" : times.far.length === ROUNDS || Math.random() < 0.5 ? "near" : "far";
    const began = performance.now();
    const status = await statusOf(...ask(kind === "near" ? near : far));
    times[kind].push(performance.now() - began);
    if (status !== 401) throw new Error(`a wrong secret was answered with ${status}`);
  }
  const [a, b] = [figures(times.near), figures(times.far)];
  const t = (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
  return { "right but for the last (ms)": a.mean.toFixed(4), "wrong from the first (ms)": b.mean.toFixed(4), t: Number(t.toFixed(2)) };
}

function figures(all) {
  const times = all.toSorted((a, b) => a - b).slice(0, Math.floor(all.length * 0.9));
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { count: times.length, mean, variance: times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1) };
}

/** Over one connection: making one takes longer than what is measured. */
function statusOf(url, headers) {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => response.resume().once("end", () => resolve(response.statusCode))).once("error", reject).end();
  });
}
