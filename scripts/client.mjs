// The client library's build: client/src, checked and translated by TypeScript into client/dist.
import { rmSync } from "node:fs";
import { at, NODE } from "./paths.mjs";
import { run, step } from "./step.mjs";

const TSC = at("node_modules", "typescript", "bin", "tsc");

/** From nothing, so that what was renamed is not found any more. */
export function buildClient() {
  rmSync(at("client", "dist"), { recursive: true, force: true });
  return step("Build the client library", () => run(NODE, [TSC, "--project", at("client", "tsconfig.json")]));
}
