//! Owns how much text waits for readers, each and all of an isolate together.
//! Invariant: whatever the number of slow readers, what waits for them stays far below the memory of an isolate (128 MB),
//! which would take every stream with it.

use crate::limits;
use std::cell::Cell;

/// What one reader may hold however much all hold, bytes: a frame or two on their way to a reader who keeps up.
const UNTOUCHED: usize = 64 * 1024;

thread_local! {
    /// Bytes that wait in this isolate, and for how many streams.
    static ALL: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// What waits for one reader, bytes.
#[derive(Default)]
pub struct Backlog(usize);

impl Backlog {
    pub fn is_now(&mut self, bytes: usize) {
        let before = std::mem::replace(&mut self.0, bytes);
        let (all, holders) = ALL.get();
        ALL.set((all + bytes - before, holders + usize::from(bytes > 0) - usize::from(before > 0)));
    }

    /// Whether this reader must be cut: it is far behind; or all together are, and it more so than those for whom
    /// anything waits are on average. Beyond the bound of one there may be `opening`, which is as large as the job's state.
    pub fn is_too_much(&self, opening: usize) -> bool {
        let (all, holders) = ALL.get();
        let share = (all / holders.max(1)).max(UNTOUCHED);
        self.0 > limits::SLOW_READER + opening || all > limits::SLOW_READERS && self.0 > share
    }
}

impl Drop for Backlog {
    fn drop(&mut self) {
        self.is_now(0);
    }
}
