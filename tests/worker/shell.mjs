// Commands as a user types them, with the tools of the host.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Runs a script to its end; resolves to `{code, output}`, where `output` is what it wrote to standard output. */
export async function shell(script, env = {}) {
  const child = spawn("sh", ["-c", script], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return { code, output };
}

/** Runs a command that goes on; `lines` yields what it writes, `exited` resolves to its code. It ends with the test `t`. */
export function follow(t, command, ...args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => child.kill());
  return { lines: lines(child.stdout), exited: once(child, "exit").then(([code]) => code) };
}

async function* lines(stream) {
  let rest = "";
  for await (const piece of stream.setEncoding("utf8")) {
    const parts = (rest + piece).split("\n");
    rest = parts.pop();
    yield* parts;
  }
}
