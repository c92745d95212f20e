// What every answer tells a browser: to take nothing for what it is not, and to keep nothing that is not public.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { knock } from "./knock.mjs";
import { place } from "./place.mjs";
import { newProject } from "./project.mjs";
import { fill, isPublic, TABLE } from "./routes.mjs";

describe("every answer", { concurrency: true }, () => {
  let project;
  let job;
  before(async () => {
    project = await newProject();
    job = await project.create({ filePath: "videos/clip.mp4" });
  });

  for (const row of TABLE) {
    const { method, path, json } = row;

    test(`of ${method} ${path} is taken for what it says, and kept by nobody unless it is public`, async () => {
      const url = place.url + fill(path, { job: job.id, project: project.id, projectKey: project.projectKey });
      for (const options of [{ key: project.apiKey }, {}, { key: "jc_wrong" }]) {
        const { status, headers } = await knock(url, { method, json, ...options });
        assert.equal(headers.get("x-content-type-options"), "nosniff", String(status));
        if (!isPublic(row) && !headers.get("content-type")?.startsWith("text/event-stream")) assert.match(headers.get("cache-control"), /^no-store/);
      }
    });
  }

  test("that is a refusal is taken for what it says, too", async () => {
    for (const [method, path] of [["GET", "/api/nothing"], ["PUT", "/api/v1/jobs"], ["HEAD", "/health"], ["OPTIONS", "/queue/events"]]) {
      const { headers } = await knock(place.url + path, { method });
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    }
  });

  test("that is a page tells nobody where its reader came from", async () => {
    for (const path of ["/reference", "/", "/keys"]) {
      const { headers } = await knock(place.url + path);
      assert.equal(headers.get("referrer-policy"), "no-referrer", path);
      assert.match(headers.get("content-security-policy"), /frame-ancestors 'none'/);
    }
  });

  test("that is the dashboard's asks to be reached by HTTPS from then on", async () => {
    assert.match((await knock(`${place.url}/`)).headers.get("strict-transport-security"), /^max-age=\d{8,}/);
  });
});
