//! Owns a job's states and its folded form: what the log adds up to. Written only by `evolve`, read by everything.
//! Invariant: a `Job` is a pure function of its events, so that it can be thrown away and folded anew.

use crate::event::Created;
use crate::id::EventId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// CONTRACT, “Job states”; each is documented by who moves the job next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// The clock, at `scheduledFor` or at the end of a retry's back-off.
    Scheduled,
    /// A producer: poll, claim, or ack.
    Pending,
    /// The producer: ack; or the delivery time-out, back to `Pending`.
    Delivered,
    /// The producer: complete, fail; or the execution time-out.
    Running,
    /// Nobody.
    Completed,
    /// A person: retry.
    Failed,
    /// Nobody.
    Cancelled,
}

impl JobState {
    pub const ALL: [JobState; 7] = [
        JobState::Scheduled,
        JobState::Pending,
        JobState::Delivered,
        JobState::Running,
        JobState::Completed,
        JobState::Failed,
        JobState::Cancelled,
    ];

    /// The canonical word: producer API, directory, log.
    pub fn word(self) -> &'static str {
        match self {
            JobState::Scheduled => "scheduled",
            JobState::Pending => "pending",
            JobState::Delivered => "delivered",
            JobState::Running => "running",
            JobState::Completed => "completed",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
        }
    }

    pub fn parse(word: &str) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.word() == word)
    }

    /// No producer and no clock moves it any more (a failed job may still be retried by a person).
    pub fn is_final(self) -> bool {
        matches!(self, JobState::Completed | JobState::Failed | JobState::Cancelled)
    }
}

/// The folded state of a job: one row in its object, and the source of its row in the directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub created: Created,
    pub created_at: EventId,
    pub state: JobState,
    /// The attempt that runs or is next, from 1.
    pub attempt: u32,
    /// Grows by manual retries.
    pub max_attempts: u32,
    /// Last percent; 0 before the first.
    pub progress: f64,
    pub message: Option<String>,
    pub sub_progress: Option<Map<String, Value>>,
    /// In the order in which they were declared, then first reported.
    pub stages: Vec<Stage>,
    /// What stages brought that a snapshot carries on its top level: `researchData`, `score`, …
    pub gathered: Map<String, Value>,
    pub result: Option<Value>,
    pub error: Option<String>,
    pub error_code: Option<String>,
    /// When a scheduled job becomes pending: `scheduledFor`, or the end of a back-off.
    pub scheduled_for: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    /// When the clock moves the job on, if nobody else does before.
    pub deadline: Option<Timestamp>,
    /// The newest event of the log.
    pub tail: EventId,
    /// The event that ended the job; the pipeline stream ends there.
    pub ended_by: Option<EventId>,
    /// The number of log lines ever appended; the next one gets this plus 1.
    pub last_seq: u64,
}

/// One named step, as the snapshot shows it (seed 001).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    pub name: String,
    pub status: StageStatus,
    pub detail: Option<String>,
    pub duration_sec: Option<f64>,
    pub started_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StageStatus {
    Pending,
    Running,
    Done,
    Skipped,
    Error,
}

impl Stage {
    pub fn pending(name: &str) -> Stage {
        Stage {
            name: name.to_owned(),
            status: StageStatus::Pending,
            detail: None,
            duration_sec: None,
            started_at: None,
        }
    }
}

impl Job {
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// The job's own time-out, ms: it serves for delivery and for execution.
    pub fn timeout_ms(&self) -> u64 {
        self.created.timeout_seconds * 1_000
    }
}
