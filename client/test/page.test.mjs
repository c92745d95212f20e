// In a page: its network goes and comes, and nobody looks at it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeStream, frame, noContent } from "./fake/service.mjs";

// The library looks for its page when it is loaded.
const [window, document] = [new EventTarget(), Object.assign(new EventTarget(), { hidden: false })];
for (const name of ["addEventListener", "removeEventListener"]) globalThis[name] = window[name].bind(window);
globalThis.document = document;
const { watchingJob } = await import("./fake/watching.mjs");
const { settle } = await import("./fake/clock.mjs");

const happens = async (target, event) => {
  target.dispatchEvent(new Event(event));
  await settle();
};
const show = (how) => {
  document.hidden = how === "hidden";
  return happens(document, "visibilitychange");
};
const snapshot = frame("job:snapshot", 10, { id: "job_1", status: "running", stages: {} });

async function live(options) {
  const [first, second] = [new FakeStream(), new FakeStream()];
  const watching = watchingJob(options);
  watching.service.will(first, second, noContent());
  await watching.begin();
  await first.send(snapshot, frame("job:progress", 11, { percent: 1 }));
  return { ...watching, first, second };
}

test("a network that goes is known at once, and one that comes is used at once", async () => {
  const { first, second, service, states, clock, watch } = await live();
  await happens(window, "offline");
  assert.deepEqual([first.left, states], [true, ["live", "offline"]]);
  await happens(window, "online");
  assert.deepEqual(service.cursors, [null, "11"]);
  watch.close();
  await settle();
  assert.deepEqual([second.left, clock.due], [true, []]);
});

test("a page that nobody looks at gives its connection back, and catches up when somebody does", async () => {
  const { first, service, states, clock, watch } = await live({ hiddenMs: 20_000 });
  await show("hidden");
  await clock.pass(19_000);
  assert.equal(first.left, false);
  await clock.pass(1_000);
  assert.deepEqual([first.left, states], [true, ["live", "connecting"]]);
  await clock.pass(600_000);
  assert.equal(service.requests.length, 1, "nobody asks for a page that nobody looks at");
  await show("visible");
  assert.deepEqual([service.cursors, states.at(-1)], [[null, "11"], "catching-up"]);
  watch.close();
});

test("one that is looked at again in time keeps its connection, and so does one that did not ask", async () => {
  const hasty = await live({ hiddenMs: 20_000 });
  await show("hidden");
  await hasty.clock.pass(15_000);
  await show("visible");
  await hasty.clock.pass(15_000);
  assert.equal(hasty.first.left, false);
  hasty.watch.close();
  const patient = await live({ silenceMs: 3_600_000 });
  await show("hidden");
  await patient.clock.pass(600_000);
  assert.equal(patient.first.left, false);
  await show("visible");
  patient.watch.close();
});
