// The twin's types, against those of the runtime that it runs on, as wrangler tells them.
import { at, NODE, PINNED_ENV } from "../scripts/paths.mjs";
import { run } from "../scripts/step.mjs";
import { LOCAL_ENV, WRANGLER } from "../scripts/wrangler.mjs";

const CONFIG = at("bench", "twin", "wrangler.toml");
// Where tsconfig.json of the twin looks for them.
const RUNTIME = at("build", "twin-runtime.d.ts");

export async function checkTypes() {
  const [command, ...args] = [...WRANGLER, "types", RUNTIME, "--config", CONFIG];
  await run(command, args, { env: LOCAL_ENV });
  await run(NODE, [at("node_modules", "typescript", "bin", "tsc"), "-p", at("bench", "twin")], { env: PINNED_ENV });
}
