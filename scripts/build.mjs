// npm run build: the tools, the Worker, the dashboard and the client library, without starting anything.
import { buildClient } from "./client.mjs";
import { buildDashboard, firstPageSize } from "./dashboard.mjs";
import { program } from "./step.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker, wasmSize } from "./worker.mjs";

await program(async () => {
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  await buildClient();
  const { raw, gzipped } = wasmSize();
  console.log(`build/index_bg.wasm: ${(raw / 1024).toFixed(0)} KiB, ${(gzipped / 1024).toFixed(0)} KiB gzipped`);
  console.log(`dashboard/dist: ${(firstPageSize() / 1024).toFixed(0)} KiB gzipped for the first page`);
});
