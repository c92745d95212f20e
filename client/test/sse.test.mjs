// The rules of the HTML standard for event streams, one by one, and with the bytes cut everywhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStreamReader } from "../dist/sse.js";

const bytes = (text) => new TextEncoder().encode(text);
const read = (text, id) => new EventStreamReader(id).read(bytes(text));
const message = (data, { type = "message", id = "" } = {}) => ({ kind: "message", type, data, id });

test("an event has its type, its id and its data", () => {
  assert.deepEqual(read('event: job:progress\nid: 17\ndata: {"percent":4}\n\n'), [message('{"percent":4}', { type: "job:progress", id: "17" })]);
});

test("lines end with LF, CR LF or CR, mixed as they come", () => {
  const wanted = [message("a\nb"), message("c")];
  for (const end of ["\n", "\r\n", "\r"]) assert.deepEqual(read(["data: a", "data: b", "", "data: c", "", ""].join(end)), wanted);
  assert.deepEqual(read("data: a\rdata: b\r\n\ndata: c\n\r\n"), wanted);
});

test("a byte order mark is taken away at the beginning and nowhere else", () => {
  assert.deepEqual(read("\uFEFFdata: a\n\n"), [message("a")]);
  assert.deepEqual(read("data: a\n\n\uFEFFdata: b\n\n"), [message("a")]);
});

test("one space after the colon is taken away, and no more", () => {
  assert.deepEqual(read("data:a\ndata: b\ndata:  c\n\n"), [message("a\nb\n c")]);
});

test("a field without a colon has an empty value; empty data makes an event, no data makes none", () => {
  assert.deepEqual(read("data\n\ndata\ndata\n\ndata:"), [message(""), message("\n")]);
  assert.deepEqual(read("event: ghost\n\ndata: a\n\n"), [message("a")]);
});

test("comments are told, unknown fields are not", () => {
  assert.deepEqual(read(": ping\n\n:\n\nfoo: bar\nDATA: no\n\n"), [{ kind: "comment", text: "ping" }, { kind: "comment", text: "" }]);
});

test("an id lasts until the next one, is set by a block without data, and an empty id takes it back", () => {
  assert.deepEqual(read("id: 1\n\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\nid\ndata: d\n\n"), [
    { kind: "cursor", id: "1" }, message("a", { id: "1" }), message("b", { id: "2" }), message("c", { id: "2" }), message("d"),
  ]);
});

test("an id with NUL in it is ignored", () => {
  assert.deepEqual(read("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n"), [message("a", { id: "1" }), message("b", { id: "1" })]);
});

test("a reader that goes on begins with the id it had", () => {
  assert.deepEqual(read("data: a\n\n", "41"), [message("a", { id: "41" })]);
});

test("retry is digits only", () => {
  assert.deepEqual(read("retry: 1500\nretry: 2s\nretry: -1\nretry:\nretry: 1.5\n\n"), [{ kind: "retry", ms: 1500 }]);
});

test("a block that was not finished is not told, nor is its id", () => {
  assert.deepEqual(read("id: 1\ndata: a\n\nid: 2\ndata: b\n"), [message("a", { id: "1" })]);
});

test("the last of several event names counts", () => {
  assert.deepEqual(read("event: a\nevent: b\ndata: x\n\n"), [message("x", { type: "b" })]);
});

const LONG = "\uFEFF: hello\r\nretry: 900\r\n\r\nid: 1\r\nevent: öffnen\r\ndata: größer → 🎬\r\ndata:\r\n\r\nid: 2\n\n: ping\r\rdata: z\rid: 3\r\n\n";

test("wherever the bytes are cut, in one place or everywhere, the same is told", () => {
  const all = bytes(LONG);
  const whole = new EventStreamReader().read(all);
  assert.deepEqual(whole, [
    { kind: "comment", text: "hello" }, { kind: "retry", ms: 900 },
    message("größer → 🎬\n", { type: "öffnen", id: "1" }), { kind: "cursor", id: "2" }, { kind: "comment", text: "ping" }, message("z", { id: "3" }),
  ]);
  for (let cut = 0; cut <= all.length; cut++) {
    const reader = new EventStreamReader();
    assert.deepEqual([...reader.read(all.subarray(0, cut)), ...reader.read(all.subarray(cut))], whole, `cut at ${cut}`);
  }
  const reader = new EventStreamReader();
  assert.deepEqual([...all].flatMap((byte) => reader.read(Uint8Array.of(byte))), whole);
});

test("a line of several megabytes in small pieces is read in a moment", () => {
  const reader = new EventStreamReader();
  const piece = bytes("x".repeat(1_000));
  const began = performance.now();
  reader.read(bytes("data: "));
  for (let i = 0; i < 8_000; i++) reader.read(piece);
  const [{ data }] = reader.read(bytes("\n\n"));
  assert.equal(data.length, 8_000_000);
  assert.ok(performance.now() - began < 5_000);
});
