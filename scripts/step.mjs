// What the person at the terminal sees: each step announced, timed, and refused in a sentence when it cannot go on.
import { spawn, spawnSync } from "node:child_process";
import { ROOT } from "./paths.mjs";

/** Something the person can put right. It is shown without a stack. */
export class Refusal extends Error {}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

export async function step(title, work) {
  const began = performance.now();
  console.log(`▸ ${title} …`);
  const result = await work();
  console.log(`✓ ${title} (${seconds(began)})`);
  return result;
}

/** Runs `main` and turns a refusal into one sentence and exit code 1. */
export async function program(main) {
  try {
    await main();
  } catch (error) {
    console.error(`\n✗ ${error instanceof Refusal ? error.message : error.stack}`);
    process.exit(1);
  }
}

const ENDS = ["SIGINT", "SIGTERM"];

/** Runs a command in the open; `heard`, if given, also gets what it prints. Resolves to the exit code. */
export function attempt(command, args, { env = process.env, heard } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["inherit", heard ? "pipe" : "inherit", "inherit"] });
    const forward = (signal) => child.kill(signal);
    for (const signal of ENDS) process.on(signal, forward);
    child.once("error", reject);
    child.once("close", (code) => {
      for (const signal of ENDS) process.off(signal, forward);
      resolve(code ?? 1);
    });
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      process.stdout.write(text);
      heard(text);
    });
  });
}

/** Like `attempt`, for commands without which nothing can go on. */
export async function run(command, args, options) {
  const code = await attempt(command, args, options);
  if (code !== 0) throw new Refusal(`\`${[command, ...args].join(" ")}\` ended with code ${code}.`);
}

/** What a command prints, trimmed; `null` if it is not there or fails. */
export function printed(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}
