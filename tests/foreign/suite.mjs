// The trials of a list of clients as tests: as they come, what docs/CLIENTS.md says; with care, every event once, and an end.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { instanceOfSuite } from "../worker/instance.mjs";
import { newProject } from "../worker/project.mjs";
import { asTheyCome } from "./table.mjs";
import { Trial } from "./trial.mjs";

const WITH_CARE = { cuts: "whole", caps: "whole", end: "stops", 204: "stops", 401: "stops", 404: "stops" };

export function tryAll(clients) {
  describe("other people's clients", { concurrency: 4 }, () => {
    const instance = instanceOfSuite({ STREAM_CAP_SECONDS: 2 });
    const where = {};
    before(async () => Object.assign(where, await places(instance)));

    for (const client of clients) {
      test(`${client.name}, as it comes, does what docs/CLIENTS.md says`, async (t) => {
        const seen = await tried(t, client, "plain", where);
        assert.deepEqual(words(seen), asTheyCome[client.name], JSON.stringify(seen));
      });

      test(`${client.name}, with care, sees every event once through cuts and caps, and stops when it should`, async (t) => {
        const seen = await tried(t, client, "careful", where);
        assert.deepEqual(words(seen), WITH_CARE, JSON.stringify(seen));
      });
    }
  });
}

/** Where streams live long, where they are capped at 2 s, and paths that answer with each status. */
async function places(instance) {
  const [open, capped, closed] = await Promise.all([
    newProject({ publicRead: true }), newProject({ publicRead: true, at: instance }), newProject({ publicRead: false }),
  ]);
  const [ended, hidden] = [await open.running(), await closed.create()];
  await ended.report("complete", {});
  const last = (await ended.log()).at(-1).id;
  const paths = {
    204: `${ended.path}/events?lastEventId=${last}`,
    401: `${hidden.path}/events`,
    404: "/api/v1/jobs/job_00000000000000000000000000/events",
  };
  return { open, capped, paths };
}

async function tried(t, client, mode, { open, capped, paths }) {
  const on = (project) => new Trial(t, client, mode, project);
  const at = (status) => on(open).at(status, paths[status]);
  const [cuts, caps, ...statuses] = await Promise.all([on(open).throughCuts(), on(capped).throughCaps(), at(204), at(401), at(404)]);
  const seen = { cuts: cuts.told, caps: caps.told, end: caps.after, 204: statuses[0], 401: statuses[1], 404: statuses[2] };
  t.diagnostic(`${client.name}, ${mode}: ${JSON.stringify({ ...seen, connections: [cuts.connections, caps.connections] })}`);
  return seen;
}

/** Without the figures. */
const words = (seen) => Object.fromEntries(Object.entries(seen).map(([what, told]) => [what, told.replace(/[:(].*/, "").trim()]));
