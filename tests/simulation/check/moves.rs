//! A job's states change only as docs/STATE_MACHINE.md says, and what is told of an attempt is of that attempt.

use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::history::{Invariant, Violation, broken};
use crate::job::{Job, JobState};

pub fn legal(before: Option<&Job>, event: &Event) -> Result<(), Violation> {
    let Some(job) = before else { return Ok(()) };
    if event.attempt != job.attempt && !(matches!(event.fact, Fact::Logs(_)) && event.attempt < job.attempt) {
        let what = format!("an event of attempt {} came in attempt {}", event.attempt, job.attempt);
        return Err(broken(Invariant::Fencing, what));
    }
    let after = evolve(Some(job.clone()), event).map(|job| job.state);
    let is_report = !event.fact.is_transition();
    let stays = is_report && after == Some(job.state) && (job.state == JobState::Running || matches!(event.fact, Fact::Logs(_)));
    if stays || after.is_some_and(|after| is_move(job.state, after, &event.fact)) {
        return Ok(());
    }
    Err(broken(Invariant::LegalMoves, format!("{:?} to {after:?} by {:?}", job.state, event.fact)))
}

fn is_move(from: JobState, to: JobState, fact: &Fact) -> bool {
    use JobState::{Cancelled, Completed, Delivered, Failed, Pending, Running, Scheduled};
    match fact {
        Fact::Queued { .. } => matches!((from, to), (Scheduled | Delivered, Pending)),
        Fact::Delivered {} => (from, to) == (Pending, Delivered),
        Fact::Started {} => (from, to) == (Delivered, Running),
        Fact::Completed { .. } => (from, to) == (Running, Completed),
        Fact::Failed { .. } => (from, to) == (Running, Failed),
        Fact::RetryScheduled { .. } => (from, to) == (Running, Scheduled),
        Fact::Retried { .. } => (from, to) == (Failed, Pending),
        Fact::Cancelled { .. } => matches!((from, to), (Scheduled | Pending | Delivered | Running, Cancelled)),
        _ => false,
    }
}
