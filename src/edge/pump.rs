//! Owns what happens for each frame on the last stretch of a stream: what comes over the object's socket is written to the reader, in
//! JavaScript from end to end, because a frame that passed through wasm cost several times as much (docs/ARCHITECTURE.md, “The bridge”).
//! Refuses to decide: it tells what happened, and what becomes of the stream is said by `sse_bridge`.
//! Invariants: one write at a time, of all that waits, so that what a reader holds is known and bounded; what it tells is answered
//! soon, or the memory of wasm is lost and the stream is cut, so that no reader waits in silence.

use crate::limits;
use js_sys::Promise;
use std::cell::OnceCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::WebSocket;

/// Heartbeats without an answer from the object after which the stream is ended, so that the reader resumes.
const SILENT_HEARTBEATS: u32 = 2;
/// How long Rust may take for what it is told, ms: it answers in the same turn.
const PATIENCE_MS: f64 = 1_000.0;
/// How long a reader has, when its stream ends, to take what waits for it, ms.
const LAST_WRITES_MS: f64 = 10_000.0;
/// What one reader may hold however much all hold, bytes: a frame or two on their way to a reader who keeps up.
const UNTOUCHED: usize = 64 * 1024;

/// What a pump tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It is time for the heartbeat; the pump rests until then.
    Heartbeat,
    LifeOver,
    ReaderLeft,
    SlowReader,
    /// With this code.
    ObjectClosed(u16),
}

// Nothing in here calls into wasm, so that it works when wasm has lost its memory. Inline, because a file of its own makes
// wasm-bindgen pass on package.json's `dependencies`, on which worker-build then fails.
#[wasm_bindgen(inline_js = "
const encoder = new TextEncoder();
const NOTHING = new Uint8Array();
const ignore = () => {};

// All pumps of an isolate: what waits for their readers, in bytes, and for how many of them anything does.
export class Pumps {
  all = 0;
  holders = 0;
  text = '';
  bytes = NOTHING;

  constructor(reader, readers, untouched, heartbeat, patience, silent, last) {
    Object.assign(this, { reader, readers, untouched, heartbeat, patience, silent, last });
  }

  open(socket, first, life) {
    return new Pump(this, socket, first, life);
  }

  // Who watch the same get the same: often it has just been encoded for another.
  encode(text) {
    if (text !== this.text) {
      this.bytes = encoder.encode(text);
      this.text = text;
    }
    return this.bytes;
  }
}

export class Pump {
  text = '';        // comes after what is packed
  packed = [];
  packedSize = 0;
  writing = 0;      // bytes of the write under way; one at a time
  held = 0;
  opening = 0;      // bytes of an opening: as large as the job's state, and not counted until they are written
  isOpen = false;
  owesNext = false;
  isOver = false;
  unanswered = 0;
  told = null;
  tellNow = null;

  constructor(pumps, socket, first, life) {
    this.pumps = pumps;
    this.socket = socket;
    this.end = Date.now() + life;
    const { readable, writable } = new IdentityTransformStream();
    this.readable = readable;
    this.writer = writable.getWriter();
    this.written = this.written.bind(this);
    this.left = this.left.bind(this);
    socket.addEventListener('message', ({ data }) => this.receive(data));
    socket.addEventListener('close', ({ code }) => this.tellEnd(code));
    socket.addEventListener('error', () => this.tellEnd(1011));
    socket.binaryType = 'arraybuffer';
    socket.accept();
    this.rest();
    this.text = first;
    this.write();
  }

  // Text, or a piece of a replay as the bytes that it is written as.
  receive(data) {
    if (this.isOver) return;
    if (typeof data !== 'string') this.put(new Uint8Array(data));
    else if (data.charCodeAt(0) === 1) return this.signal(data);
    else this.text += data;
    if (!this.isOpen) this.opening += this.pack();
    this.write();
    this.weigh();
    if (this.isTooMuch()) this.tellEnd('slow');
  }

  // The words are those of `call::signal`.
  signal(text) {
    if (text === '\\u0001more') this.owesNext = true;
    if (text === '\\u0001opened') this.isOpen = true;
    if (text === '\\u0001pong') this.unanswered = 0;
    this.write();
  }

  write() {
    if (this.writing > 0) return;
    const bytes = this.takeAll();
    if (bytes.length > 0) {
      this.writing = bytes.length;
      this.writer.write(bytes).then(this.written, this.left);
    } else if (this.isOver) {
      this.drained?.(true);
    } else if (this.owesNext) {
      this.owesNext = false;
      this.send('next');
    }
  }

  written() {
    this.writing = 0;
    if (this.isOpen && this.packedSize === 0 && this.text === '') this.opening = 0;
    this.write();
    this.weigh();
  }

  left() {
    this.writing = 0;
    if (this.drained) this.drained(false);
    else this.tellEnd('left');
  }

  // How many bytes it became.
  pack() {
    if (this.text === '') return 0;
    const bytes = this.pumps.encode(this.text);
    this.text = '';
    this.packed.push(bytes);
    this.packedSize += bytes.length;
    return bytes.length;
  }

  put(bytes) {
    this.pack();
    this.packed.push(bytes);
    this.packedSize += bytes.length;
  }

  takeAll() {
    this.pack();
    const { packed, packedSize } = this;
    if (packed.length === 0) return NOTHING;
    this.packed = [];
    this.packedSize = 0;
    if (packed.length === 1) return packed[0];
    const all = new Uint8Array(packedSize);
    let at = 0;
    for (const bytes of packed) {
      all.set(bytes, at);
      at += bytes.length;
    }
    return all;
  }

  weigh() {
    // A unit of text is three bytes at the most: counted exactly only where it may matter.
    if (this.writing + this.packedSize + 3 * this.text.length > this.pumps.reader) this.pack();
    this.hold(this.writing + this.packedSize + this.text.length);
  }

  hold(bytes) {
    this.pumps.all += bytes - this.held;
    this.pumps.holders += (bytes > 0) - (this.held > 0);
    this.held = bytes;
  }

  // Whether the reader is far behind; or all together are, and this one more so than those for whom anything waits are on average.
  isTooMuch() {
    const { reader, readers, untouched, all, holders } = this.pumps;
    if (this.held > reader + this.opening) return true;
    return all > readers && this.held > Math.max(all / Math.max(holders, 1), untouched);
  }

  send(text) {
    try {
      this.socket.send(text);
      return true;
    } catch {
      return false;
    }
  }

  // One timer a stream: for the heartbeat or the end of its life, and while Rust is told of something, for its answer.
  wait(milliseconds, then) {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, milliseconds);
  }

  rest() {
    const { heartbeat } = this.pumps;
    const left = this.end - Date.now();
    if (left <= heartbeat) this.wait(left, () => this.tellEnd('over'));
    else this.wait(heartbeat, () => this.tell('heartbeat'));
  }

  tell(what) {
    this.wait(this.pumps.patience, () => this.cut());
    if (this.tellNow) this.tellNow(what);
    else this.told ??= what;
    this.tellNow = null;
  }

  tellEnd(what) {
    if (this.isOver) return;
    this.isOver = true;
    this.tell(String(what));
  }

  next() {
    const told = this.told;
    this.told = null;
    return told === null ? new Promise((resolve) => { this.tellNow = resolve; }) : Promise.resolve(told);
  }

  // Whether the object is there still. The write is the only detector of a reader that has left.
  beat(text) {
    this.unanswered += 1;
    if (this.unanswered > this.pumps.silent || !this.send('ping')) return false;
    if (this.isOver) return true;
    this.rest();
    this.text += text;
    this.write();
    return true;
  }

  // What waits is written first, as far as the reader takes it.
  async close() {
    this.stop(1000, 'bridge');
    await (await this.drain() ? this.writer.close().catch(ignore) : this.abort());
    clearTimeout(this.timer);
    this.hold(0);
  }

  async abort() {
    this.stop(1000, 'bridge');
    clearTimeout(this.timer);
    this.text = '';
    this.packed = [];
    this.packedSize = this.writing = 0;
    this.hold(0);
    await this.writer.abort(new Error('This stream was cut.')).catch(ignore);
  }

  cut() {
    console.warn('{\"event\":\"stream.lost\"}');
    this.stop(1011, 'lost');
    this.abort();
  }

  stop(code, reason) {
    this.isOver = true;
    try {
      this.socket.close(code, reason);
    } catch {}
  }

  drain() {
    // The end of a life may fall between the pieces of a large event.
    const rest = this.takeAll();
    let end = rest.length;
    while (end > 0 && !(rest[end - 1] === 10 && rest[end - 2] === 10)) end -= 1;
    this.packed = [rest.subarray(0, end)];
    this.packedSize = end;
    return new Promise((resolve) => {
      this.drained = resolve;
      this.wait(this.pumps.last, () => resolve(false));
      this.write();
    });
  }
}
")]
extern "C" {
    type Pumps;
    #[wasm_bindgen(constructor)]
    fn new(
        reader: usize,
        readers: usize,
        untouched: usize,
        heartbeat: f64,
        patience: f64,
        silent: u32,
        last: f64,
    ) -> Pumps;
    #[wasm_bindgen(method, catch)]
    fn open(this: &Pumps, socket: &web_sys::WebSocket, first: &str, life: f64) -> Result<Pump, JsValue>;

    pub type Pump;
    /// The reader's side.
    #[wasm_bindgen(method, getter)]
    pub fn readable(this: &Pump) -> web_sys::ReadableStream;
    #[wasm_bindgen(method, js_name = next)]
    fn next_told(this: &Pump) -> Promise;
    /// Asks the object for a sign of life, and writes `text`; false when it is not there any more. The answer to a
    /// heartbeat that was told.
    #[wasm_bindgen(method)]
    pub fn beat(this: &Pump, text: &str) -> bool;
    #[wasm_bindgen(method, js_name = close)]
    fn closed(this: &Pump) -> Promise;
    #[wasm_bindgen(method, js_name = abort)]
    fn aborted(this: &Pump) -> Promise;
}

thread_local! {
    static PUMPS: OnceCell<Pumps> = const { OnceCell::new() };
}

fn pumps() -> Pumps {
    let heartbeat = limits::HEARTBEAT_MS as f64;
    let (reader, readers) = (limits::SLOW_READER, limits::SLOW_READERS);
    Pumps::new(reader, readers, UNTOUCHED, heartbeat, PATIENCE_MS, SILENT_HEARTBEATS, LAST_WRITES_MS)
}

impl Pump {
    /// Begins with `first`, then what `socket` brings, for `life` milliseconds.
    pub fn open(socket: &WebSocket, first: &str, life: u64) -> worker::Result<Pump> {
        PUMPS.with(|all| Ok(all.get_or_init(pumps).open(socket.as_ref(), first, life as f64)?))
    }

    /// What happens next. After an ending nothing else does.
    pub async fn next(&self) -> Happening {
        // The promise is never refused.
        let told = JsFuture::from(self.next_told()).await.ok().and_then(|told| told.as_string());
        match told.as_deref().unwrap_or_default() {
            "heartbeat" => Happening::Heartbeat,
            "over" => Happening::LifeOver,
            "left" => Happening::ReaderLeft,
            "slow" => Happening::SlowReader,
            code => Happening::ObjectClosed(code.parse().unwrap_or_default()),
        }
    }

    /// Ends the stream between two events, when what waits is written; cuts a reader who does not take it.
    pub async fn close(&self) {
        let _ = JsFuture::from(self.closed()).await;
    }

    /// Cuts the stream.
    pub async fn abort(&self) {
        let _ = JsFuture::from(self.aborted()).await;
    }
}
