//! Owns how an object's orders come in: alone at once, and what arrives within a moment of another together, in one turn.
//! Together they share what costs most: one commit to disk, and one write to each subscriber.
//! Invariant: orders are carried out in the order in which they came, each decided on what the one before left; what waits
//! here has not been looked at yet, so that nobody can see, or lose, half of it.

use crate::call::Order;
use crate::edge::errand::{Teller, channel};
use crate::edge::job_stream_do::JobObject;
use crate::edge::platform::now;
use crate::edge::turn::Turn;
use crate::id::ProjectId;
use crate::limits;
use crate::problem::Problem;
use crate::time::Timestamp;
use std::rc::Rc;
use std::time::Duration;
use worker::Delay;

/// How long a report may wait for others, ms, and how close two must come for the next ones to wait. Who reports by
/// itself is answered before it reports again, and never waits.
const WINDOW_MS: u64 = 1;

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
    tell: Teller<Outcome>,
}

impl JobObject {
    /// Carries an order out, and gives what it came to.
    pub async fn in_turn(self: &Rc<Self>, project: &ProjectId, order: Order) -> Outcome {
        if order.command.is_report() && self.memory.borrow().gathering.is_open {
            if self.memory.borrow().gathering.waiting.len() >= limits::REPORTS_WAITING {
                // A refusal costs next to nothing, and what is behind goes on at its pace.
                return Err(Problem::unavailable());
            }
            let (tell, told) = channel();
            self.memory.borrow_mut().gathering.waiting.push(Waiting { project: project.clone(), order, tell });
            // Nobody tells when the object has lost its memory: then nothing was carried out.
            return told.await.unwrap_or_else(|_| Err(Problem::unavailable()));
        }
        // What came before goes before.
        self.carry_out_waiting();
        let outcome = self.turn(project, &order);
        self.spread();
        if order.command.is_report() && self.comes_close() {
            self.open_window();
        }
        outcome
    }

    fn comes_close(&self) -> bool {
        let (mut memory, now) = (self.memory.borrow_mut(), now());
        now.since(std::mem::replace(&mut memory.gathering.last, now)) <= WINDOW_MS
    }

    fn open_window(self: &Rc<Self>) {
        self.memory.borrow_mut().gathering.is_open = true;
        let object = Rc::clone(self);
        self.state.wait_until(async move {
            loop {
                Delay::from(Duration::from_millis(WINDOW_MS)).await;
                if !object.carry_out_waiting() {
                    break;
                }
            }
            object.memory.borrow_mut().gathering.is_open = false;
        });
    }

    /// Whether there was anything to carry out.
    fn carry_out_waiting(self: &Rc<Self>) -> bool {
        let waiting = std::mem::take(&mut self.memory.borrow_mut().gathering.waiting);
        if waiting.is_empty() {
            return false;
        }
        let outcomes: Vec<_> =
            waiting.into_iter().map(|Waiting { project, order, tell }| (self.turn(&project, &order), tell)).collect();
        self.spread();
        for (outcome, tell) in outcomes {
            // A caller that has gone wants no answer; what it asked for is done.
            tell.send(outcome);
        }
        true
    }
}
