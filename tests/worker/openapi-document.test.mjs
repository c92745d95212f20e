// openapi.json by itself: it is OpenAPI 3.1, its references lead somewhere, its examples are what it says.
import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { conforms, document, examples, faults, listed, operation, operations, valueAt } from "./openapi.mjs";
import { ASSET_EVENTS } from "./views.mjs";
import { TABLE } from "./routes.mjs";

const STREAMS = ["watchJob", "watchPublicAsset", "watchAsset", "watchActivity", "queueEvents"];

function* references(value) {
  if (value === null || typeof value !== "object") return;
  if (typeof value.$ref === "string") yield value.$ref;
  for (const part of Object.values(value)) yield* references(part);
}

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors, null, 1));
    assert.equal(validator.version, "3.1");
  });

  test("refers to nothing that is not there, and has no component that nothing refers to", () => {
    const used = new Set(references(document));
    for (const reference of used) assert.notEqual(valueAt(reference), undefined, reference);
    const security = new Set(operations.flatMap(({ told }) => told.security.flatMap(Object.keys)));
    for (const [family, components] of Object.entries(document.components)) {
      for (const name of Object.keys(components)) {
        const isUsed = family === "securitySchemes" ? security.has(name) : used.has(`#/components/${family}/${name}`);
        assert.ok(isUsed || isUniversal(family, name), `${family}/${name} is used nowhere`);
      }
    }
  });

  /** What any request may meet, on no route in particular. */
  const isUniversal = (family, name) => family === "examples" && ["not_found", "method_not_allowed"].includes(name);

  test("has each route once, and every name of its path as a parameter", () => {
    const told = operations.map(({ method, path }) => `${method} ${path}`).toSorted();
    assert.deepEqual(told, TABLE.map(({ method, path }) => `${method} ${path.replace("{*", "{")}`).toSorted());
    for (const { path, told: { parameters = [] } } of operations) {
      const named = parameters.map(({ $ref }) => valueAt($ref)).filter((parameter) => parameter.in === "path").map(({ name }) => name);
      assert.deepEqual(named, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name), path);
    }
  });

  test("gives each operation a name of its own, a summary, a chapter and at least one answer", () => {
    assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length);
    const chapters = document.tags.map(({ name }) => name);
    for (const { id, told } of operations) {
      assert.ok(told.summary && told.description, id);
      assert.ok(told.tags.every((tag) => chapters.includes(tag)), id);
      assert.ok(Object.keys(told.responses).some((status) => status.startsWith("2")), id);
    }
  });

  test("has examples that are as their schemas say", () => {
    const all = [...examples()];
    assert.ok(all.length > 100, `${all.length} examples`);
    for (const { at, values } of all) for (const value of values) conforms(at, withSecrets(value));
  });

  /** Secrets are not written out. */
  const withSecrets = (value) => JSON.parse(JSON.stringify(value).replaceAll("jc_…", `jc_${"A".repeat(43)}`).replaceAll("jct_…", "jct_A"));

  test("has an example of every event's data", () => {
    for (const id of STREAMS) {
      for (const { name, data } of listed(operation(id))) assert.equal(valueAt(data).examples?.length ?? 1, 1, `${id} ${name}`);
    }
  });

  test("knows the asset view's closed enum and nothing else", () => {
    const told = listed(operation("watchAsset")).map(({ name }) => name);
    assert.deepEqual(told.toSorted(), [...ASSET_EVENTS, "reset"].toSorted());
  });

  test("closes the asset view and the queue view: neither an event without a field nor one with another passes", () => {
    for (const id of ["watchAsset", "queueEvents"]) {
      for (const { name, data } of listed(operation(id)).filter((event) => event.name !== "reset")) {
        const { examples: [example], required, additionalProperties } = valueAt(data);
        assert.equal(additionalProperties, false, name);
        assert.notDeepEqual(faults(data, { ...example, more: 1 }), [], name);
        for (const field of required) assert.notDeepEqual(faults(data, { ...example, [field]: undefined }), [], `${name} ${field}`);
      }
    }
  });
});
