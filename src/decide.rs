//! Owns the rules of a job's life: `decide` says which facts follow from a command, or why none do.
//! Pure: time, randomness and the producer's attempt are arguments. Contract: “Job states”; docs/STATE_MACHINE.md.

use crate::chunk::chunks;
use crate::command::{Circumstances, Command, RetryPolicy};
use crate::event::{CancelledBy, Event, Fact, Origin, QueuedReason, StageReport};
use crate::evolve::gathered;
use crate::id::{EventId, RequestId};
use crate::job::{Job, JobState, StageStatus};
use crate::limits;
use crate::problem::{Code, Problem};
use crate::time::Timestamp;
use serde_json::Value;

/// The facts that follow, to be appended together; none when the command has been carried out already.
pub type Decision = Result<Vec<Fact>, Problem>;

/// The first back-off, ms; it doubles with each attempt.
const BACK_OFF_FIRST_MS: u64 = 1_000;
/// The longest back-off, ms.
const BACK_OFF_LONGEST_MS: u64 = 300_000;

/// `job` is `None` before creation.
pub fn decide(job: Option<&Job>, command: &Command, around: Circumstances) -> Decision {
    match (job, command) {
        (None, Command::Create(created)) => Ok(vec![Fact::Created(created.clone())]),
        (None, _) => Err(Problem::job_not_found()),
        (Some(job), _) => fenced(job, command, around).and_then(|()| decide_existing(job, command, around)),
    }
}

fn decide_existing(job: &Job, command: &Command, around: Circumstances) -> Decision {
    match command {
        // The id was made for this very request, so it is the request again.
        Command::Create(_) => Ok(vec![]),
        Command::Claim => claim(job),
        Command::Ack => ack(job),
        Command::Progress(progress) => running(job).map(|()| vec![Fact::Progress(progress.clone())]),
        Command::Stage(report) => running(job).and_then(|()| stage(job, report, around.now)),
        Command::Checkpoint(data) => running(job).map(|()| vec![Fact::Checkpoint(data.clone())]),
        Command::Custom(data) => running(job).map(|()| vec![Fact::Custom(data.clone())]),
        Command::Keepalive => running(job).map(|()| vec![Fact::Keepalive {}]),
        Command::Logs(batch) => Ok(chunks(job.last_seq, batch, around.now).into_iter().map(Fact::Logs).collect()),
        Command::Complete { result } => complete(job, result),
        Command::Fail { error, error_code, retry } => fail(job, error, error_code, *retry, around),
        Command::Kill { reason } => kill(job, reason),
        Command::Retry => retry(job),
        Command::Cancel => cancel(job),
        Command::Delete => delete(job),
        Command::Tick => Ok(tick(job, around)),
    }
}

/// A report of an attempt that is over is refused, so that a producer which lost its job cannot write into the
/// next attempt. Logs are let through: seed 004 allows them “during retries, and during teardown”.
fn fenced(job: &Job, command: &Command, around: Circumstances) -> Result<(), Problem> {
    let Some(named) = around.attempt else { return Ok(()) };
    let is_log = matches!(command, Command::Logs(_));
    let is_teardown_log = is_log && named < job.attempt;
    // A producer must learn that its job was killed, whichever attempt it names.
    let tells_of_the_kill = job.state == JobState::Cancelled && !is_log;
    if named == job.attempt || is_teardown_log || tells_of_the_kill {
        return Ok(());
    }
    let message = format!("Attempt {named} is not the current one ({}): stop working on it.", job.attempt);
    Err(in_state(job, Code::AttemptSuperseded, message).with("attempt", job.attempt))
}

fn claim(job: &Job) -> Decision {
    match job.state {
        JobState::Pending => Ok(vec![Fact::Delivered {}]),
        JobState::Cancelled => Err(cancelled(job)),
        JobState::Scheduled | JobState::Delivered | JobState::Running | JobState::Completed | JobState::Failed => {
            Err(in_state(job, Code::JobNotPending, "Only a pending job can be claimed: poll for another."))
        }
    }
}

/// Ack of a pending job claims it too. Ack of a running job is a conflict, not a repeat: it may be another
/// producer's. A producer that lost the answer repeats with its `Idempotency-Key`.
fn ack(job: &Job) -> Decision {
    match job.state {
        JobState::Pending => Ok(vec![Fact::Delivered {}, Fact::Started {}]),
        JobState::Delivered => Ok(vec![Fact::Started {}]),
        JobState::Cancelled => Err(cancelled(job)),
        JobState::Scheduled | JobState::Running | JobState::Completed | JobState::Failed => {
            Err(in_state(job, Code::JobNotPending, "Only a pending or delivered job can be acknowledged."))
        }
    }
}

fn running(job: &Job) -> Result<(), Problem> {
    match job.state {
        JobState::Running => Ok(()),
        JobState::Cancelled => Err(cancelled(job)),
        JobState::Pending | JobState::Delivered => {
            Err(in_state(job, Code::JobNotRunning, "The job is not running: ack it first."))
        }
        JobState::Scheduled | JobState::Completed | JobState::Failed => {
            Err(in_state(job, Code::JobNotRunning, "The job is not running: stop working on it."))
        }
    }
}

fn stage(job: &Job, report: &StageReport, now: Timestamp) -> Decision {
    let known = job.stage(&report.stage);
    if known.is_none() && job.stages.len() >= limits::STAGES {
        let message = format!("A job has at most {} stages.", limits::STAGES);
        return Err(Problem::field("stage", message));
    }
    check_gathered(job, report)?;
    let mut report = report.clone();
    Ok(vec![match report.word.as_str() {
        "start" => Fact::StageStarted(report),
        "complete" => {
            let started = known.filter(|stage| stage.status == StageStatus::Running).and_then(|stage| stage.started_at);
            let told = report.fields.get("durationSec").is_some_and(|duration| !duration.is_null());
            if let (false, Some(started)) = (told, started) {
                report.fields.insert("durationSec".to_owned(), seconds(now.since(started)));
            }
            Fact::StageCompleted(report)
        }
        "skipped" => Fact::StageSkipped(report),
        "error" => Fact::StageFailed(report),
        _ => Fact::StageReported(report),
    }])
}

/// The snapshot is one stored row: what stages add to it has a cap of its own.
fn check_gathered(job: &Job, report: &StageReport) -> Result<(), Problem> {
    let Some((name, value)) = gathered(job, report) else { return Ok(()) };
    let others = job.gathered.iter().filter(|(known, _)| *known != name).map(|(_, value)| size(value)).sum::<usize>();
    if others + size(&value) > limits::GATHERED {
        let message = format!("A job's snapshot gathers at most {} bytes from its stages.", limits::GATHERED);
        return Err(Problem::too_large("body", message));
    }
    Ok(())
}

fn size(value: &Value) -> usize {
    value.to_string().len()
}

fn seconds(milliseconds: u64) -> Value {
    Value::from(milliseconds as f64 / 1_000.0)
}

fn complete(job: &Job, result: &Option<Value>) -> Decision {
    match job.state {
        JobState::Running => Ok(vec![Fact::Completed { result: result.clone() }]),
        JobState::Completed if result.is_none() || *result == job.result => Ok(vec![]),
        JobState::Completed => Err(in_state(job, Code::JobFinished, "The job has completed with another result.")),
        JobState::Scheduled | JobState::Pending | JobState::Delivered | JobState::Failed | JobState::Cancelled => {
            running(job).map(|()| vec![])
        }
    }
}

fn fail(job: &Job, error: &str, error_code: &Option<String>, retry: RetryPolicy, around: Circumstances) -> Decision {
    match job.state {
        JobState::Running => Ok(vec![failure(job, error, error_code.clone(), retry, around)]),
        JobState::Failed => Ok(vec![]),
        JobState::Scheduled | JobState::Pending | JobState::Delivered | JobState::Completed | JobState::Cancelled => {
            running(job).map(|()| vec![])
        }
    }
}

/// Another attempt while one is left, else the end.
fn failure(job: &Job, error: &str, error_code: Option<String>, retry: RetryPolicy, around: Circumstances) -> Fact {
    let error = error.to_owned();
    if retry == RetryPolicy::Never || job.attempt >= job.max_attempts {
        return Fact::Failed { error, error_code };
    }
    let retry_at = around.now.plus(back_off_ms(job.attempt, around.jitter));
    Fact::RetryScheduled { error, error_code, next_attempt: job.attempt + 1, retry_at }
}

/// Doubling, half of it random, so that jobs which failed together do not come back together.
fn back_off_ms(attempt: u32, jitter: f64) -> u64 {
    let doublings = attempt.saturating_sub(1).min(20);
    let longest = (BACK_OFF_FIRST_MS << doublings).min(BACK_OFF_LONGEST_MS);
    longest / 2 + (longest as f64 / 2.0 * jitter.clamp(0.0, 1.0)) as u64
}

fn kill(job: &Job, reason: &Option<String>) -> Decision {
    match job.state {
        JobState::Scheduled | JobState::Pending | JobState::Delivered | JobState::Running => {
            Ok(vec![Fact::Cancelled { reason: reason.clone(), by: CancelledBy::Kill }])
        }
        JobState::Cancelled => Ok(vec![]),
        JobState::Completed | JobState::Failed => {
            Err(in_state(job, Code::JobFinished, "The job has ended: there is nothing to kill."))
        }
    }
}

fn cancel(job: &Job) -> Decision {
    match job.state {
        JobState::Scheduled | JobState::Pending | JobState::Delivered => {
            Ok(vec![Fact::Cancelled { reason: None, by: CancelledBy::Cancel }])
        }
        JobState::Cancelled => Ok(vec![]),
        JobState::Running => {
            Err(in_state(job, Code::JobNotCancellable, "The job is running: kill it instead of cancelling it."))
        }
        JobState::Completed | JobState::Failed => {
            Err(in_state(job, Code::JobNotCancellable, "The job has ended: there is nothing to cancel."))
        }
    }
}

fn retry(job: &Job) -> Decision {
    match job.state {
        JobState::Failed => Ok(vec![Fact::Retried { next_attempt: job.attempt + 1 }]),
        JobState::Scheduled
        | JobState::Pending
        | JobState::Delivered
        | JobState::Running
        | JobState::Completed
        | JobState::Cancelled => Err(in_state(job, Code::JobNotFailed, "Only a failed job can be retried.")),
    }
}

/// Deletion leaves no fact behind: the caller wipes the log when this allows it.
fn delete(job: &Job) -> Decision {
    match job.state {
        JobState::Delivered | JobState::Running => {
            Err(in_state(job, Code::JobActive, "A producer holds the job: kill it before you delete it."))
        }
        JobState::Scheduled | JobState::Pending | JobState::Completed | JobState::Failed | JobState::Cancelled => {
            Ok(vec![])
        }
    }
}

fn tick(job: &Job, around: Circumstances) -> Vec<Fact> {
    if job.deadline.is_none_or(|deadline| around.now < deadline) {
        return vec![];
    }
    match job.state {
        JobState::Scheduled if job.attempt == 1 => vec![Fact::Queued { reason: QueuedReason::Schedule }],
        JobState::Scheduled => vec![Fact::Queued { reason: QueuedReason::BackOff }],
        JobState::Delivered => vec![Fact::Queued { reason: QueuedReason::DeliveryTimeout }],
        JobState::Running => {
            let error = format!("No report for {} s: the attempt timed out.", job.created.timeout_seconds);
            vec![failure(job, &error, Some("timeout".to_owned()), RetryPolicy::Allowed, around)]
        }
        JobState::Pending | JobState::Completed | JobState::Failed | JobState::Cancelled => vec![],
    }
}

fn cancelled(job: &Job) -> Problem {
    in_state(job, Code::JobCancelled, "The job was cancelled: stop working on it.")
}

/// A conflict always tells the state that caused it.
fn in_state(job: &Job, code: Code, message: impl Into<String>) -> Problem {
    Problem::new(code, message).with("status", job.state.word())
}

/// The attempt that a fact belongs to: the one named by a producer that logs during teardown, else the current.
pub fn attempt_of(job: Option<&Job>, command: &Command, around: Circumstances) -> u32 {
    match (job, command, around.attempt) {
        (Some(_), Command::Logs(_), Some(named)) => named,
        (Some(job), _, _) => job.attempt,
        (None, _, _) => 1,
    }
}

/// Gives facts their places in the log: ids that grow from `tail` on.
pub fn number(facts: Vec<Fact>, tail: EventId, attempt: u32, now: Timestamp) -> Vec<Event> {
    let mut last = tail;
    let place = |fact| {
        last = last.next(now);
        Event { id: last, attempt, fact, origin: Origin::default() }
    };
    facts.into_iter().map(place).collect()
}

/// Notes on each event which request it came from and how long what it ends had taken. `job` is as it was before.
pub fn attribute(events: &mut [Event], job: Option<&Job>, request: Option<&RequestId>) {
    for event in events {
        let latency_ms = job.and_then(|job| latency_ms(job, event));
        event.origin = Origin { request: request.cloned(), latency_ms };
    }
}

/// A stage's duration as its producer told it, else since the stage began, else since its attempt did; a job's, since
/// its attempt began.
fn latency_ms(job: &Job, event: &Event) -> Option<u64> {
    let at = event.id.time();
    let since_start = || job.started_at.map(|started| at.since(started));
    match &event.fact {
        Fact::StageCompleted(report) | Fact::StageFailed(report) => {
            let told = report.fields.get("durationSec").and_then(Value::as_f64).map(milliseconds);
            let measured = || job.stage(&report.stage)?.started_at.map(|started| at.since(started));
            told.or_else(measured).or_else(since_start)
        }
        Fact::Completed { .. } | Fact::Failed { .. } | Fact::RetryScheduled { .. } => since_start(),
        _ => None,
    }
}

/// Any duration that a producer may tell, as a number that SQLite and JavaScript hold exactly.
fn milliseconds(seconds: f64) -> u64 {
    ((seconds * 1_000.0).round() as u64).min((1 << 53) - 1)
}
