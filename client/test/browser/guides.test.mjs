// What the watcher's guide shows in HTML, in Chromium, on the real service, in a page of another origin.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt, createJob, createToken } from "jobcast-client";
import { fence, fences } from "../../../tests/guides/fences.mjs";
import { newName, service } from "../place.mjs";
import { siteOfFile } from "./site.mjs";

const WATCHER = "docs/guides/watcher.md";
const CLIENT = new URL("../../", import.meta.url);

// The site of the guide: its page, and `client/dist` at /jobcast-client/dist.
const site = siteOfFile((path) => new URL(path.replace("/jobcast-client/", ""), CLIENT));

test("the two lines of HTML show a job to its end", async (t) => {
  const job = await createJob({ name: newName() }, service);
  const { token } = await createToken(job.id, { ...service, scopes: ["jobs:read"] });
  const given = fence(WATCHER, "html").replace("http://localhost:8787", service.url).replace("job_01…", job.id).replace("jct_…", token);
  site.page = `<!doctype html><html lang="en"><title>A job</title>${given}`;
  const tab = await site.open(t);
  const says = (text) => tab.locator(`[role=progressbar][aria-valuetext="${text}"]`).waitFor({ state: "attached", timeout: 15_000 });
  await says("Waiting");
  const attempt = await Attempt.begin(job, { ...service, beatMs: 5 });
  t.after(() => attempt.end());
  attempt.progress(65, "Encoding");
  await says("65 %, Encoding");
  await attempt.complete();
  await says("Completed");
});

test("each example in HTML is shown here", () => {
  assert.deepEqual(fences.filter(({ kind }) => kind === "html").map(({ document }) => document), [WATCHER]);
});
