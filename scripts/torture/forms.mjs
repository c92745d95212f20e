// The long forms of the tests, as their folder has them: none is named here, so that none can be forgotten.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Refusal } from "../step.mjs";

/** `{name, path, shows, minutes}` of each, by name; what several share lies in folders below. */
export const formsIn = (folder) =>
  readdirSync(folder).filter((file) => file.endsWith(".mjs")).sort().map((file) => formAt(join(folder, file)));

function formAt(path) {
  const head = /^(?:\/\/ ?.*\n)+/.exec(readFileSync(path, "utf8"))?.[0];
  if (!head) throw new Refusal(`${path} does not begin with a comment that says what it shows, and “about N min”.`);
  const text = head.replace(/^\/\/ ?/gm, "").replaceAll("\n", " ").trim();
  const [shows] = /^.*?(?=\.(?:\s|$)|\s·|$)/.exec(text);
  return { name: basename(path, ".mjs"), path, shows, minutes: /about (\d+) min/.exec(text)?.[1] };
}

/** Those that are named, or all. */
export function chosenForms(forms, names) {
  const unknown = names.filter((name) => !forms.some((form) => form.name === name));
  if (unknown.length > 0) throw new Refusal(`There is no ${unknown.join(", ")}. There are: ${forms.map(({ name }) => name).join(", ")}.`);
  return names.length > 0 ? forms.filter(({ name }) => names.includes(name)) : forms;
}

export const listed = (forms) =>
  forms.map(({ name, shows, minutes }) => `${name.padEnd(16)} ${minutes ? `about ${minutes} min` : "takes a while"}\n    ${shows}`).join("\n");

/** By a program's exit code. What was tried in part is no failure, and is not said to have held. */
export const verdictOn = (code) => ({ 0: "held", 2: "held as far as it could be tried" })[code] ?? "FAILED";
