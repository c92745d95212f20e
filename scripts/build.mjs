// npm run build: the tools and the Worker, without starting it.
import { program } from "./step.mjs";
import { prepareToolchain } from "./toolchain.mjs";
import { buildWorker, wasmSize } from "./worker.mjs";

await program(async () => {
  await prepareToolchain();
  await buildWorker();
  const { raw, gzipped } = wasmSize();
  console.log(`build/index_bg.wasm: ${(raw / 1024).toFixed(0)} KiB, ${(gzipped / 1024).toFixed(0)} KiB gzipped`);
});
