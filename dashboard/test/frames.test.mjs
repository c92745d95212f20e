import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameReader } from "../src/model/frames.ts";

const STREAM = 'retry: 1200\n\nevent: connected\nid: 5\ndata: {"clientId":"c"}\n\n: ping\n\nid: 7\n\nevent: job:log\nid: 9\ndata: one\ndata: two\n\n';

test("a stream reads the same however it is cut", () => {
  const whole = new FrameReader().push(STREAM);
  assert.deepEqual(whole.frames, [{ event: "connected", id: "5", data: '{"clientId":"c"}' }, { event: "job:log", id: "9", data: "one\ntwo" }]);
  for (let at = 1; at < STREAM.length; at += 1) {
    const reader = new FrameReader();
    const frames = [...reader.push(STREAM.slice(0, at)).frames, ...reader.push(STREAM.slice(at)).frames];
    assert.deepEqual(frames, whole.frames, `cut at ${at}`);
  }
});

test("a block of id alone moves the cursor and is no event", () => {
  const heard = new FrameReader("3").push("id: 7\n\n");
  assert.deepEqual([heard.id, heard.frames], ["7", []]);
});

test("a frame without an id keeps the cursor, a comment says nothing, the pause is told", () => {
  const reader = new FrameReader("3");
  assert.deepEqual(reader.push(": ping\n\n"), { frames: [], id: "3" });
  assert.deepEqual(reader.push("event: heartbeat\ndata: {}\n\n").frames, [{ event: "heartbeat", id: "3", data: "{}" }]);
  assert.equal(reader.push("retry: 1500\n").retry, 1500);
});

test("lines may end in any of the three ways, also cut between CR and LF", () => {
  const reader = new FrameReader();
  const frames = ["event: a\r", "\ndata: 1\r\n\r\nevent: b\rdata: 2\r\r", "data: 3\n\n"].flatMap((text) => reader.push(text).frames);
  assert.deepEqual(frames.map(({ event, data }) => [event, data]), [["a", "1"], ["b", "2"], ["message", "3"]]);
});
