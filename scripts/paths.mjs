// Where things lie. Every script works from the root of the project, whatever folder it was called in.
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const at = (...parts) => join(ROOT, ...parts);

/** The pinned Node: the host's may be older than wrangler wants. Delivered by the npm package `node`. */
export const NODE = at("node_modules", "node", "bin", "node");

const isLocalBin = (folder) => folder.endsWith(join("node_modules", ".bin"));
const hostPath = process.env.PATH.split(delimiter).filter((folder) => !isLocalBin(folder)).join(delimiter);

/** For `npm ci`: it deletes node_modules, so it must not run on the Node that lies in there. */
export const HOST_ENV = { ...process.env, PATH: hostPath };

/** For everything else: the pinned Node comes first, also for tools that begin with `#!/usr/bin/env node`. */
export const PINNED_ENV = { ...process.env, PATH: at("node_modules", ".bin") + delimiter + hostPath };
