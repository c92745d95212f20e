// A program beside which Jobcast is measured: its processes, and what they cost. Nothing of it outlives us, however we end.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PINNED_ENV } from "../../scripts/paths.mjs";
import { GUARD } from "../../scripts/service.mjs";
import { descendants, limitOf, processorOf } from "../../tests/torture/load/runtime.mjs";

const START_LIMIT_MS = 10_000;
const TRY_MS = 20;

export class Peer {
  #said = "";

  /** `command` gets the folder that is the program's own, which goes when it is stopped. On descriptor 4 it may tell what it will. */
  constructor(name, command) {
    this.folder = mkdtempSync(join(tmpdir(), `jobcast-bench-${name}-`));
    this.child = spawn("sh", ["-c", GUARD, "sh", ...command(this.folder)], { cwd: this.folder, env: PINNED_ENV, detached: true, stdio: Array(5).fill("pipe") });
    this.exited = once(this.child, "exit").then(() => this.child.stdio.forEach((stream) => stream.destroy()));
    this.child.stdin.on("error", () => {}); // it has ended, which `exited` tells
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding("utf8").on("data", (text) => (this.#said = (this.#said + text).slice(-1_000)));
  }

  /** Waits until `test` holds; a program that ends before, or takes too long, is stopped. */
  async ready(test) {
    let isOver = false;
    this.exited.then(() => (isOver = true));
    for (const end = Date.now() + START_LIMIT_MS; !(await test()); await sleep(TRY_MS)) {
      if (isOver || Date.now() > end) {
        await this.stop();
        throw new Error(`it did not start: ${this.#said.trim()}`);
      }
    }
  }

  /** As cases look at it: its processor is that of all its processes. */
  runtime(address) {
    const { pid } = this.child;
    return {
      address,
      url: `http://${address}`,
      processor: () => [pid, ...descendants(pid)].reduce((sum, each) => sum + processorOf(each), 0),
      limit: () => limitOf(pid),
    };
  }

  async stop() {
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // nobody is left
    }
    await this.exited;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** For programs that cannot choose one and tell it. */
export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Whether anything answers there, whatever it says. */
export const answering = (url) => fetch(url).then(() => true, () => false);
