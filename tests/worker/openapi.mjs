// The committed OpenAPI document as a judge of real answers and frames. It is stricter than the document: a field that a schema does
// not name fails, unless the schema says that anything may come. So nothing is answered that is not described.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export const document = JSON.parse(readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"));

/** Every operation: `id`, `method`, `path`, and what the document says of it. */
export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, told]) => ({ id: told.operationId, method: method.toUpperCase(), path, told })));

export const operation = (id) => operations.find((known) => known.id === id);

const ajv = new Ajv({ strict: false, allErrors: false, validateSchema: false, discriminator: false });
addFormats(ajv);
ajv.addSchema(tightened(document), "openapi.json");

/** Objects with named fields have no others, where the document leaves room for later ones. */
function tightened(value) {
  if (Array.isArray(value)) return value.map(tightened);
  if (value === null || typeof value !== "object") return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, tightened(part)]));
  if (copy.type === "object" && copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

/** Where a part of the document is, as a JSON pointer; references on the way are followed. */
export function pointer(...parts) {
  let [at, value] = ["#", document];
  for (const part of parts) {
    [at, value] = followed(at, value);
    [at, value] = [`${at}/${escaped(part)}`, value?.[part]];
  }
  const [end, found] = followed(at, value);
  return found === undefined ? undefined : end;
}

const escaped = (part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));

const followed = (at, value) => (value?.$ref ? [value.$ref, valueAt(value.$ref)] : [at, value]);

export const valueAt = (reference) =>
  reference.slice(2).split("/").reduce((value, part) => value?.[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")], document);

/** What the schema there has against the value; empty when it is good. */
export function faults(at, value) {
  const check = ajv.getSchema(`openapi.json${at}`) ?? ajv.compile({ $ref: `openapi.json${at}` });
  return check(value) ? [] : check.errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

export const conforms = (at, value) => assert.deepEqual(faults(at, value), [], JSON.stringify(value)?.slice(0, 2_000));

const responseOf = ({ path, method }, status) => ["paths", path, method.toLowerCase(), "responses", String(status)];

/** The codes of all refusals that were judged. */
export const refusals = new Set();

/** The answer has a status that the operation tells of, with the headers and the body that it tells. */
export function answersAsTold(known, answer) {
  const { status, headers, text, body } = answer;
  const place = responseOf(known, status);
  const response = pointer(...place);
  assert.ok(response, `${known.id} answers ${status}, which the document does not tell: ${text}`);
  const told = valueAt(response);
  for (const [name, { $ref }] of Object.entries(told.headers)) {
    assert.ok(headers.has(name) || !valueAt($ref).required, `${known.id} ${status} has no ${name}`);
  }
  const type = headers.get("content-type")?.split(";")[0];
  if (!told.content) return assert.equal(text ?? "", "", `${known.id} ${status} has a body`);
  assert.ok(told.content[type], `${known.id} ${status} is ${type}`);
  if (status >= 400 && body.code) refusals.add(body.code);
  if (type === "application/json") conforms(pointer(...place, "content", type, "schema"), body);
}

/** Where the schema of a stream's events is. */
export const eventsOf = (known) => pointer(...responseOf(known, 200), "content", "text/event-stream", "schema");

/** A frame as a client reads it. */
export const eventOf = (frame) => ({ event: frame.event, ...(frame.id !== undefined && { id: frame.id }), data: frame.json() });

/** The events of a stream as the document lists them: each name (`stage:` for all stages) with the schema of its data. */
export const listed = (known) => valueAt(eventsOf(known)).oneOf.map(({ properties: { event, data } }) =>
  ({ name: event.const ?? "stage:", data: data.$ref }));

/** The name under which an event is listed. */
export const nameOf = ({ event }) => (event.startsWith("stage:") ? "stage:" : event);

/** Every place in the document that has an example, with its schema and the examples. */
export function* examples(value = document, at = "#") {
  if (value === null || typeof value !== "object") return;
  if (value.schema && "example" in value) yield { at: `${at}/schema`, values: [value.example] };
  if (value.schema && value.examples) {
    yield { at: `${at}/schema`, values: Object.values(value.examples).map((example) => (example.$ref ? valueAt(example.$ref) : example).value) };
  }
  if (Array.isArray(value.examples)) yield { at, values: value.examples };
  for (const [name, part] of Object.entries(value)) {
    if (!["example", "examples"].includes(name)) yield* examples(part, `${at}/${escaped(name)}`);
  }
}
