// A reader that is cut again and again, wherever it is, and follows the rules of EventSource: it misses nothing and sees nothing twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newProject } from "./project.mjs";
import { open } from "./stream.mjs";

const EVENTS = 2_000;
const CUTS = 20;
const PRODUCERS = 6;

test(`a subscriber through ${CUTS} forced disconnects during ${EVENTS} events sees every event once, in order`, async (t) => {
  const project = await newProject();
  const job = await project.running();
  const producer = new Producer(job, randomMoments());
  const reader = new Reader(t, job.eventsUrl, project.apiKey);
  producer.onMoment = () => reader.cut();
  const reading = reader.follow();
  await producer.work();
  await job.report("complete");
  await reading;
  assert.equal(reader.cuts, CUTS);
  assert.deepEqual(reader.ids, producer.ids.toSorted((a, b) => a - b).map(String));
});

/** After how many events the connection is cut: anywhere, often while a replay is under way. */
function randomMoments() {
  const moments = new Set();
  while (moments.size < CUTS) moments.add(1 + Math.floor(Math.random() * (EVENTS - 1)));
  return moments;
}

class Producer {
  ids = [];

  constructor(job, moments) {
    Object.assign(this, { job, moments, sent: 0 });
  }

  work() {
    return Promise.all(Array.from({ length: PRODUCERS }, () => this.#report()));
  }

  async #report() {
    while (this.sent < EVENTS) {
      const index = ++this.sent;
      const [part, body] = index % 3 ? ["progress", { percent: index / EVENTS }] : ["event", { index }];
      this.ids.push((await this.job.report(part, body)).id);
      if (this.moments.has(this.ids.length)) await this.onMoment();
    }
  }
}

/** Keeps the last id of any complete frame, the snapshot's too, as an EventSource does. */
class Reader {
  ids = [];
  cuts = 0;
  cursor = undefined;
  #connected = Promise.withResolvers();

  constructor(t, url, key) {
    Object.assign(this, { t, url, key, testOver: false });
    t.after(() => (this.testOver = true));
  }

  async follow() {
    for (let ended = false; !ended && !this.testOver; ) {
      const stream = await open(this.t, this.url, { key: this.key, cursor: this.cursor });
      assert.equal(stream.status, 200);
      this.#connected.resolve(stream);
      ended = await this.#read(stream);
    }
  }

  /** True at the end of the job, false when the connection was cut. */
  async #read(stream) {
    for (let frame; (frame = await stream.next()); ) {
      this.cursor = frame.id ?? this.cursor;
      if (frame.event === "job:completed") return true;
      if (frame.event === "job:progress" || frame.event === "job:event") this.ids.push(frame.id);
    }
    return false;
  }

  async cut() {
    const stream = await this.#connected.promise;
    this.#connected = Promise.withResolvers();
    this.cuts += 1;
    await stream.close();
  }
}
