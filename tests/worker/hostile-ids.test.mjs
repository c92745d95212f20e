// Ids that somebody guesses: what exists and belongs to others is answered to the letter as what does not exist, and no id leads to another.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { knock } from "./knock.mjs";
import { place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted } from "./request.mjs";
import { fill, TABLE } from "./routes.mjs";
import { signIn } from "./session.mjs";
import { STATES } from "./states.mjs";

const NEVER = { job: "job_01KJMA0FM00000000000000001", project: "prj_01KJMA0FM00000000000000001" };

/** What a caller can tell answers apart by, but for what is new in each. */
const seen = ({ status, headers, body, text }) => {
  const { requestId, ...rest } = body ?? {};
  const names = [...headers.keys()].filter((name) => !["content-length", "date"].includes(name));
  return { status, names, rest, length: text.length, type: headers.get("content-type"), asks: headers.get("www-authenticate") };
};

describe("an id of somebody else's", { concurrency: true }, () => {
  let own;
  let theirs;
  const hidden = {};
  const credentials = {};
  before(async () => {
    [own, theirs] = await Promise.all([newProject(), newProject()]);
    await Promise.all(["pending", "failed"].map(async (state) => (hidden[state] = await STATES[state](theirs))));
    const job = await own.running();
    const { token } = accepted(await job.post("tokens", { scopes: ["jobs:read"] }), 201);
    Object.assign(credentials, {
      "an API key": { headers: { "x-api-key": own.apiKey } },
      "a key that may do nothing": { headers: { "x-api-key": await own.key(["jobs:keepalive"]) } },
      "a session": { headers: (await signIn(own)).headers },
      "a stream token": { query: `?token=${token}` },
      "a project key": { query: `?key=${own.projectKey}` },
      "a bad key": { headers: { "x-api-key": "jc_wrong" } },
      "a bad project key": { query: "?key=pk_AAAAAAAAAAAAAAAAAAAAAA" },
    });
  });

  for (const { method, path, json } of TABLE.filter(({ path }) => /\{(job|project)\}/.test(path))) {
    test(`is answered as one that never was, whoever asks: ${method} ${path}`, async () => {
      for (const [who, { headers, query = "" }] of Object.entries(credentials)) {
        const ask = (names) => knock(place.url + fill(path, { projectKey: own.projectKey, ...names }) + query, { method, json, headers });
        const unknown = seen(await ask(NEVER));
        assert.ok(unknown.status >= 400 && unknown.status < 500, `${who}: ${JSON.stringify(unknown)}`);
        for (const [state, { id }] of Object.entries(path.includes("{job}") ? hidden : { any: {} })) {
          assert.deepEqual(seen(await ask({ job: id, project: theirs.id })), unknown, `${who}, ${state}`);
        }
      }
    });
  }

  test("names no file of theirs, and no key", async () => {
    const { id, key } = await theirs.newKey({ scopes: ["jobs:read"] });
    const gone = await admin("DELETE", `/api/projects/${own.id}/keys/${id}`);
    const never = await admin("DELETE", `/api/projects/${own.id}/keys/key_01KJMA0FM00000000000000001`);
    assert.deepEqual(seen(gone), seen(never));
    accepted(await theirs.ask("GET", "/api/v1/jobs", { key }));
  });
});

/** The letters of Crockford's alphabet, in which the ids are written. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const numberOf = (id) => [...id.slice("job_".length)].reduce((number, letter) => number * 32n + BigInt(LETTERS.indexOf(letter)), 0n);

test("the ids of jobs that were created together grow by strides that nobody guesses", async () => {
  const project = await newProject();
  const { jobs } = accepted(await project.ask("POST", "/api/v1/jobs", { json: Array.from({ length: 20 }, () => ({})) }), 201);
  const numbers = jobs.map(({ id }) => numberOf(id));
  const strides = numbers.slice(1).map((number, at) => number - numbers[at]);
  assert.ok(strides.every((stride) => stride > 2n ** 40n), `${strides}`);
  assert.equal(new Set(strides).size, strides.length);
});
