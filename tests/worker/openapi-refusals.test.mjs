// How the service really refuses against what openapi.json says of it: every route, in every way that it can be asked wrongly, and every
// command in every state of its job.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { newAddress } from "./address.mjs";
import { call, FILE, isAdministration, jobFor, keyFor, routes } from "./openapi-calls.mjs";
import { answersAsTold, operation, refusals, valueAt } from "./openapi.mjs";
import { newProject } from "./project.mjs";
import { request } from "./request.mjs";
import { fill } from "./routes.mjs";
import { signIn } from "./session.mjs";
import { STATES } from "./states.mjs";

/** Without a scope, a name, a body or a cursor that is good: what routes refuse. */
const REFUSED = {
  "a bad key": (known, project, names) => call(known, project, names, { key: "jc_wrong" }),
  "no key": (known, project, names) => call(known, project, names, { key: undefined }),
  "a key without the scope": async (known, project, names) => call(known, project, names, { key: await project.key([lacking(known)]) }),
  "ids of nothing": (known, project) => call(known, project, { project: undefined, projectKey: undefined }, { key: keyFor(known, project) }),
  "headers that are not good": (known, project, names) => call(known, project, names, { headers: { "x-job-attempt": "0" } }),
  "an attempt that is over": (known, project, names) => call(known, project, names, { headers: { "x-job-attempt": "7" } }),
  "a cursor of nothing": (known, project, names) => call(known, project, names, { headers: { "last-event-id": "x" } }),
  "a page of another site": async (known, project, names) => {
    const { headers } = await signIn(project);
    return call(known, project, names, { key: undefined, headers: { ...headers, origin: "https://evil.example" } });
  },
};

/** What those refuse that read a body. */
const REFUSED_BODIES = {
  "a body that is no JSON": (known, project, names) => send(known, project, names, "{", "application/json"),
  "a body that is no object": (known, project, names) => send(known, project, names, "1", "application/json"),
  "a body of another type": (known, project, names) => send(known, project, names, "<a/>", "text/xml"),
  "a body that is too large": (known, project, names) => send(known, project, names, JSON.stringify({ a: "x".repeat(1_200_000) }), "application/json"),
};

const lacking = (known) => (JSON.stringify(known.told.security).includes("jobs:kill") ? "jobs:ack" : "jobs:kill");

function send(known, project, names, body, type) {
  const to = project.at.url + fill(known.path, { project: project.id, projectKey: project.projectKey, path: FILE, ...names });
  return request(to, { method: known.method, key: keyFor(known, project), body, headers: { ...newAddress(), "content-type": type } });
}

describe("a route refuses as openapi.json tells it", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  for (const known of routes) {
    let asked;
    /** What all tests of the route ask about. The operator may do it all the same: to a project of nobody else's. */
    const ready = () => (asked ??= (async () => {
      const own = isAdministration(known) ? await newProject() : project;
      return [own, { job: (await jobFor(known, own)).id }];
    })());

    for (const [what, refuse] of Object.entries(known.method === "GET" ? REFUSED : { ...REFUSED, ...REFUSED_BODIES })) {
      test(`${known.id} with ${what}`, async () => answersAsTold(known, await refuse(known, ...await ready())));
    }
  }

  for (const known of routes.filter(({ path, method }) => path.includes("{job}") && method !== "GET")) {
    test(`${known.id} in every state of the job`, async () => {
      for (const make of Object.values(STATES)) answersAsTold(known, await call(known, project, { job: (await make(project)).id }));
    });
  }

  test("an `Idempotency-Key` that stood for another request", async () => {
    const job = await project.running();
    for (const percent of [1, 2]) {
      answersAsTold(operation("reportProgress"), await job.post("progress", { percent }, { headers: { "idempotency-key": "one" } }));
    }
    for (const name of ["a", "b"]) {
      answersAsTold(operation("createJobs"), await project.ask("POST", "/api/v1/jobs", { json: { name }, headers: { "idempotency-key": "two" } }));
    }
  });

  test("complete with another result", async () => {
    const job = await project.running();
    for (const result of [1, 2]) answersAsTold(operation("completeJob"), await job.post("complete", { result }));
  });
});

test("every refusal of a route was seen, but those that a good day does not bring", () => {
  const { enum: codes } = valueAt("#/components/schemas/Problem").properties.code;
  const unseen = codes.filter((code) => !refusals.has(code));
  assert.deepEqual(unseen.toSorted(), ["internal", "method_not_allowed", "not_found", "rate_limited", "unavailable"]);
});
