//! Owns the well-formed inputs of the tests: a job to create, and each command in a line.

use jobcast::command::{Command, LogEntry, RetryPolicy};
use jobcast::event::{Created, LogLevel, Progress, StageReport};
use jobcast::id::{JobId, ProjectId, RequestId};
use jobcast::time::Timestamp;
use serde_json::{Map, Value};

/// When the tests begin: 2026-03-01T09:00:00.000Z.
pub const START: Timestamp = Timestamp(1_772_355_600_000);

pub fn project() -> ProjectId {
    ProjectId::new(START, 1)
}

pub fn job_id(number: u128) -> JobId {
    JobId::new(START, number)
}

pub fn request_id(number: u128) -> RequestId {
    RequestId::new(START, number)
}

/// A job with the contract's defaults.
pub fn job() -> Created {
    Created {
        id: job_id(1),
        project: project(),
        name: None,
        file_path: None,
        topic: None,
        priority: 2,
        payload: None,
        meta: Map::new(),
        stages: vec![],
        max_attempts: 3,
        timeout_seconds: 300,
        scheduled_for: None,
    }
}

pub fn with_attempts(max_attempts: u32) -> Created {
    Created { max_attempts, ..job() }
}

pub fn with_stages(names: &[&str]) -> Created {
    Created { stages: names.iter().map(|name| name.to_string()).collect(), ..job() }
}

pub fn scheduled_in(seconds: u64) -> Created {
    Created { scheduled_for: Some(START.plus(seconds * 1_000)), ..job() }
}

/// The object that `json!` made.
pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

pub fn create(created: Created) -> Command {
    Command::Create(Box::new(created))
}

pub fn progress(percent: f64, message: &str) -> Command {
    Command::Progress(Progress { percent, message: Some(message.to_owned()), sub_progress: None })
}

/// A report on a stage, with what the producer says besides.
pub fn stage(name: &str, word: &str, fields: Value) -> Command {
    Command::Stage(StageReport { stage: name.to_owned(), word: word.to_owned(), fields: object(fields) })
}

pub fn checkpoint(data: Value) -> Command {
    Command::Checkpoint(object(data))
}

pub fn custom(data: Value) -> Command {
    Command::Custom(object(data))
}

pub fn complete(result: Value) -> Command {
    Command::Complete { result: Some(result) }
}

pub fn complete_plainly() -> Command {
    Command::Complete { result: None }
}

pub fn fail(error: &str) -> Command {
    Command::Fail { error: error.to_owned(), error_code: None, retry: RetryPolicy::Allowed }
}

pub fn fail_for_good(error: &str) -> Command {
    Command::Fail { error: error.to_owned(), error_code: None, retry: RetryPolicy::Never }
}

pub fn kill(reason: &str) -> Command {
    Command::Kill { reason: Some(reason.to_owned()) }
}

pub fn line(message: impl Into<String>) -> LogEntry {
    LogEntry { level: LogLevel::Info, message: message.into(), timestamp: None, source: None, metadata: None }
}

pub fn logs(messages: &[&str]) -> Command {
    Command::Logs(messages.iter().map(|message| line(*message)).collect::<Vec<_>>().into())
}
