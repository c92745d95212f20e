// Which files the demo works on: what git tracks; in a copy without git, everything but what was built or installed.
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const MADE = new Set(["node_modules", "target", "build"]);

/** `[{path, content}]`, empty files left out. */
export async function sources(root) {
  const paths = tracked(root) ?? (await walk(root));
  const read = async (path) => ({ path, content: await readFile(join(root, path)).catch(() => Buffer.alloc(0)) });
  return (await Promise.all(paths.map(read))).filter(({ content }) => content.length > 0);
}

function tracked(root) {
  try {
    const paths = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return paths.split("\0").filter(Boolean);
  } catch {
    return undefined;
  }
}

async function walk(root, folder = "") {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const wanted = entries.filter(({ name }) => !MADE.has(name) && !name.startsWith("."));
  const within = (entry) => (entry.isDirectory() ? walk(root, join(folder, entry.name)) : entry.isFile() ? [join(folder, entry.name)] : []);
  return (await Promise.all(wanted.map(within))).flat();
}
