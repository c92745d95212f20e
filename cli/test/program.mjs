// The binary as somebody runs it: in an environment of its own, its output waited for, its end promised.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, key, url } from "./place.mjs";

/** A folder that is gone after the test. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "jobcast-cli-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function jobcast(t, args, { env = {}, input, cwd } = {}) {
  const home = folder(t);
  const { PATH, CARGO_HOME, RUSTUP_HOME, HOME } = process.env;
  const toolchain = { CARGO_HOME: CARGO_HOME ?? join(HOME, ".cargo"), RUSTUP_HOME: RUSTUP_HOME ?? join(HOME, ".rustup") };
  const child = spawn(binary, args, {
    cwd,
    env: { PATH, ...toolchain, HOME: home, JOBCAST_URL: url, JOBCAST_API_KEY: key, ...env },
  });
  t.after(() => child.kill("SIGKILL"));
  return new Program(child, input);
}

class Program {
  stdout = "";
  stderr = "";
  #waiting = new Set();

  constructor(child, input) {
    this.child = child;
    for (const stream of ["stdout", "stderr"]) {
      child[stream].setEncoding("utf8").on("data", (text) => {
        this[stream] += text;
        for (const look of this.#waiting) look();
      });
    }
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    this.ended = once(child, "close").then(([code, signal]) => {
      for (const look of this.#waiting) look(true);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  signal(name) {
    this.child.kill(name);
  }

  /** Resolves to the match as soon as the program has said it. */
  said(pattern, stream = "stderr") {
    return new Promise((resolve, reject) => {
      const look = (over) => {
        const match = pattern.exec(this[stream]);
        if (!match && !over) return;
        this.#waiting.delete(look);
        if (match) resolve(match);
        else reject(new Error(`It ended without saying ${pattern}:\n${this.stdout}\n${this.stderr}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  async job() {
    return (await this.said(/jobcast: (job_\w{26}) /))[1];
  }
}
