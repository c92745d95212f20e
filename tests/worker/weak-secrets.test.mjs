// What the operator must set: without it, or with a word that can be guessed, the routes that need it are closed, and the log says why.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "./eventually.mjs";
import { startInstance } from "./instance.mjs";
import { requestKnownAs } from "./known-as.mjs";
import { newProject } from "./project.mjs";
import { accepted, refused } from "./request.mjs";
import { ADMIN_ROUTES, fill } from "./routes.mjs";

/** One character less than the service takes. */
const SHORT = "a".repeat(31);

const says = (at, event, name) =>
  eventually(`the log tells of ${name}`, () => at.lines(event), (lines) => lines.some((line) => line.name === name));

const asAdmin = (at, method, path, json) =>
  requestKnownAs("jobcast.example", at, path, { method, json, headers: { authorization: `Bearer ${at.adminToken}` } });

describe("secrets of the operator", { concurrency: true }, () => {
  for (const [what, secret, event] of [["are not set", "", "setting.missing"], ["are short enough to guess", SHORT, "setting.weak"]]) {
    test(`that ${what} open nothing, and no token is believed`, async (t) => {
      const at = await startInstance(t, {}, undefined, { adminToken: secret, tokenSecret: secret });
      for (const { method, path, json } of ADMIN_ROUTES) {
        refused(await asAdmin(at, method, fill(path), json), 503, { code: "unavailable" });
      }
      const reading = `${fill("/api/v1/jobs/{job}/events")}?token=jct_e30.AAAA`;
      refused(await requestKnownAs("jobcast.example", at, reading), 503, { code: "unavailable" });
      await Promise.all(["ADMIN_TOKEN", "TOKEN_SECRET"].map((name) => says(at, event, name)));
    });
  }

  test("may be as short as one likes on one's own machine", async (t) => {
    const at = await startInstance(t, {}, undefined, { adminToken: "admin", tokenSecret: "secret" });
    const job = await (await newProject({ at })).create();
    accepted(await job.post("tokens", {}), 201);
  });
});
