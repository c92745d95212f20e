// What the lock file of npm may name, and what comes of asking for known holes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lockedPackages, packageAdvisories, refusedPackages } from "../../scripts/dependencies/packages.mjs";
import { CLEAN, FOUND, UNREACHABLE } from "../../scripts/dependencies/verdict.mjs";

const GOOD = { version: "1.0.0", license: "MIT", integrity: "sha512-AAAA" };

describe("the packages of the lock file", () => {
  test("keep to the rules", () => assert.deepEqual(refusedPackages(lockedPackages()), []));

  test("name all that the dashboard is made of as shipped", () => {
    const shipped = Object.entries(lockedPackages()).filter(([path, { dev }]) => path && !dev).map(([path]) => path);
    assert.deepEqual(shipped, ["node_modules/preact", "node_modules/uplot"]);
  });

  for (const [what, entry, fault] of [
    ["a licence that is not on the list", { ...GOOD, license: "GPL-3.0" }, /GPL-3\.0/],
    ["no licence", { ...GOOD, license: undefined }, /nobody knows/],
    ["no checksum", { ...GOOD, integrity: undefined }, /no checksum/],
    ["a repository for its source", { ...GOOD, resolved: "git+ssh://git@example.com/part.git#1" }, /comes from git/],
    ["another registry for its source", { ...GOOD, resolved: "https://registry.example/part.tgz" }, /comes from https:\/\/registry\.example/],
  ]) {
    test(`may not have ${what}`, () => {
      const [refused, ...rest] = refusedPackages({ "": {}, "node_modules/part": entry });
      assert.match(refused, fault);
      assert.deepEqual(rest, []);
    });
  }

  test("may have any licence where they only build and test", () => {
    assert.deepEqual(refusedPackages({ "node_modules/tool": { ...GOOD, license: "GPL-3.0", dev: true } }), []);
  });
});

/** A package of ours that ships one of others, `part`; of holes the registry answers as it is told. */
async function audited(t, status, holes) {
  const registry = createServer(({ method }, response) => {
    const [code, answer] = method === "POST" ? [status, holes] : [200, { name: "part", versions: { "1.0.0": { name: "part", version: "1.0.0" } } }];
    response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  t.after(() => registry.close());
  const cwd = mkdtempSync(join(tmpdir(), "jobcast-dependencies-"));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const own = { name: "whole", version: "1.0.0", dependencies: { part: "1.0.0" } };
  writeFileSync(join(cwd, "package.json"), JSON.stringify(own));
  writeFileSync(join(cwd, "package-lock.json"), JSON.stringify({ ...own, lockfileVersion: 3, packages: { "": own, "node_modules/part": GOOD } }));
  return packageAdvisories({ cwd, registry: `http://127.0.0.1:${registry.address().port}/` });
}

describe("advisories on npm packages", { concurrency: true }, () => {
  const HOLE = { id: 1, url: "https://example.com/1", title: "Planted", severity: "low", vulnerable_versions: "<2.0.0" };

  test("are found", async (t) => {
    const { verdict, told } = await audited(t, 200, { part: [HOLE] });
    assert.equal(verdict, FOUND, told);
    assert.match(told, /part.*low/);
  });

  test("are found missing where there are none", async (t) => {
    assert.deepEqual(await audited(t, 200, {}), { verdict: CLEAN, told: "" });
  });

  test("that the registry does not tell are not taken for none", async (t) => {
    assert.equal((await audited(t, 405, {})).verdict, UNREACHABLE);
  });
});
