// npm run deploy: builds, migrates the remote database, deploys. It creates nothing by surprise: what is missing is said.
import { readFileSync } from "node:fs";
import { buildDashboard } from "./dashboard.mjs";
import { at } from "./paths.mjs";
import { program, Refusal, run, step } from "./step.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker } from "./worker.mjs";
import { REMOTE_ENV, WRANGLER } from "./wrangler.mjs";

const PLACEHOLDER = "00000000-0000-0000-0000-000000000000";
const [command, ...fixed] = WRANGLER;
const wrangler = (...args) => run(command, [...fixed, ...args], { env: REMOTE_ENV });

await program(async () => {
  refusePlaceholder();
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await step("Apply the D1 migrations", () => wrangler("d1", "migrations", "apply", "DB", "--remote"));
  await step("Deploy", () => wrangler("deploy"));
  console.log(`
The Worker needs two secrets, each 32 random bytes or more (\`openssl rand -hex 32\`). If this is its first deployment, set them now:
  npx wrangler secret put ADMIN_TOKEN     for /api/projects: projects and keys
  npx wrangler secret put TOKEN_SECRET    signs stream tokens`);
});

function refusePlaceholder() {
  if (!readFileSync(at("wrangler.toml"), "utf8").includes(PLACEHOLDER)) return;
  throw new Refusal(`wrangler.toml has no database yet. Once:
  npx wrangler login
  npx wrangler d1 create jobcast        and put the id that it prints into wrangler.toml as database_id
Then \`npm run deploy\` again.`);
}
