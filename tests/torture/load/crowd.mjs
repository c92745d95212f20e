// A process of readers (bench/load), told by lines of JSON what to do. What they should have seen is for its caller to know.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { at, ROOT } from "../../../scripts/paths.mjs";
import { run } from "../../../scripts/step.mjs";

export const buildCrowd = () => run("cargo", ["build", "--release", "--quiet", "--package", "jobcast-load"]);

export class Crowd {
  #waiting = [];
  #ended = false;

  constructor({ address }, key) {
    this.child = spawn(at("target", "release", "jobcast-load"), [address, key], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.#waiting.shift()?.answered(JSON.parse(line)));
    this.child.once("exit", () => {
      this.#ended = true;
      this.#waiting.splice(0).forEach(({ failed }) => failed(new Error("The crowd's process ended.")));
    });
  }

  /** Resolves to the answer; orders are carried out one after the other. See bench/load/src/order.rs. */
  order(what, more = {}) {
    if (this.#ended) return Promise.reject(new Error("The crowd's process has ended."));
    this.child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
    return new Promise((answered, failed) => this.#waiting.push({ answered, failed }));
  }

  open(paths, { times = 1, atOnce = 200, ...more } = {}) {
    return this.order("open", { paths, times, atOnce, ...more });
  }

  /** What the streams saw, those alike together: `[{path, streams, ids, lines, resets, ending}]`. */
  async tally() {
    return (await this.order("tally")).groups;
  }

  end() {
    this.child.kill("SIGKILL");
  }
}
