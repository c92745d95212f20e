// bare.mjs <wrangler.toml> <state folder> <file of settings>: serves a Worker as its wrangler.toml says, on a socket of its own, with nothing
// before it. `wrangler dev` puts four services there (entry, assets' proxy and router, the limits of rate), in the thread of the Worker
// itself: they cost a report three times what the twin takes for it, and would make any two Workers look alike. Cloudflare does that
// work elsewhere. Who sends "Ready on" is `startService`.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as optionsOf } from "wrangler";

const [config, state, settings] = process.argv.slice(2);
const { workerOptions, main } = optionsOf(config);
const { assets, ratelimits, modulesRules, ...options } = workerOptions;
const name = "measured";
const service = new Miniflare(
  convertV4MiniflareOptions({
    ...options, name,
    bindings: { ...options.bindings, ...parseEnv(readFileSync(settings, "utf8")) },
    modules: await modulesOf(resolve(dirname(config), main)),
    resourcePersistencePath: join(state, "v3"),
    inspectorPort: 0,
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  }),
);
const { origin } = await service.unsafeGetDirectURL(name);
console.log(`Ready on ${origin}`);

/** As wrangler bundles it; WebAssembly stays a module of its own. */
async function modulesOf(entry) {
  const wasm = [];
  const apart = {
    name: "wasm",
    setup: (bundling) => bundling.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
      wasm.push({ type: "CompiledWasm", path: "module.wasm", contents: readFileSync(resolve(resolveDir, path)) });
      return { path: "./module.wasm", external: true };
    }),
  };
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, format: "esm", target: "es2024", write: false, external: ["cloudflare:*"], loader: { ".sql": "text" }, plugins: [apart],
  });
  return [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text }, ...wasm];
}
