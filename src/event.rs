//! Owns the canonical events: the immutable facts of a job's log, in the form in which they are stored and in
//! which `GET /api/v1/jobs/{id}/events` pages them. Views translate them; nothing else is ever stored.
//! Invariant: the stored form only grows. A word or field here is read back years later; never rename one.

use crate::id::{EventId, JobId, ProjectId, RequestId};
pub use crate::lines::{LogChunk, LogLevel, LogLine};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod reader;

/// One accepted fact, at its place in its job's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    /// The attempt that it belongs to, from 1.
    pub attempt: u32,
    pub fact: Fact,
    #[serde(default)]
    pub origin: Origin,
}

/// Where an event came from; the asset view tells it (seed 003). Kept for the log of events only, not for
/// checkpoints and lines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The request that caused it; of an alarm, a made one.
    pub request: Option<RequestId>,
    /// How long what it ends had taken, ms.
    pub latency_ms: Option<u64>,
}

/// What happened. The tag is the `type` of the contract's page of the log; `reader` has each of them too.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "data")]
pub enum Fact {
    #[serde(rename = "job.created")]
    Created(Box<Created>),
    /// The job may be taken: its schedule or back-off is over, or a delivery came to nothing.
    #[serde(rename = "job.queued")]
    Queued { reason: QueuedReason },
    #[serde(rename = "job.delivered")]
    Delivered {},
    #[serde(rename = "job.started")]
    Started {},
    #[serde(rename = "progress.reported")]
    Progress(Progress),
    #[serde(rename = "stage.started")]
    StageStarted(StageReport),
    #[serde(rename = "stage.completed")]
    StageCompleted(StageReport),
    #[serde(rename = "stage.skipped")]
    StageSkipped(StageReport),
    #[serde(rename = "stage.failed")]
    StageFailed(StageReport),
    /// Any other word of a stage: `results`, `score`, `asset`, …
    #[serde(rename = "stage.reported")]
    StageReported(StageReport),
    #[serde(rename = "checkpoint.saved")]
    Checkpoint(Map<String, Value>),
    #[serde(rename = "event.emitted")]
    Custom(Map<String, Value>),
    /// Recorded, because the deadline that it moves must survive the object's sleep; no view shows it.
    #[serde(rename = "keepalive.received")]
    Keepalive {},
    #[serde(rename = "log.appended")]
    Logs(LogChunk),
    /// An attempt failed and another follows.
    #[serde(rename = "job.retry_scheduled", rename_all = "camelCase")]
    RetryScheduled { error: String, error_code: Option<String>, next_attempt: u32, retry_at: Timestamp },
    #[serde(rename = "job.completed")]
    Completed { result: Option<Value> },
    #[serde(rename = "job.failed", rename_all = "camelCase")]
    Failed { error: String, error_code: Option<String> },
    #[serde(rename = "job.cancelled")]
    Cancelled { reason: Option<String>, by: CancelledBy },
    /// A person asked for one more attempt.
    #[serde(rename = "job.retried", rename_all = "camelCase")]
    Retried { next_attempt: u32 },
}

/// What a producer asked for when it created the job. Contract: `POST /jobs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    pub id: JobId,
    pub project: ProjectId,
    pub name: Option<String>,
    pub file_path: Option<String>,
    pub topic: Option<String>,
    /// 1 high, 2 normal, 3 low.
    pub priority: u8,
    pub payload: Option<Value>,
    pub meta: Map<String, Value>,
    pub stages: Vec<String>,
    pub max_attempts: u32,
    pub timeout_seconds: u64,
    pub scheduled_for: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedReason {
    Schedule,
    BackOff,
    DeliveryTimeout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    Cancel,
    Kill,
}

/// Seed 004, “Report Progress”. `percent` 0..100; `sub_progress` by stage name, as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    #[serde(serialize_with = "plain_number")]
    pub percent: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_progress: Option<Map<String, Value>>,
}

/// Seed 001, “Stage Events”: the name, the word, and whatever the producer says besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct StageReport {
    pub stage: String,
    #[serde(rename = "type")]
    pub word: String,
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// Which table of the object's SQLite a fact lives in: each has its own retention, and what needs `jobs:read`
/// in bulk stands apart from what everybody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    Events,
    Checkpoints,
    Logs,
}

impl Fact {
    /// What is stored.
    pub fn stored(&self) -> serde_json::Result<String> {
        match self {
            Fact::Logs(chunk) => Ok(chunk.stored()),
            fact => serde_json::to_string(fact),
        }
    }

    /// Reads what was stored.
    pub fn read(stored: &str) -> serde_json::Result<Fact> {
        LogChunk::read(stored).map_or_else(|| serde_json::from_str(stored), |chunk| Ok(Fact::Logs(chunk)))
    }

    pub fn shelf(&self) -> Shelf {
        match self {
            Fact::Checkpoint(_) => Shelf::Checkpoints,
            Fact::Logs(_) => Shelf::Logs,
            Fact::Created(_)
            | Fact::Queued { .. }
            | Fact::Delivered {}
            | Fact::Started {}
            | Fact::Progress(_)
            | Fact::StageStarted(_)
            | Fact::StageCompleted(_)
            | Fact::StageSkipped(_)
            | Fact::StageFailed(_)
            | Fact::StageReported(_)
            | Fact::Custom(_)
            | Fact::Keepalive {}
            | Fact::RetryScheduled { .. }
            | Fact::Completed { .. }
            | Fact::Failed { .. }
            | Fact::Cancelled { .. }
            | Fact::Retried { .. } => Shelf::Events,
        }
    }

    /// What it adds to its log's count: a row, or its lines.
    pub fn weight(&self) -> u64 {
        match self {
            Fact::Logs(chunk) => chunk.count(),
            _ => 1,
        }
    }

    /// Checkpoints, custom events and logs need `jobs:read`; the rest is the public part (CONTRACT, “Credentials”).
    pub fn is_public(&self) -> bool {
        self.shelf() == Shelf::Events && !matches!(self, Fact::Custom(_))
    }

    /// A fact that ends the job, and with it the pipeline stream.
    pub fn is_final(&self) -> bool {
        matches!(self, Fact::Completed { .. } | Fact::Failed { .. } | Fact::Cancelled { .. })
    }

    /// A fact that moves the job to another state: its reply waits for the directory (DESIGN, “Shape”).
    pub fn is_transition(&self) -> bool {
        match self {
            Fact::Created(_)
            | Fact::Queued { .. }
            | Fact::Delivered {}
            | Fact::Started {}
            | Fact::RetryScheduled { .. }
            | Fact::Completed { .. }
            | Fact::Failed { .. }
            | Fact::Cancelled { .. }
            | Fact::Retried { .. } => true,
            Fact::Progress(_)
            | Fact::StageStarted(_)
            | Fact::StageCompleted(_)
            | Fact::StageSkipped(_)
            | Fact::StageFailed(_)
            | Fact::StageReported(_)
            | Fact::Checkpoint(_)
            | Fact::Custom(_)
            | Fact::Keepalive {}
            | Fact::Logs(_) => false,
        }
    }
}

/// Writes 65 where a producer sent 65, not 65.0: percentages are mostly whole.
pub fn plain_number<S: serde::Serializer>(number: &f64, out: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0.0 { out.serialize_i64(*number as i64) } else { out.serialize_f64(*number) }
}

/// What is kept of a text that may be as long as a body.
pub fn cut(text: &str, cap: usize) -> String {
    match text.char_indices().nth(cap) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
