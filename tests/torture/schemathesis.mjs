// Cases that schemathesis makes of openapi.json, with every kind of credential: no 5xx, no answer that it does not tell · about 15 min.
// CASES: how many per route and kind of data. SEED: to see the same ones again. Needs python3 with venv, and PyPI.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { at } from "../../scripts/paths.mjs";
import { pythonWith } from "../../scripts/python.mjs";
import { attempt, program, step } from "../../scripts/step.mjs";
import { onOwnService } from "../../scripts/under-test.mjs";

const HERE = at("tests", "torture", "schemathesis");
const CASES = process.env.CASES ?? "100";
const SEED = process.env.SEED ?? "1";
/** A stream is read to its end, and what is tried here is not how often one may ask. */
const SETTINGS = { vars: { STREAM_CAP_SECONDS: "1" }, limits: { PUBLIC_RATE: 1_000_000, KEY_RATE: 1_000_000 } };
/** With each bound of each schema, which need no more than one credential. */
const WITH_BOUNDS = "examples,coverage,fuzzing";
const CHECKS = [
  "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
  "response_schema_conformance",
];

await program(async () => {
  const bin = await step("schemathesis", () => pythonWith("schemathesis", join(HERE, "requirements.txt")));
  const results = await onOwnService(async (env) => {
    const { "admin token": admin, ...others } = await credentials(env);
    const asked = ([name, given]) => run(join(bin, "schemathesis"), name, given, env);
    // The operator last, because it revokes what keys it finds.
    return [...await pairs(Object.entries(others), asked), await asked(["admin token", admin])];
  }, SETTINGS);
  console.table(results);
  const [cases, failures] = ["cases", "failures"].map((figure) => results.reduce((sum, result) => sum + result[figure], 0));
  console.log(`${cases} cases, ${failures} that the service answered otherwise than openapi.json tells`);
  process.exit(failures === 0 && cases > 0 ? 0 : 1);
});

/** Two at once: one process of schemathesis with several threads trips over a fault of CPython 3.11. */
async function pairs(list, work) {
  const [left, results] = [[...list], []];
  const worker = async () => {
    for (let next; (next = left.shift()); ) results.push(await work(next));
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Who asks: what goes with each request, the names that its paths get, and which operations there are to ask. */
async function credentials({ JOBCAST_URL: url, JOBCAST_ADMIN_TOKEN, JOBCAST_API_KEY, JOBCAST_PROJECT_ID: project, JOBCAST_PROJECT_KEY: projectKey }) {
  const ask = async (path, json) => {
    const headers = { "x-api-key": JOBCAST_API_KEY, "content-type": "application/json" };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(json) });
    return { body: await response.json(), cookie: response.headers.get("set-cookie")?.split(";")[0] };
  };
  const names = { project, projectKey, stage: "research", path: "videos/clip.mp4" };
  const { id: job } = (await ask("/api/v1/jobs", { filePath: "videos/clip.mp4" })).body;
  const { token } = (await ask(`/api/v1/jobs/${job}/tokens`, { scopes: ["jobs:read"], ttlSeconds: 86_400 })).body;
  const session = () => ask("/api/session", { apiKey: JOBCAST_API_KEY }).then(({ cookie }) => cookie);
  const ofProjects = ["--exclude-tag", "Administration"];
  return {
    "API key": { headers: { "x-api-key": JOBCAST_API_KEY }, names, phases: WITH_BOUNDS, narrowed: ofProjects },
    "session": { headers: { cookie: await session() }, names, narrowed: [...ofProjects, "--exclude-operation-id", "endSession"] },
    "stream token": { query: { token }, names: { ...names, job }, narrowed: ofProjects },
    "project key": { query: { key: projectKey }, names: { ...names, job }, narrowed: ofProjects },
    "nobody's name": { names },
    "admin token": { headers: { Authorization: `Bearer ${JOBCAST_ADMIN_TOKEN}` }, names, phases: WITH_BOUNDS, narrowed: ["--include-tag", "Administration"] },
  };
}

async function run(schemathesis, name, { narrowed = [], phases = "examples,fuzzing", ...given }, env) {
  const report = at("build", `schemathesis ${name}.json`);
  rmSync(report, { force: true });
  const args = [
    "--config-file", join(HERE, "schemathesis.toml"), "run", at("openapi.json"), "--url", env.JOBCAST_URL, "--max-examples", CASES, "--seed", SEED,
    "--phases", phases, "--checks", CHECKS.join(), "--continue-on-failure", "--suppress-health-check", "all",
    "--request-timeout", "30", "--warnings", "off", "--report-json-path", report, ...narrowed,
  ];
  const began = performance.now();
  const code = await step(name, () => attempt(schemathesis, args, {
    env: { ...process.env, ...env, SCHEMATHESIS_HOOKS: "hooks", PYTHONPATH: HERE, JOBCAST_WITH: JSON.stringify(given) },
  }));
  const { test_cases: told, errors } = JSON.parse(readFileSync(report, "utf8"));
  const failures = told.with_failures + told.errored;
  if (code !== 0 && failures === 0) throw new Error(`schemathesis ended with code ${code}: ${JSON.stringify(errors)}`);
  return { credential: name, cases: told.generated, failures, seconds: Math.round((performance.now() - began) / 1_000) };
}
