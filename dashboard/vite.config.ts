// `npx vite dashboard` develops against a running service (JOBCAST_URL); the build is what the Worker serves.
import { defineConfig } from "vite";

const service = process.env.JOBCAST_URL ?? "http://localhost:8787";
// The service takes a cookie only from pages of its own origin, so the proxy speaks in its name.
const proxied = { target: service, changeOrigin: true, headers: { origin: service } };

export default defineConfig({
  build: { outDir: "dist", emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: Object.fromEntries(["/api/", "/queue/", "/v1/", "/video-status/", "/health", "/openapi.json", "/reference"].map((path) => [path, proxied])) },
});
