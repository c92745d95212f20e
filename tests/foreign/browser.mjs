// browser.mjs <client> <url> <mode>: runs a client of `browser/` in a page of Chromium, of another origin than the service.
import { build } from "esbuild";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { FLAGS, findChromium } from "../../scripts/chromium.mjs";

const [client, url, mode] = process.argv.slice(2);
const entryPoints = [fileURLToPath(new URL(`browser/${client}.mjs`, import.meta.url))];
const bundled = await build({ entryPoints, bundle: true, write: false, format: "iife", globalName: "client" });
const origin = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html>"));
await new Promise((listening) => origin.listen(0, "127.0.0.1", listening));
const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
browser.on("disconnected", () => process.exit(0)); // SIGTERM closes it too, and then nothing else may keep us
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${origin.address().port}/`);
await page.exposeFunction("write", (line) => console.log(line));
await page.exposeFunction("end", () => browser.close());
await page.addScriptTag({ content: bundled.outputFiles[0].text });
await page.evaluate(([url, mode]) => {
  const tell = (name, id, data) => write(JSON.stringify({ name, id, data }));
  const over = (why) => write(JSON.stringify({ over: why })).then(() => end());
  client.follow(url, { tell, over, mode });
}, [url, mode]);
