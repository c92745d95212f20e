//! Owns when what was committed is sent to those who watch: at once; and what follows while the pipe is busy, together, a few
//! moments later. What a message costs on its way to a reader hardly depends on how many frames are in it.
//! Invariant: what is committed and not sent yet waits in `memory.fresh`, and goes out before anybody joins, turns a page, or is
//! dismissed, so that the seam between replay and live has neither gap nor double.

use crate::edge::job_stream_do::JobObject;
use std::rc::Rc;
use std::time::Duration;
use worker::Delay;

/// How many subscribers keep the pipe busy for a millisecond, and how long it is taken for busy at the most, ms.
const SUBSCRIBERS_A_MS: usize = 100;
const PAUSE_MOST_MS: usize = 10;

impl JobObject {
    /// Sees to it that those who watch hear what was committed.
    pub fn spread(self: &Rc<Self>) {
        if self.memory.borrow().is_spreading {
            return;
        }
        self.publish();
        if self.pause() == Duration::ZERO {
            return;
        }
        self.memory.borrow_mut().is_spreading = true;
        let object = Rc::clone(self);
        self.state.wait_until(async move {
            // An object that was busy with sending hears only after its timer of what came meanwhile: it listens twice.
            let mut silent = 0;
            while silent < 2 {
                Delay::from(object.pause().max(Duration::from_millis(1))).await;
                silent = if object.memory.borrow().fresh.is_empty() { silent + 1 } else { 0 };
                object.publish();
            }
            object.memory.borrow_mut().is_spreading = false;
        });
    }

    fn pause(&self) -> Duration {
        let busy = self.memory.borrow().subscribers.count() / SUBSCRIBERS_A_MS;
        Duration::from_millis(busy.min(PAUSE_MOST_MS) as u64)
    }
}
