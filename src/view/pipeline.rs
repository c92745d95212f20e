//! The pipeline view: one job's stream in the words of seed 001, and those that the contract adds for who listens.
//! Invariant: the snapshot and the terminal event always pass; narrowing (`?events=`) touches only what is between,
//! because a reader that cannot see the end would reconnect for ever.

use crate::event::{CancelledBy, Event, Fact, StageReport};
use crate::id::EventId;
use crate::job::{Job, JobState, Stage};
use crate::problem::Problem;
use crate::replay::Plan;
use crate::sse::{Frame, reset_frame};
use crate::view::Visibility;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The event names that `?events=` may list besides `stage:<name>` and `stage:*`.
pub const NAMES: [&str; 9] = [
    "job:snapshot",
    "job:started",
    "job:progress",
    "job:retry",
    "job:checkpoint",
    "job:event",
    "job:log",
    "job:completed",
    "job:failed",
];

/// The list sleeps with its subscriber in a socket's attachment, of which the platform keeps 2 KB.
const NARROWING_BYTES: usize = 1_000;

/// The names that a subscriber listens for; empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Narrowing(Vec<String>);

impl Narrowing {
    /// Reads `a,b`. A name that no event of this view can have is refused: it is a typing error.
    pub fn parse(list: Option<&str>) -> Result<Narrowing, Problem> {
        let list = list.unwrap_or_default();
        if list.len() > NARROWING_BYTES {
            return Err(Problem::field(
                "events",
                format!("events is longer than {NARROWING_BYTES} bytes: leave it out."),
            ));
        }
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        // Who listen for the same share what is encoded, however they put it.
        let names = names.fold(vec![], |mut names: Vec<String>, name| {
            if let Err(place) = names.binary_search_by(|known| known.as_str().cmp(name)) {
                names.insert(place, name.to_owned());
            }
            names
        });
        match names.iter().find(|name| !NAMES.contains(&name.as_str()) && !name.starts_with("stage:")) {
            Some(name) => Err(Problem::field(
                "events",
                format!("“{name}” is no event of this stream: use {NAMES:?} or stage:<name>."),
            )),
            None => Ok(Narrowing(names)),
        }
    }

    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    pub fn passes(&self, name: &str) -> bool {
        let listed = |wanted: &String| wanted == name || (wanted == "stage:*" && name.starts_with("stage:"));
        self.0.is_empty() || self.0.iter().any(listed)
    }
}

/// What distinguishes subscribers: frames are encoded once for all who share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lens {
    pub visibility: Visibility,
    pub narrowing: Narrowing,
}

impl Lens {
    /// Appends what a subscriber sees of one event; often nothing.
    pub fn encode(&self, event: &Event, out: &mut String) {
        if !self.visibility.shows(&event.fact) {
            return;
        }
        let Some((name, data)) = text(event) else { return };
        if event.fact.is_final() || self.narrowing.passes(&name) {
            Frame { name, id: Some(event.id), data }.encode(out);
        }
    }

    /// How a stream begins, before any replay. The snapshot shows the state now but carries the place from which
    /// the stream goes on, so that a reader who drops right after it loses nothing.
    pub fn opening(&self, job: &Job, plan: Plan, oldest: EventId) -> String {
        let mut out = String::new();
        let Some(from) = plan.from() else { return out };
        if let Plan::Reset { reason, .. } = plan {
            reset_frame(reason, oldest).encode(&mut out);
        }
        Frame { name: "job:snapshot".to_owned(), id: Some(from), data: snapshot(job).to_string() }.encode(&mut out);
        out
    }
}

/// The event's name and data as text. Lines are text already.
fn text(event: &Event) -> Option<(String, String)> {
    match &event.fact {
        Fact::Logs(chunk) => Some(("job:log".to_owned(), chunk.json())),
        _ => frame(event).map(|(name, data)| (name, data.to_string())),
    }
}

/// The event's name and data in this view; `None` for facts that it does not show.
pub fn frame(event: &Event) -> Option<(String, Value)> {
    let named = |name: &str, data: Value| Some((name.to_owned(), data));
    let attempt = event.attempt;
    match &event.fact {
        Fact::Created(_) | Fact::Queued { .. } | Fact::Delivered {} | Fact::Keepalive {} => None,
        Fact::Started {} => named("job:started", json!({ "attempt": attempt, "startedAt": event.id.time().iso() })),
        Fact::Progress(progress) => named("job:progress", json!(progress)),
        Fact::StageStarted(report)
        | Fact::StageCompleted(report)
        | Fact::StageSkipped(report)
        | Fact::StageFailed(report)
        | Fact::StageReported(report) => Some(stage_frame(report)),
        Fact::Checkpoint(data) => named("job:checkpoint", stamped(event, data)),
        Fact::Custom(data) => named("job:event", stamped(event, data)),
        Fact::Logs(chunk) => named("job:log", json!(chunk)),
        Fact::RetryScheduled { error, error_code, next_attempt, retry_at } => named(
            "job:retry",
            json!({ "attempt": next_attempt, "retryAt": retry_at.iso(), "error": error, "code": error_code }),
        ),
        Fact::Retried { next_attempt } => {
            named("job:retry", json!({ "attempt": next_attempt, "retryAt": event.id.time().iso(), "manual": true }))
        }
        Fact::Completed { result } => named("job:completed", completed(result)),
        Fact::Failed { error, error_code } => named("job:failed", failed(error, error_code)),
        Fact::Cancelled { reason, by } => named("job:failed", cancelled(reason, *by)),
    }
}

fn stage_frame(report: &StageReport) -> (String, Value) {
    (format!("stage:{}", report.stage), json!(report))
}

/// A producer's own object, kept apart from our words.
fn stamped(event: &Event, data: &Map<String, Value>) -> Value {
    json!({ "attempt": event.attempt, "ts": event.id.time().iso(), "data": data })
}

fn completed(result: &Option<Value>) -> Value {
    result.as_ref().map_or(json!({}), |result| json!({ "result": result }))
}

fn failed(error: &str, error_code: &Option<String>) -> Value {
    let mut data = json!({ "error": error });
    if let Some(code) = error_code {
        data["code"] = json!(code);
    }
    data
}

fn cancelled(reason: &Option<String>, by: CancelledBy) -> Value {
    let error = match by {
        CancelledBy::Cancel => "Job cancelled",
        CancelledBy::Kill => "Job killed",
    };
    let mut data = json!({ "error": error, "cancelled": true });
    if let Some(reason) = reason {
        data["reason"] = json!(reason);
    }
    data
}

/// This view's word for a state. Contract: “Job states”.
pub fn status(state: JobState) -> &'static str {
    match state {
        JobState::Scheduled | JobState::Pending | JobState::Delivered => "queued",
        JobState::Running => "running",
        JobState::Completed => "completed",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

/// The job as a subscriber finds it: the seed's fields first, then ours, then what stages gathered, then the fields
/// of `meta` where no word of ours stands. The payload is the producer's business and never streamed.
pub fn snapshot(job: &Job) -> Value {
    let mut snapshot = json!({
        "id": job.created.id,
        "topic": job.created.topic,
        "status": status(job.state),
        "stages": stages(job),
        "name": job.created.name,
        "filePath": job.created.file_path,
        "progress": plain(job.progress),
        "message": job.message,
        "subProgress": job.sub_progress,
        "attempt": job.attempt,
        "maxAttempts": job.max_attempts,
        "createdAt": job.created_at.time().iso(),
        "scheduledFor": job.scheduled_for.map(|time| time.iso()),
        "startedAt": job.started_at.map(|time| time.iso()),
        "completedAt": job.completed_at.map(|time| time.iso()),
        "error": job.error,
        "errorCode": job.error_code,
        "result": job.result,
    });
    if let Value::Object(fields) = &mut snapshot {
        for (name, value) in job.gathered.iter().chain(&job.created.meta) {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    snapshot
}

/// A percentage without a needless fraction: 65, not 65.0.
pub fn plain(number: f64) -> Value {
    crate::event::plain_number(&number, serde_json::value::Serializer).unwrap_or(Value::Null)
}

/// The map of stages, by name, in their order.
pub fn stages(job: &Job) -> Value {
    job.stages.iter().map(|stage| (stage.name.clone(), stage_entry(stage))).collect::<Map<_, _>>().into()
}

fn stage_entry(stage: &Stage) -> Value {
    let mut entry = json!({ "status": stage.status });
    if let Some(detail) = &stage.detail {
        entry["detail"] = json!(detail);
    }
    if let Some(duration) = stage.duration_sec {
        entry["durationSec"] = plain(duration);
    }
    entry
}
