// npm run build: the tools, the Worker and the dashboard, without starting it.
import { buildDashboard, firstPageSize } from "./dashboard.mjs";
import { program } from "./step.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker, wasmSize } from "./worker.mjs";

await program(async () => {
  await prepareToolchain();
  await buildWorker();
  await buildDashboard();
  const { raw, gzipped } = wasmSize();
  console.log(`build/index_bg.wasm: ${(raw / 1024).toFixed(0)} KiB, ${(gzipped / 1024).toFixed(0)} KiB gzipped`);
  console.log(`dashboard/dist: ${(firstPageSize() / 1024).toFixed(0)} KiB gzipped for the first page`);
});
