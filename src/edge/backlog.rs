//! Owns how much text waits for readers, each and all of an isolate together.
//! Invariant: whatever the number of slow readers, what waits for them stays far below the memory of an isolate (128 MB),
//! which would take every stream with it.

use crate::limits;
use std::cell::Cell;

thread_local! {
    /// Bytes that wait in this isolate, and for how many streams.
    static ALL: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// What waits for one reader, bytes.
pub struct Backlog(usize);

impl Backlog {
    pub fn new() -> Backlog {
        change(|(bytes, streams)| (bytes, streams + 1));
        Backlog(0)
    }

    pub fn is_now(&mut self, bytes: usize) {
        let before = std::mem::replace(&mut self.0, bytes);
        change(|(all, streams)| (all + bytes - before, streams));
    }

    /// Whether this reader must be cut: it is far behind, or all together are and it is more so than most. Beyond
    /// the bound of one there may be `opening`, which is as large as the job's state.
    pub fn is_too_much(&self, opening: usize) -> bool {
        let (all, streams) = ALL.get();
        let is_above_share = all > limits::SLOW_READERS && self.0 > all / streams.max(1);
        self.0 > limits::SLOW_READER + opening || is_above_share
    }
}

impl Drop for Backlog {
    fn drop(&mut self) {
        change(|(all, streams)| (all - self.0, streams - 1));
    }
}

fn change(to: impl FnOnce((usize, usize)) -> (usize, usize)) {
    ALL.set(to(ALL.get()));
}
