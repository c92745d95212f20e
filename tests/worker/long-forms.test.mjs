// npm run torture finds its forms by itself, and says of each what it shows. None is run here.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { at } from "../../scripts/paths.mjs";
import { chosenForms, formsIn, listed, verdictOn } from "../../scripts/torture/forms.mjs";

function folder(t, files) {
  const root = mkdtempSync(join(tmpdir(), "jobcast-forms-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "shared"));
  for (const [name, text] of Object.entries({ "shared/part.mjs": "export {};\n", ...files })) writeFileSync(join(root, name), text);
  return root;
}

describe("a long form", () => {
  for (const { name, shows, minutes } of formsIn(at("tests", "torture"))) {
    test(`says what it shows, and about how long it takes: ${name}`, () => {
      assert.ok(shows.length > 20, shows);
      assert.match(String(minutes), /^\d+$/, `“about N min” is missing in the head of tests/torture/${name}.mjs`);
    });
  }

  test("is told by the sentence that it begins with", (t) => {
    const [form] = formsIn(folder(t, { "load.mjs": "// Ten thousand readers, and nobody\n// slowed · about 12 min. SEEDS: how many.\n\nconsole.log();\n" }));
    assert.deepEqual([form.name, form.shows, form.minutes], ["load", "Ten thousand readers, and nobody slowed", "12"]);
  });

  test("that says nothing is refused, so that it is not forgotten", (t) => {
    assert.throws(() => formsIn(folder(t, { "silent.mjs": "console.log();\n" })), /silent\.mjs.*what it shows/);
  });

  test("is chosen by name, or with all others; a name that is none is refused", (t) => {
    const forms = formsIn(folder(t, { "a.mjs": "// A.\n", "b.mjs": "// B.\n" }));
    const names = (...chosen) => chosenForms(forms, chosen).map(({ name }) => name);
    assert.deepEqual([names(), names("b")], [["a", "b"], ["b"]]);
    assert.throws(() => names("c"), /There is no c\. There are: a, b/);
  });

  test("holds, holds in part, or fails: whatever else it ends with", () => {
    assert.deepEqual([0, 2, 1, 3, 137, null].map(verdictOn), ["held", "held as far as it could be tried", "FAILED", "FAILED", "FAILED", "FAILED"]);
  });

  test("stands in the list", () => {
    const { status, stdout } = spawnSync(process.execPath, [at("scripts", "torture.mjs"), "--list"], { encoding: "utf8" });
    assert.deepEqual([status, stdout.trim()], [0, listed(formsIn(at("tests", "torture")))]);
  });
});
