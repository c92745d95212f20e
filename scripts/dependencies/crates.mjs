// The crates of the Worker and the command line, by the rules of deny.toml: cargo-deny decides.
import { spawnSync } from "node:child_process";
import { at, ROOT } from "../paths.mjs";
import { CLEAN, FOUND, UNREACHABLE } from "./verdict.mjs";

// Git waits long for a network that swallows packets.
const FETCH_LIMIT_MS = 60_000;

/** `manifest` and `config` are the project's own, unless a test plants something. */
export class Crates {
  #deny;
  #options;
  #env;

  constructor(deny, { manifest = at("Cargo.toml"), config = at("deny.toml"), env = {} } = {}) {
    this.#deny = deny;
    this.#options = ["--color", "never", "--workspace", "--manifest-path", manifest, "--config", config];
    // Git must not ask a person for a name.
    this.#env = { ...process.env, GIT_TERMINAL_PROMPT: "0", ...env };
  }

  /** Licences, sources, bans and duplicates: `{verdict, told}`. Needs no network once the crates are there. */
  rules() {
    return verdictOf(this.#run(["check", "licenses", "bans", "sources"]));
  }

  /** Known holes and versions taken back, by RustSec: `{verdict, told}`. */
  advisories() {
    const fetched = this.#run(["fetch", "db"], { timeout: FETCH_LIMIT_MS });
    if (fetched.status !== 0) return { verdict: UNREACHABLE, told: told(fetched) };
    return verdictOf(this.#run(["check", "advisories"]));
  }

  #run(command, options = {}) {
    return spawnSync(this.#deny, [...this.#options, ...command], { cwd: ROOT, env: this.#env, encoding: "utf8", ...options });
  }
}

const verdictOf = (ran) => ({ verdict: ran.status === 0 ? CLEAN : FOUND, told: told(ran) });

const told = ({ stdout, stderr, error }) => [stdout, stderr, error?.message].filter(Boolean).join("").trim();
