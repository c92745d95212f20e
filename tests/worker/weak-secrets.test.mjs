// What the operator must set: without it, or with a word that can be guessed, the routes that need it are closed, and the log says why.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { startInstance } from "./instance.mjs";
import { admin } from "./project.mjs";
import { refused, request } from "./request.mjs";
import { ADMIN_ROUTES, fill } from "./routes.mjs";

/** One character less than the service takes. */
const SHORT = "a".repeat(31);

const says = (at, event, name) =>
  eventually(`the log tells of ${name}`, () => readFileSync(at.log, "utf8"), (log) => log.includes(`{"event":"${event}","name":"${name}"`));

describe("secrets of the operator", { concurrency: true }, () => {
  for (const [what, secret, event] of [["are not set", "", "setting.missing"], ["are short enough to guess", SHORT, "setting.weak"]]) {
    test(`that ${what} open nothing, and no token is believed`, async (t) => {
      const at = await startInstance(t, {}, undefined, { adminToken: secret, tokenSecret: secret });
      for (const { method, path, json } of ADMIN_ROUTES) {
        refused(await admin(method, fill(path), json, at), 503, { code: "unavailable" });
      }
      refused(await request(`${at.url}${fill("/api/v1/jobs/{job}/events")}?token=jct_e30.AAAA`), 503, { code: "unavailable" });
      await Promise.all(["ADMIN_TOKEN", "TOKEN_SECRET"].map((name) => says(at, event, name)));
    });
  }
});
