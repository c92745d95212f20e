//! Owns when what was committed is sent to those who watch: at once; and progress that follows while the pipe is busy, together,
//! some milliseconds later. What a message costs on its way to a reader hardly depends on how many frames are in it.
//! Invariant: what is committed and not sent yet waits in `memory.fresh`, and goes out before anybody joins, turns a page, or is
//! dismissed, so that the seam between replay and live has neither gap nor double.

use crate::edge::job_stream_do::JobObject;
use crate::edge::platform::now;
use crate::event::Fact;
use crate::limits;
use std::rc::Rc;
use std::time::Duration;
use worker::Delay;

/// For a third of the time that sending took, but at the most so long, what comes is gathered, ms: who watches waits for the
/// sending, and hardly longer.
const GATHERING_SHARE: u64 = 3;
const GATHERING_MOST_MS: u64 = 30;
/// While more comes each time, that goes on as long as sending took, but at the most so long, ms: a burst takes fewer messages.
const BURST_MOST_MS: u64 = 100;
/// So many wait at the most, so that together they stay one message and not a page of a replay for each subscriber.
const WAITING_MOST: usize = 128;

impl JobObject {
    /// Sees to it that those who watch hear what was committed.
    pub fn spread(self: &Rc<Self>) {
        if self.memory.borrow().is_spreading && self.may_wait() {
            return;
        }
        self.publish();
        if self.memory.borrow().is_spreading || self.memory.borrow().subscribers.count() < limits::CROWD {
            return;
        }
        self.memory.borrow_mut().is_spreading = true;
        let object = Rc::clone(self);
        self.state.wait_until(async move {
            loop {
                object.gather(busy().await).await;
                if object.memory.borrow().fresh.is_empty() {
                    break;
                }
                object.publish();
            }
            object.memory.borrow_mut().is_spreading = false;
        });
    }

    /// Waits for what may come after sending that took so long, ms.
    async fn gather(&self, busy: u64) {
        let (began, waiting) = (now(), || self.memory.borrow().fresh.len());
        loop {
            let before = waiting();
            pause((busy / GATHERING_SHARE).min(GATHERING_MOST_MS)).await;
            if waiting() == before || now().since(began) >= busy.min(BURST_MOST_MS) {
                return;
            }
        }
    }

    /// Lines come in large batches already, and what is no progress is told at once.
    fn may_wait(&self) -> bool {
        let fresh = &self.memory.borrow().fresh;
        fresh.len() < WAITING_MOST && fresh.iter().all(|event| matches!(event.fact, Fact::Progress(_)))
    }
}

/// How long what was sent keeps the thread, ms: until then no timer fires.
async fn busy() -> u64 {
    let began = now();
    pause(1).await;
    now().since(began)
}

fn pause(milliseconds: u64) -> Delay {
    Delay::from(Duration::from_millis(milliseconds.max(1)))
}
