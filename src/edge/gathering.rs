//! Owns how an object's orders come in: alone at once, and what arrives within a moment of another together, in one turn.
//! Together they share what costs most: one commit to disk, and one write to each subscriber.
//! Invariant: orders are carried out in the order in which they came, each decided on what the one before left; what waits
//! here has not been looked at yet, so that nobody can see, or lose, half of it.

use crate::call::Order;
use crate::edge::job_stream_do::JobObject;
use crate::edge::platform::now;
use crate::edge::turn::Turn;
use crate::id::ProjectId;
use crate::problem::Problem;
use crate::time::Timestamp;
use futures_channel::oneshot::{Sender, channel};
use std::rc::Rc;
use std::time::Duration;
use worker::Delay;

/// How long a report may wait for others, ms, and how close two must come for the next ones to wait. Who reports by
/// itself is answered before it reports again, and never waits.
const WINDOW_MS: u64 = 1;
/// How many subscribers make it longer by so much, because sending to them takes long, and at the most how long it is, ms.
const SUBSCRIBERS_A_MS: usize = 200;
const WINDOW_MOST_MS: u64 = 5;

pub type Outcome = std::result::Result<Turn, Problem>;

#[derive(Default)]
pub struct Gathering {
    /// Reports come close together: who comes waits for the end of the window.
    is_open: bool,
    /// When the last report was carried out at once.
    last: Timestamp,
    waiting: Vec<Waiting>,
}

struct Waiting {
    project: ProjectId,
    order: Order,
    tell: Sender<Outcome>,
}

impl JobObject {
    /// Carries an order out, and gives what it came to.
    pub async fn in_turn(self: &Rc<Self>, project: &ProjectId, order: Order) -> Outcome {
        if order.command.is_report() && self.memory.borrow().gathering.is_open {
            let (tell, told) = channel();
            self.memory.borrow_mut().gathering.waiting.push(Waiting { project: project.clone(), order, tell });
            // Nobody tells when the object has lost its memory: then nothing was carried out.
            return told.await.unwrap_or_else(|_| Err(Problem::unavailable()));
        }
        // What came before goes before.
        self.carry_out_waiting();
        let outcome = self.turn(project, &order);
        self.publish();
        if order.command.is_report() && (self.comes_close() || self.window() > WINDOW_MS) {
            self.open_window();
        }
        outcome
    }

    fn comes_close(&self) -> bool {
        let (mut memory, now) = (self.memory.borrow_mut(), now());
        now.since(std::mem::replace(&mut memory.gathering.last, now)) <= WINDOW_MS
    }

    /// How long reports wait for others, ms: the longer, the more subscribers each commit is sent to.
    fn window(&self) -> u64 {
        let longer = self.memory.borrow().subscribers.count() / SUBSCRIBERS_A_MS;
        (WINDOW_MS + longer as u64).min(WINDOW_MOST_MS)
    }

    fn open_window(self: &Rc<Self>) {
        self.memory.borrow_mut().gathering.is_open = true;
        let object = Rc::clone(self);
        self.state.wait_until(async move {
            // Who was busy with sending hears only after its timer of what came meanwhile: it listens once more.
            let mut silent = 0;
            while silent < 2 {
                let window = if silent == 0 { object.window() } else { WINDOW_MS };
                Delay::from(Duration::from_millis(window)).await;
                silent = if object.carry_out_waiting() { 0 } else { silent + 1 };
            }
            object.memory.borrow_mut().gathering.is_open = false;
        });
    }

    /// Whether there was anything to carry out.
    fn carry_out_waiting(&self) -> bool {
        let waiting = std::mem::take(&mut self.memory.borrow_mut().gathering.waiting);
        if waiting.is_empty() {
            return false;
        }
        let outcomes: Vec<_> =
            waiting.into_iter().map(|Waiting { project, order, tell }| (self.turn(&project, &order), tell)).collect();
        self.publish();
        for (outcome, tell) in outcomes {
            // A caller that has gone wants no answer; what it asked for is done.
            let _ = tell.send(outcome);
        }
        true
    }
}
