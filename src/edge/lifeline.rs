//! Owns the end of an answer whose writer was lost. A panic anywhere in an isolate takes the memory of all that runs in
//! it: the task that writes a stream is never woken again, and its reader would wait in silence for ever.
//! Invariant: the timer is JavaScript's, which outlives the memory of wasm; only a writer that is alive renews it. A stream's pump
//! has its own.

use wasm_bindgen::prelude::*;
use web_sys::WritableStreamDefaultWriter;

/// A poll's renews with every look, which may take D1 and many objects a while, ms.
pub const POLL_PATIENCE_MS: u64 = 40_000;

// Nothing in here calls into wasm, so that it works when wasm has lost its memory. Inline, because a file of its own makes
// wasm-bindgen pass on package.json's `dependencies`, on which worker-build then fails.
#[wasm_bindgen(inline_js = "
export class Timer {
  constructor(writer, patience) {
    Object.assign(this, { writer, patience });
    this.renew();
  }

  renew() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.cut(), this.patience);
  }

  cut() {
    console.warn('{\"event\":\"stream.lost\"}');
    this.writer.abort(new Error('The writer of this answer was lost.')).catch(() => {});
  }

  end() {
    clearTimeout(this.timer);
  }
}
")]
extern "C" {
    type Timer;
    #[wasm_bindgen(constructor)]
    fn new(writer: &WritableStreamDefaultWriter, patience: f64) -> Timer;
    #[wasm_bindgen(method)]
    fn renew(this: &Timer);
    #[wasm_bindgen(method)]
    fn end(this: &Timer);
}

/// Held by who writes; let go of when all is written.
pub struct Lifeline(Timer);

impl Lifeline {
    /// Without a sign of life `writer` is aborted.
    pub fn new(writer: &WritableStreamDefaultWriter, patience_ms: u64) -> Lifeline {
        Lifeline(Timer::new(writer, patience_ms as f64))
    }

    pub fn renew(&self) {
        self.0.renew();
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.0.end();
    }
}
