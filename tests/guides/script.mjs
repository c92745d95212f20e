// Makes of a document's `sh` blocks the script that a newcomer would type, from the first block to the last.
import { fencesOf } from "./fences.mjs";

// A refusal ends the script. What was answered is kept, so that an id can be taken from it.
const PRELUDE = `set -eu
keep() { "$@" > "$ANSWERS.now" || { code=$?; cat "$ANSWERS.now"; return $code; }; tee -a "$ANSWERS" < "$ANSWERS.now"; }
curl() { keep command curl --fail-with-body "$@"; }
npm() { keep command npm "$@"; }
newest() { grep -oE "$1" "$ANSWERS" | tail -1; }
`;

/** What a person fills in from the answers before: `JOB=job_01…`. */
const ID = /\b(job|key|prj)_01…/g;
const TOKEN = /\bjct_…/g;

/**
 * `given` has what a person knows: `url`, `key`, `projectKey`. Each line that begins with `curl -N` is the second terminal: it
 * runs beside the others, writes to `$STREAMS/1`, `2`, …, and the script goes on when it has said something.
 */
export function scriptOf(document, { url, key, projectKey }) {
  let streams = 0;
  const typed = fencesOf(document, "sh").flatMap(({ text }) => text.trimEnd().split("\n"));
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
