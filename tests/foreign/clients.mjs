// The clients of other people, in the versions that are pinned here, and how each one's program is run.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const build = (path) => here(`../../build/${path}`);
const read = (path) => readFileSync(here(path), "utf8");

const { devDependencies } = JSON.parse(read("../../package.json"));
const inPython = (name) => new RegExp(`^${name}==(.+)$`, "m").exec(read("python/requirements.txt"))[1];
const inRust = (name) => new RegExp(`^${name} = .*"=([^"]+)"`, "m").exec(read("rust/Cargo.toml"))[1];

const node = (name) => ({
  name: `npm ${name} ${devDependencies[name]}`,
  command: [process.execPath, here(`node/${name}.mjs`)],
});
const browser = (name, title = `npm ${name} ${devDependencies[name]}`) => ({
  name: title,
  command: [process.execPath, here("browser.mjs"), name.replace("@microsoft/", "")],
});
const python = (name) => ({
  name: `PyPI ${name} ${inPython(name)}`,
  command: [build("foreign-python/bin/python"), here(`python/${name.replaceAll("-", "_")}_client.py`)],
});
const rust = (name) => ({ name: `crates.io ${name} ${inRust(name)}`, command: [build(`foreign-rust/debug/${name}`)] });

/** They need nothing but Node. */
export const IN_NODE = ["eventsource", "eventsource-client", "launchdarkly-eventsource"].map(node);

export const ELSEWHERE = [
  browser("eventsource", "Chromium’s own"),
  browser("@microsoft/fetch-event-source"),
  browser("event-source-polyfill"),
  ...["httpx-sse", "sseclient-py", "requests-sse", "aiohttp-sse-client"].map(python),
  ...["reqwest-eventsource", "eventsource-client"].map(rust),
  { name: "curl -N", command: ["sh", here("shell/curl.sh")] },
];
