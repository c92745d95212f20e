// npm start: from a fresh checkout to a running service, in one command.
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { buildDashboard } from "./dashboard.mjs";
import { ROOT } from "./paths.mjs";
import { defaultProject, STATE as state } from "./project.mjs";
import { localSecrets } from "./secrets.mjs";
import { startService } from "./service.mjs";
import { program, Refusal, seconds, step } from "./step.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker } from "./worker.mjs";

const began = performance.now();
const logFile = join(state, "service.log");

await program(async () => {
  const port = portFrom(process.env.PORT);
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  mkdirSync(state, { recursive: true });
  const secrets = localSecrets();
  const service = await step("Start the service", () => startService({ port, state, logFile, ...secrets }));
  const asked = askedToStop();
  announce(await defaultProject(service.url, secrets.adminToken, state));
  const signal = await Promise.race([asked, service.exited.then(() => null)]);
  if (!signal) throw new Refusal(`The service ended by itself. Its last words (all in ${logFile}):\n${service.tail()}`);
  console.log(`\nStopping (${signal}) …`);
  await service.stop();
  process.exit(0);
});

function portFrom(text = "8787") {
  const port = Number(text || "8787");
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Refusal(`PORT=${text} is not a port: give 0 to 65535.`);
  return port;
}

/** The first signal counts. Ctrl-C brings two, one from the terminal and one from npm, and the second must not cut the stop short. */
function askedToStop() {
  return new Promise((asked) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, asked);
  });
}

function announce({ url, projectKey, apiKey }) {
  console.log(`
Jobcast is ready (${seconds(began)})

  Dashboard    ${url}  (sign in with the API key)
  Project key  ${projectKey}
  API key      ${apiKey}
  Log          ${relative(ROOT, logFile)}

Create a job:
  curl -X POST ${url}/api/v1/jobs -H "x-api-key: ${apiKey}" -H "Content-Type: application/json" -d '{"name":"hello"}'

A whole story with live progress: npm run demo, in another terminal. Stop with Ctrl-C.
`);
}
