// What a page takes is what it gets: bundled, minified and gzipped, as a build of today would.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

async function bundled(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true, minify: true, format: "esm", write: false, logLevel: "silent", external: ["react"], platform: "browser",
  });
  return outputFiles[0].text;
}

const size = (text) => gzipSync(text).length;

test("watching brings nothing of producing, nor the native transport", async () => {
  const text = await bundled('import { watchJob } from "jobcast-client"; console.log(watchJob);');
  for (const word of ["keepalive", "x-job-attempt", "CompressionStream", "EventSource here"]) assert.ok(!text.includes(word), word);
  assert.ok(size(text) < 5_000, `${size(text)} bytes`);
});

test("producing brings nothing of watching", async () => {
  const text = await bundled('import { work } from "jobcast-client"; console.log(work);');
  for (const word of ["text/event-stream", "lastEventId"]) assert.ok(!text.includes(word), word);
  assert.ok(size(text) < 5_000, `${size(text)} bytes`);
});

test("what is not used leaves nothing behind", async () => {
  assert.equal((await bundled('import "jobcast-client";')).trim(), "");
});

test("the element and the hooks are small", async () => {
  const element = await bundled('import "jobcast-client/element";');
  assert.match(element, /job-progress/);
  assert.ok(size(element) < 8_000, `${size(element)} bytes`);
  const hooks = await bundled('export * from "jobcast-client/react";');
  assert.ok(size(hooks) < 8_000, `${size(hooks)} bytes`);
});
