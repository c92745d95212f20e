// `npm run admin` as somebody types it: a process of its own, judged by its output, its exit code, and what the service then says.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.mjs";
import { startInstance } from "./instance.mjs";
import { defaultProject, place } from "./place.mjs";
import { admin, newProject } from "./project.mjs";
import { accepted, request } from "./request.mjs";
import { shell } from "./shell.mjs";

const SCRIPTS = fileURLToPath(new URL("../../scripts", import.meta.url));
const ENV = { JOBCAST_URL: place.url, ADMIN_TOKEN: place.adminToken };
const newName = () => `film & Söhne ${randomUUID()}`;

/** Runs the command line to its end; an `undefined` in `env` takes a variable away. */
function type(args, { env = {}, scripts = SCRIPTS } = {}) {
  return new Promise((ended) => {
    const options = { env: { ...process.env, ...ENV, ...env }, timeout: 60_000 };
    execFile(process.execPath, [join(scripts, "admin.mjs"), ...args], options, (error, out, err) => ended({ code: error ? error.code : 0, out, err }));
  });
}

async function done(...args) {
  const { code, out, err } = await type(args);
  assert.deepEqual([code, err], [0, ""], out);
  return out;
}

const json = async (...args) => JSON.parse(await done(...args, "--json"));

/** A failure is one line on standard error, and nothing on standard output. */
function failed({ code, out, err }, status, pattern) {
  assert.deepEqual([code, out], [status, ""], err);
  assert.match(err, /^\n✗ .+\n$/);
  assert.match(err, pattern);
}

const lineOf = (out, id) => out.split("\n").find((line) => line.startsWith(`${id} `));
const times = (text, part) => text.split(part).length - 1;
const listed = async (id) => accepted(await admin("GET", "/api/projects")).projects.find((project) => project.id === id);
const keysOf = async (id) => accepted(await admin("GET", `/api/projects/${id}/keys`)).keys;

describe("projects on the command line", { concurrency: true }, () => {
  test("a new project is shown with its id, its project key, and its API key once", async () => {
    const name = newName();
    const out = await done("project", "create", name);
    const [id, projectKey, apiKey] = [/prj_\w+/, /pk_[\w-]+/, /jc_[\w-]{43}/].map((pattern) => pattern.exec(out)[0]);
    assert.deepEqual([times(out, apiKey), times(out, "shown only this once")], [1, 1]);
    const project = await listed(id);
    assert.deepEqual([project.name, project.projectKey, project.publicRead], [name, projectKey, false]);
    accepted(await request(`${place.url}/api/v1/jobs`, { key: apiKey }));
    assert.equal(times((await done("projects")) + (await done("keys", id)), apiKey), 0);
  });

  test("the list has a line for each project, the default one marked", async () => {
    const { id, projectKey } = await newProject();
    const out = await done("projects");
    assert.match(lineOf(out, id), /^prj_\w+  test +off +24 h +pk_[\w-]+ +\d{4}-\d\d-\d\d \d\d:\d\dZ$/);
    assert.ok(lineOf(out, id).includes(projectKey));
    assert.match(lineOf(out, defaultProject.id), / \* /);
  });

  test("--json gives the service's answer", async () => {
    const made = await json("project", "create", newName(), "--public");
    assert.deepEqual(Object.keys(made).toSorted(), ["apiKey", "id", "name", "projectKey", "publicRead"]);
    const project = await listed(made.id);
    assert.equal(project.publicRead, true);
    assert.deepEqual((await json("projects")).projects.find(({ id }) => id === project.id), project);
  });

  const CHANGES = [
    [["--name", "a name"], { name: "a name" }], [["--public", "on"], { publicRead: true }], [["--public", "off"], { publicRead: false }],
    [["--retention", "48"], { retentionHours: 48 }], [["--public", "on", "--retention", "1"], { publicRead: true, retentionHours: 1 }],
  ];
  for (const [options, change] of CHANGES) {
    test(`project set ${options.join(" ")} changes this and nothing else`, async () => {
      const { id } = await newProject();
      const project = await listed(id);
      assert.match(await done("project", "set", id, ...options), /is changed/);
      assert.deepEqual(await listed(id), { ...project, ...change });
    });
  }

  test("a rotated project key is the one that the project has", async () => {
    const { id, projectKey } = await newProject();
    const out = await done("project", "rotate-key", id);
    const rotated = (await listed(id)).projectKey;
    assert.notEqual(rotated, projectKey);
    assert.equal(times(out, rotated), 1);
    assert.equal((await json("project", "rotate-key", id)).projectKey, (await listed(id)).projectKey);
  });

  test("a project goes by its id, by its name, and the default one by “default”", async () => {
    const name = newName();
    const { id } = await json("project", "create", name);
    assert.deepEqual(await json("keys", name), await json("keys", id));
    assert.ok((await json("keys", "default")).keys.some(({ prefix }) => defaultProject.apiKey.startsWith(prefix)));
  });

  test("a name that two projects have is refused with both ids", async () => {
    const name = newName();
    const ids = [(await json("project", "create", name)).id, (await json("project", "create", name)).id];
    failed(await type(["project", "rotate-key", name]), 1, new RegExp(`is the name of 2 projects: .*${ids.toSorted().join(", ")}`));
  });

  test("a project that nobody knows is refused", async () =>
    failed(await type(["keys", "nobody's"]), 1, /No project has the id or the name “nobody's”: npm run admin -- projects/));

  test("--default moves the mark, and “default” with it", async (t) => {
    const at = await startInstance(t);
    const own = async (...args) => JSON.parse((await type([...args, "--json"], { env: { JOBCAST_URL: at.url, ADMIN_TOKEN: at.adminToken } })).out);
    const [former, next] = [await own("project", "create", "a"), await own("project", "create", "b")];
    assert.equal((await own("project", "set", "b", "--default")).isDefault, true);
    assert.deepEqual((await own("projects")).projects.map(({ id, isDefault }) => [id, isDefault]), [[former.id, false], [next.id, true]]);
    assert.deepEqual(await own("keys", "default"), await own("keys", next.id));
  });
});

describe("keys on the command line", { concurrency: true }, () => {
  let project;
  before(async () => (project = await newProject()));

  test("a new key is shown once, and works", async () => {
    const out = await done("key", "create", project.id, "--scopes", "jobs:read, jobs:create", "--name", "encoder");
    const [secret] = /jc_[\w-]{43}/.exec(out);
    assert.deepEqual([times(out, secret), times(out, "shown only this once")], [1, 1]);
    accepted(await request(`${place.url}/api/v1/jobs`, { key: secret }));
    const key = (await keysOf(project.id)).find(({ prefix }) => secret.startsWith(prefix));
    assert.deepEqual([key.name, key.scopes.toSorted(), key.expiresAt], ["encoder", ["jobs:create", "jobs:read"], null]);
    assert.equal(times(await done("keys", project.id), secret), 0);
  });

  test("the list tells of each key its scopes, times and state", async () => {
    const { id } = await newProject();
    const make = (...more) => json("key", "create", id, "--scopes", "jobs:read,jobs:poll", ...more);
    const [lives, ended, ends] = [await make("--name", "lives"), await make(), await make("--expires", "1s")];
    await json("key", "revoke", id, ended.id);
    const out = await eventually("the key expires", () => done("keys", id), (text) => / expired /.test(lineOf(text, ends.id)));
    assert.match(lineOf(out, lives.id), / lives +jc_\S+ +active +\d{4}-\d\d-\d\d \d\d:\d\dZ +never +never +jobs:read,jobs:poll$/);
    assert.match(lineOf(out, ended.id), / revoked /);
    assert.deepEqual((await json("keys", id)).keys, await keysOf(id));
  });

  for (const [text, seconds] of [["30d", 2_592_000], ["12h", 43_200], ["15m", 900], ["90s", 90]]) {
    test(`a key that expires in ${text} lives ${seconds} seconds`, async () => {
      const asked = Date.now();
      const { expiresAt } = await json("key", "create", project.id, "--scopes", "jobs:read", "--expires", text);
      const early = Date.parse(expiresAt) - asked - seconds * 1_000;
      assert.ok(early > -1_000 && Date.parse(expiresAt) - Date.now() - seconds * 1_000 < 1_000, expiresAt);
    });
  }

  test("a revoked key is revoked, and only this one", async () => {
    const { id } = await project.newKey({ scopes: ["jobs:read"] });
    const revoked = async () => (await keysOf(project.id)).filter(({ revokedAt }) => revokedAt).map((key) => key.id);
    const before = await revoked();
    assert.match(await done("key", "revoke", project.id, id), new RegExp(`${id} .*is revoked`));
    assert.deepEqual(await revoked(), [...before, id]);
  });
});

describe("what the command line refuses", { concurrency: true }, () => {
  const MISUSES = [
    ["fly"], ["project"], ["project", "create"], ["project", "create", ""], ["project", "create", "two", "words"], ["project", "set", "x"],
    ["project", "set", "x", "--public", "yes"], ["project", "set", "x", "--retention", "2d"], ["project", "set", "x", "--name"],
    ["project", "create", "x", "--scopes", "jobs:read"], ["keys"], ["key", "create", "x"], ["key", "create", "x", "--scopes", ","],
    ["key", "revoke", "x"], ["key", "revoke", "default", ".."], ["projects", "--fly"], ["projects", "--token", ""],
    ["projects", "--url", "localhost:8787"], ["projects", "--url", "http://me@localhost"],
    ...["1.5h", "30", "d", "-1d", "1w", "1d2h"].map((time) => ["key", "create", "x", "--scopes", "jobs:read", `--expires=${time}`]),
  ];
  const RIGHT_USE = /Use: npm run admin -- \w|npm run admin -- help|takes |like http:|is no id/;
  for (const args of MISUSES) {
    test(`“${args.join(" ")}” is a misuse, and it tells the right use`, async () => failed(await type(args), 2, RIGHT_USE));
  }

  test("the service's refusal is told with its field and request id", async () => {
    const { id } = await newProject();
    failed(await type(["key", "create", id, "--scopes", "jobs:fly"]), 1, /“jobs:fly” is no scope.*\(invalid_request, field scopes, request req_\w+\)$/m);
    failed(await type(["project", "set", id, "--retention", "0"]), 1, /from 1 to 8760.*field retentionHours, request req_/);
    failed(await type(["key", "revoke", id, "key_nobody's"]), 1, /\(key_not_found, request req_\w+\)$/m);
    failed(await type(["projects", "--token", "wrong"]), 1, /admin token.*\(invalid_credential, request req_\w+\)$/m);
  });

  test("where no service runs, it says how to start one", async () => {
    const { url, close } = await recorder();
    await close();
    failed(await type(["projects"], { env: { JOBCAST_URL: url } }), 1, /start it with `npm start`, or give --url/);
  });

  test("something else that answers is told apart", async (t) => {
    const other = await recorder(t, (response) => response.end('{"projects": "many"}'));
    failed(await type(["projects", "--url", other.url]), 1, /answered 200, and not as Jobcast does: check --url/);
  });

  test("ids cannot lead to another route", async (t) => {
    const strange = await recorder(t, (response) => response.setHeader("x-request-id", "r").end('{"projects":[{"id":"a/b?c","name":"x"}]}'));
    await type(["key", "revoke", "x", "../../e#f g"], { env: { JOBCAST_URL: strange.url } });
    assert.deepEqual(strange.seen.at(-1).path, "/api/projects/a%2Fb%3Fc/keys/..%2F..%2Fe%23f%20g");
  });

  test("a name cannot steer the terminal", async () => {
    const out = await done("project", "create", `${newName()} \x1b[31mred`);
    assert.ok(out.includes("\uFFFD[31mred") && !out.includes("\x1b"));
  });
});

describe("the admin token", { concurrency: true }, () => {
  const NONE = { JOBCAST_URL: undefined, ADMIN_TOKEN: undefined };
  const bearers = ({ seen }) => seen.map(({ bearer }) => bearer);
  const service = (t) => recorder(t, (response) => response.setHeader("x-request-id", "r").end('{"projects":[]}'));

  test("the one in .dev.vars is sent to this machine, and nowhere else", async (t) => {
    const at = await service(t);
    const there = { env: NONE, scripts: checkout(t, "ADMIN_TOKEN=laptop\n") };
    assert.equal((await type(["projects", "--url", at.url], there)).code, 0);
    for (const args of [["projects"], ["project", "create", "x"]]) {
      failed(await type([...args, "--url", at.foreign], there), 1, /only for this machine: for .+ give ADMIN_TOKEN or --token/);
    }
    failed(await type(["projects"], { ...there, env: { ...NONE, JOBCAST_URL: at.foreign } }), 1, /only for this machine/);
    assert.deepEqual(bearers(at), ["Bearer laptop"]);
  });

  test("goes to the port on which `npm start` runs here, when no address is given", async (t) => {
    const at = await service(t);
    const scripts = checkout(t, "ADMIN_TOKEN=laptop\n");
    const state = join(scripts, "..", ".jobcast");
    mkdirSync(state);
    writeFileSync(join(state, "default-project.json"), JSON.stringify({ url: at.url }));
    assert.equal((await type(["projects"], { env: { ...NONE, JOBCAST_STATE: undefined }, scripts })).code, 0);
    assert.deepEqual(bearers(at), ["Bearer laptop"]);
  });

  test("one that was given goes where it was said, --token before ADMIN_TOKEN before .dev.vars", async (t) => {
    const at = await service(t);
    const [env, scripts] = [{ ...NONE, ADMIN_TOKEN: "env" }, checkout(t, "ADMIN_TOKEN=laptop\n")];
    await type(["projects", "--url", at.foreign], { env, scripts });
    await type(["--url", at.url, "projects"], { env, scripts });
    await type(["projects", "--url", at.url, "--token", "typed"], { env, scripts });
    assert.deepEqual(bearers(at), ["Bearer env", "Bearer env", "Bearer typed"]);
  });

  test("it does not follow a redirect", async (t) => {
    const elsewhere = await service(t);
    const here = await recorder(t, (response) => response.writeHead(307, { location: `${elsewhere.url}/api/projects` }).end());
    failed(await type(["projects", "--url", here.url]), 1, /answered 307, which leads to/);
    assert.deepEqual(elsewhere.seen, []);
  });

  test("without any it is asked for, and none is made", async (t) => {
    const scripts = checkout(t);
    failed(await type(["projects"], { env: NONE, scripts }), 1, /There is no admin token\. `npm start` makes one/);
    assert.ok(!existsSync(join(scripts, "..", ".dev.vars")));
  });

  test("one that no header can carry is not repeated in the complaint", async () => {
    const answer = await type(["projects", "--token", "sesame\nopen"]);
    failed(answer, 1, /The admin token holds characters/);
    assert.ok(!answer.err.includes("sesame"));
  });
});

describe("help", { concurrency: true }, () => {
  for (const args of [[], ["help"], ["--help"], ["project", "set", "-h"]]) {
    test(`“${args.join(" ")}” shows every command, with examples`, async () => {
      const out = await done(...args);
      for (const name of ["projects", "project create", "project set", "project rotate-key", "keys", "key create", "key revoke"]) {
        assert.match(out, new RegExp(`^  ${name}( |$)`, "m"));
      }
      assert.match(out, /Examples:\n\n  npm run admin -- /);
    });
  }

  test("npm run -s admin prints nothing but the answer", async () => {
    const { code, output } = await shell(`cd '${SCRIPTS}' && npm run -s admin -- projects --json`, ENV);
    assert.equal(code, 0);
    assert.ok(JSON.parse(output).projects.length > 0);
  });
});

/** A server that writes down what it is sent, and answers by `answer`; by `foreign` it is a host that may be anywhere. */
async function recorder(t, answer) {
  const seen = [];
  const server = createServer(({ url, headers }, response) => {
    seen.push({ path: url, bearer: headers.authorization });
    answer(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => new Promise((closed) => server.close(closed).closeAllConnections());
  t?.after(close);
  const { port } = server.address();
  return { url: `http://127.0.0.1:${port}`, foreign: `http://0.0.0.0:${port}`, seen, close };
}

/** The scripts in a checkout of their own, with these `.dev.vars`; gone when the test `t` ends. */
function checkout(t, devVars) {
  const root = mkdtempSync(join(tmpdir(), "jobcast-admin-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  cpSync(SCRIPTS, join(root, "scripts"), { recursive: true });
  writeFileSync(join(root, "package.json"), '{"type": "module"}');
  if (devVars) writeFileSync(join(root, ".dev.vars"), devVars);
  return join(root, "scripts");
}
