// The fenced blocks of the documents that people follow. The word after the language says what becomes of a block; a block
// without a known word fails `tests/worker/guides.test.mjs`, so that nothing is shown that nobody tries.
import { readdirSync, readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const GUIDES = readdirSync(new URL("docs/guides/", ROOT)).sort().map((name) => `docs/guides/${name}`);

export const DOCUMENTS = ["README.md", "docs/README.md", "docs/SECURITY.md", ...GUIDES];

/** What is not run here, and why. Blocks of any other kind must have a run. */
export const SHOWN = {
  "": "a drawing",
  text: "what comes back",
  toml: "a piece of a setting",
  "sh account": "needs an account at Cloudflare",
  "sh checkout": "works on the repository itself: it starts, builds or tests",
};

export const read = (document) => readFileSync(new URL(document, ROOT), "utf8");

/** `{document, line, kind, text}` of each block; `kind` is the whole of what follows the backticks. */
export const fences = DOCUMENTS.flatMap((document) =>
  [...read(document).matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(({ 1: kind, 2: text, index, input }) => ({
    document, kind, text, line: input.slice(0, index).split("\n").length,
  })));

export const fencesOf = (document, kind) => fences.filter((fence) => fence.document === document && fence.kind === kind);

/** The only block of that kind in a document. */
export function fence(document, kind) {
  const found = fencesOf(document, kind);
  if (found.length !== 1) throw new Error(`${document} has ${found.length} blocks “${kind}”.`);
  return found[0].text;
}
