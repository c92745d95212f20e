// Makes of a document's blocks of one kind the script that a newcomer would type, from the first block to the last; and types it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { fencesOf } from "./fences.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// A refusal ends the script. What was answered is kept, so that an id can be taken from it.
const PRELUDE = `set -eu
keep() { "$@" > "$ANSWERS.now" || { code=$?; cat "$ANSWERS.now"; return $code; }; tee -a "$ANSWERS" < "$ANSWERS.now"; }
curl() { keep command curl --fail-with-body "$@"; }
npm() { keep command npm "$@"; }
jobcast() { keep command jobcast "$@"; }
newest() { grep -oE "$1" "$ANSWERS" | tail -1; }
`;

/** What a person fills in from the answers before: `JOB=job_01…`. */
const ID = /\b(job|key|prj)_01…/g;
const TOKEN = /\bjct_…/g;

/**
 * `given` has what a person knows: `url`, `key`, `projectKey`. Each line that begins with `curl -N` is the second terminal: it
 * runs beside the others, writes to `$STREAMS/1`, `2`, …, and the script goes on when it has said something.
 */
function scriptOf(document, kind, { url, key, projectKey }) {
  let streams = 0;
  const typed = fencesOf(document, kind).flatMap(({ text }) => text.trimEnd().split("\n"));
  const lines = typed.map((line) => {
    const filled = line
      .replaceAll("http://localhost:8787", url)
      .replaceAll("jc_…", key)
      .replaceAll("pk_…", projectKey)
      .replace(ID, "$(newest '$1_[0-9A-Z]{26}')")
      .replace(TOKEN, "$(newest 'jct_[A-Za-z0-9_.-]+')");
    return filled.startsWith("curl -N") ? beside(filled, ++streams) : filled;
  });
  return { script: PRELUDE + lines.join("\n"), streams };
}

const beside = (line, number) =>
  `{ command ${line}\n} > "$STREAMS/${number}" & until grep -q "^id:" "$STREAMS/${number}"; do sleep 0.1; done`;

/**
 * Types the blocks of that kind into a shell, in the root of the repository. Resolves to `{code, output, streams}`, where
 * `streams` gives what the second terminals have shown so far. They end with the test `t`.
 */
export async function type(t, document, kind, given, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "jobcast-guide-"));
  const streams = join(folder, "streams");
  mkdirSync(streams);
  const { script, streams: count } = scriptOf(document, kind, given);
  const shell = spawn("sh", ["-c", script], {
    cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: folder, STREAMS: streams, ANSWERS: join(folder, "answers"), ...env },
  });
  const end = () => {
    try {
      process.kill(-shell.pid, "SIGKILL");
    } catch {
      // its second terminals have ended too
    }
  };
  t.after(() => {
    end();
    rmSync(folder, { recursive: true, force: true });
  });
  const written = Promise.all([text(shell.stdout), text(shell.stderr)]);
  const [code] = await once(shell, "exit");
  if (code !== 0) end();
  const output = code === 0 ? "" : (await written).join("\n");
  return { code, output, streams: () => Array.from({ length: count }, (_, at) => readFileSync(join(streams, String(at + 1)), "utf8")) };
}
