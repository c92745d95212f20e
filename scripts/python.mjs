// Python packages that a test needs, in an environment of their own below build/, made anew when the list of them has changed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "./paths.mjs";
import { printed, Refusal, run } from "./step.mjs";

/** Resolves to the folder of the environment's programs. `requirements` is a file with one package a line. */
export async function pythonWith(name, requirements) {
  if (printed("python3", "--version") === null) throw new Refusal("python3 is missing: install it, with its venv (on Debian: apt-get install python3-venv).");
  const folder = at("build", name);
  const [stamp, wanted] = [join(folder, "requirements.txt"), readFileSync(requirements, "utf8")];
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    await run("python3", ["-m", "venv", "--clear", folder]);
    await run(join(folder, "bin", "pip"), ["install", "--quiet", "--requirement", requirements]);
    writeFileSync(stamp, wanted);
  }
  return join(folder, "bin");
}
