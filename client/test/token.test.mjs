// A stream token that runs out is renewed, and the stream goes on where it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, FakeStream, refusal } from "./fake/service.mjs";
import { watchingJob } from "./fake/watching.mjs";

const snapshot = (id) => frame("job:snapshot", id, { status: "running", stages: {} });
const expired = () => refusal(401, "invalid_credential");
const tokens = (seen) => seen.service.requests.map(({ url }) => url.searchParams.get("token"));

function minting(make = (n) => `jct_${n}`) {
  let minted = 0;
  return watchingJob({ token: async () => make(++minted) });
}

test("the end of a token: a new one is asked for, at once, and nothing is lost or doubled", async () => {
  const [seen, first, second] = [minting(), new FakeStream(), new FakeStream()];
  seen.service.will(first, expired(), second);
  await seen.begin();
  await first.send(snapshot(10), frame("job:progress", 11));
  await first.end();
  await seen.clock.pass(1_000);
  await second.send(snapshot(11), frame("job:progress", 12));
  assert.deepEqual(tokens(seen), ["jct_1", "jct_1", "jct_2"]);
  assert.deepEqual(seen.service.cursors, [null, "11", "11"]);
  assert.deepEqual(seen.told, ["job:snapshot 10", "job:progress 11", "job:progress 12"]);
  assert.ok(!seen.states.includes("offline"));
  seen.watch.close();
});

test("a token that says when it is over is renewed before it is", async () => {
  const [seen, first, second] = [
    minting((n) => ({ token: `jct_${n}`, expiresAt: new Date(seen.clock.now() + 60_000).toISOString() })), new FakeStream(), new FakeStream(),
  ];
  seen.service.will(first, second);
  await seen.begin();
  await first.send(snapshot(10));
  await seen.clock.pass(30_000);
  await first.send(": ping\n\n");
  await seen.clock.pass(30_000);
  await first.end();
  await seen.clock.pass(1_000);
  assert.deepEqual(tokens(seen), ["jct_1", "jct_2"]);
  seen.watch.close();
});

test("a token that was just made and is refused ends it", async () => {
  const seen = minting();
  seen.service.will(expired());
  await seen.begin();
  assert.equal(seen.ending.reason, "refused");
  assert.equal(seen.ending.error.status, 401);
});

test("a token that cannot be renewed ends it", async () => {
  const [seen, first] = [watchingJob({ token: "jct_only" }), new FakeStream()];
  seen.service.will(first, expired());
  await seen.begin();
  await first.send(snapshot(10));
  await first.end();
  await seen.clock.pass(1_000);
  assert.equal(seen.ending.reason, "refused");
});

test("403 and 404 are no matter of time, so nobody is asked for another token", async () => {
  for (const status of [403, 404]) {
    const [seen, first] = [minting(), new FakeStream()];
    seen.service.will(first, refusal(status, "no"));
    await seen.begin();
    await first.end();
    await seen.clock.pass(1_000);
    assert.equal(seen.ending.error.status, status);
    assert.deepEqual(tokens(seen), ["jct_1", "jct_1"]);
  }
});

test("whoever makes the tokens may be away for a moment", async () => {
  let tries = 0;
  const seen = watchingJob({ token: () => (++tries < 3 ? Promise.reject(new TypeError("fetch failed")) : "jct_3") });
  seen.service.will(new FakeStream());
  await seen.begin();
  assert.equal(seen.watch.state, "offline");
  await seen.clock.pass(3_000);
  assert.equal(seen.watch.state, "live");
  assert.equal(tries, 3);
  seen.watch.close();
});

test("who asks for a token and gets a no may not watch", async () => {
  const seen = watchingJob({ token: () => Promise.reject(Object.assign(new Error("Please sign in."), { status: 401 })) });
  await seen.begin();
  assert.equal(seen.ending.reason, "refused");
  assert.equal(seen.ending.error.message, "Please sign in.");
  assert.equal(seen.service.requests.length, 0);
});

test("the url of a token brings job and token", async () => {
  const seen = watchingJob();
  seen.service.will(new FakeStream());
  const { watchJob } = await import("jobcast-client");
  const watch = watchJob("https://jobcast.example/api/v1/jobs/job_9/events?token=jct_u", { fetch: seen.service.fetch, clock: seen.clock });
  await seen.clock.pass(0);
  assert.equal(seen.service.requests[0].url.href, "https://jobcast.example/api/v1/jobs/job_9/events?token=jct_u");
  watch.close();
});
