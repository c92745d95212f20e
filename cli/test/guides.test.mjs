// What the guides tell to type with `jobcast`, typed as it stands there.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fences } from "../../tests/guides/fences.mjs";
import { type } from "../../tests/guides/script.mjs";

const { JOBCAST_BINARY, JOBCAST_URL, JOBCAST_API_KEY, JOBCAST_PROJECT_KEY, PATH } = process.env;
const given = { url: JOBCAST_URL, key: JOBCAST_API_KEY, projectKey: JOBCAST_PROJECT_KEY };
const KIND = "sh jobcast";

for (const document of new Set(fences.filter(({ kind }) => kind === KIND).map((fence) => fence.document))) {
  test(`${document}: each command works, in this order`, { timeout: 60_000 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "jobcast-path-"));
    t.after(() => rmSync(folder, { recursive: true }));
    symlinkSync(JOBCAST_BINARY, join(folder, "jobcast"));
    const { code, output } = await type(t, document, KIND, given, { PATH: folder + delimiter + PATH });
    assert.equal(code, 0, output);
  });
}
