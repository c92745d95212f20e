//! Owns what may be asked of a job. A command is well formed (`request` saw to that); whether it is allowed now
//! is for `decide`.

use crate::event::{Created, LogLevel, Progress, StageReport};
use crate::log_batch::LogBatch;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Create(Box<Created>),
    /// A poll or a claim takes the job for a producer.
    Claim,
    Ack,
    Progress(Progress),
    Stage(StageReport),
    Checkpoint(Map<String, Value>),
    Custom(Map<String, Value>),
    Keepalive,
    Logs(LogBatch),
    Complete {
        result: Option<Value>,
    },
    Fail {
        error: String,
        error_code: Option<String>,
        retry: RetryPolicy,
    },
    Kill {
        reason: Option<String>,
    },
    Retry,
    Cancel,
    Delete,
    /// The object's alarm: the clock asks whether a deadline has passed.
    Tick,
}

impl Command {
    /// Whether producers send it while they work, often and many at once.
    pub fn is_report(&self) -> bool {
        match self {
            Command::Progress(_)
            | Command::Stage(_)
            | Command::Checkpoint(_)
            | Command::Custom(_)
            | Command::Keepalive
            | Command::Logs(_) => true,
            Command::Create(_)
            | Command::Claim
            | Command::Ack
            | Command::Complete { .. }
            | Command::Fail { .. }
            | Command::Kill { .. }
            | Command::Retry
            | Command::Cancel
            | Command::Delete
            | Command::Tick => false,
        }
    }
}

/// Whether a failed attempt may be followed by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryPolicy {
    /// As long as attempts are left.
    Allowed,
    Never,
}

/// A log line before it has its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    pub level: LogLevel,
    pub message: String,
    /// When the producer said it happened; arrival where it did not.
    pub timestamp: Option<Timestamp>,
    pub source: Option<String>,
    pub metadata: Option<Value>,
}

/// What surrounds a command: everything that `decide` may not fetch for itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circumstances {
    pub now: Timestamp,
    /// The attempt that the producer named (`X-Job-Attempt`).
    pub attempt: Option<u32>,
    /// Uniform in 0..1, for the back-off's jitter.
    pub jitter: f64,
}
