// A job whose log no longer has its beginning.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch, open, seen } from "./browser.mjs";
import { frame, scripted } from "./scripted.mjs";

const ID = "job_01KJMA0FM0FWX93H6GB0000000";
const OLDEST = Date.parse("2026-03-01T09:00:00.000Z");
const snapshot = (id) => frame("job:snapshot", id, {
  id: ID, topic: null, status: "running", stages: { encode: { status: "running" } }, name: "long", filePath: null, progress: 70, message: null, subProgress: null,
  attempt: 2, maxAttempts: 3, createdAt: "2026-02-28T09:00:00.000Z", scheduledFor: null, startedAt: "2026-03-01T08:00:00.000Z", completedAt: null, error: null, errorCode: null, result: null,
});

test("what is left of its log is shown, and that the beginning is not", async (t) => {
  const cursors = [];
  const service = await scripted(1, {
    [`/api/v1/jobs/${ID}/events`]: (cursor) => {
      cursors.push(cursor);
      if (cursor === "0") return frame("reset", "", { reason: "cursor_too_old", oldest: OLDEST }) + snapshot(OLDEST + 60_000);
      return snapshot(cursor) + frame("stage:encode", OLDEST, { stage: "encode", type: "start" }) + frame("job:log", OLDEST + 10, { fromSeq: 90, toSeq: 90, lines: [{ seq: 90, level: "info", message: "the oldest line left", timestamp: "2026-03-01T09:00:00.010Z" }] });
    },
  });
  const browser = await launch();
  t.after(() => { service.close(); return browser.close(); });
  const page = await open(browser, `${service.url}/jobs/${ID}`, { signedIn: false });
  await seen(page, "The beginning of this log is no longer kept.");
  await seen(page, "the oldest line left");
  await page.locator(".gantt .stage[data-state=running]", { hasText: "encode" }).waitFor();
  await page.locator(".gantt .attempt", { hasText: "Attempt 2" }).waitFor();
  assert.deepEqual(cursors, ["0", String(OLDEST - 1)]);
  assert.deepEqual(page.errors, []);
});
