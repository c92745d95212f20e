// npm run client-types: client/src/generated.ts from openapi.json, one TypeScript type for each schema. A test compares the two.
// Own code, because the tools for it need TypeScript's old compiler API and know no template literal types. It takes what
// src/openapi/ writes and no more: a keyword that it does not know is an error, not a type that is too wide.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { at } from "./paths.mjs";

export const GENERATED = at("client", "src", "generated.ts");
export const description = () => JSON.parse(readFileSync(at("openapi.json"), "utf8"));

const HEAD = "// Made from openapi.json by `npm run client-types`: not to be edited. Only types: nothing of this file reaches a bundle.\n";

export function typesOf({ components: { schemas } }) {
  return [HEAD, ...Object.entries(schemas).map(([name, schema]) => `${told(schema, "")}${declared(name, schema)}\n`)].join("\n");
}

function declared(name, schema) {
  const isPlain = schema.type === "object" && schema.properties && !schema.oneOf && !schema.anyOf;
  return isPlain ? `export interface ${name} ${typeOf(schema, "")}` : `export type ${name} = ${typeOf(schema, "")};`;
}

const told = ({ description }, indent) => (description ? `${indent}/** ${description.replaceAll("*/", "*\\/")} */\n` : "");

// What a type says nothing about.
const BOUNDS = ["description", "examples", "default", "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"];
const KNOWN = [...BOUNDS, "$ref", "const", "enum", "oneOf", "anyOf", "type", "pattern", "properties", "required", "additionalProperties", "items"];

function typeOf(schema, indent) {
  const strange = Object.keys(schema).filter((keyword) => !KNOWN.includes(keyword));
  if (strange.length > 0) throw new Error(`No type is known for ${strange.join(", ")} in ${JSON.stringify(schema)}`);
  const either = schema.oneOf ?? schema.anyOf;
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (either) return either.map((one) => typeOf(one, indent)).join(" | ");
  if (schema.type === undefined) return "unknown";
  return [schema.type].flat().map((type) => ofKind(type, schema, indent)).join(" | ");
}

function ofKind(type, schema, indent) {
  switch (type) {
    case "string": return text(schema);
    case "integer": case "number": return "number";
    case "boolean": case "null": return type;
    case "array": return `(${typeOf(schema.items, indent)})[]`.replace(/^\((\w+)\)/, "$1");
    case "object": return object(schema, indent);
    default: throw new Error(`No type is known for ${type}`);
  }
}

/** `stage:fetch` is more than any string: an event is told from the others by it. */
function text({ pattern }) {
  const [, prefix] = /^\^(\w+:)\./.exec(pattern ?? "") ?? [];
  return prefix ? `\`${prefix}\${string}\`` : "string";
}

function object({ properties = {}, required = [], additionalProperties }, indent) {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, schema]) =>
    `${told(schema, inner)}${inner}${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema, inner)};\n`);
  if (additionalProperties) fields.push(`${inner}[field: string]: ${additionalProperties === true ? "unknown" : typeOf(additionalProperties, inner)};\n`);
  return fields.length > 0 ? `{\n${fields.join("")}${indent}}` : "Record<string, unknown>";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(GENERATED, typesOf(description()));
