// The types are those of openapi.json, and they tell a program what it may do.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { description, GENERATED, typesOf } from "../../scripts/client-types.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test("the generated types are those of the description: if not, `npm run client-types` makes them anew", () => {
  assert.equal(readFileSync(GENERATED, "utf8"), typesOf(description()));
});

test("a schema that the generator does not understand is an error", () => {
  assert.throws(() => typesOf({ components: { schemas: { Odd: { allOf: [] } } } }), /No type is known for allOf/);
});

test("a program finds out from an event's type what is in it, and is told where it is wrong", () => {
  const { status, stdout } = spawnSync(process.execPath, [here("../../node_modules/typescript/bin/tsc"), "-p", here("types")], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
