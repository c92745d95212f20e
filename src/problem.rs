//! Owns what the service says when it refuses: one table from code to status, and the body of an error.
//! Refuses to own when: each rule decides that where it stands. Contract: “Errors”.

use crate::id::RequestId;
use crate::limits;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::ops::Deref;

/// The stable word that a client may branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    InvalidRequest,
    InvalidJson,
    InvalidCursor,
    MissingCredential,
    InvalidCredential,
    MissingScope,
    CrossSite,
    NotFound,
    JobNotFound,
    ProjectNotFound,
    KeyNotFound,
    MethodNotAllowed,
    JobNotPending,
    JobNotRunning,
    JobNotFailed,
    JobNotCancellable,
    JobActive,
    JobFinished,
    JobCancelled,
    AttemptSuperseded,
    IdempotencyConflict,
    TooLarge,
    UnsupportedMediaType,
    RateLimited,
    Internal,
    Unavailable,
}

impl Code {
    /// In the order of their statuses.
    pub const ALL: [Code; 26] = [
        Code::InvalidRequest,
        Code::InvalidJson,
        Code::InvalidCursor,
        Code::MissingCredential,
        Code::InvalidCredential,
        Code::MissingScope,
        Code::CrossSite,
        Code::NotFound,
        Code::JobNotFound,
        Code::ProjectNotFound,
        Code::KeyNotFound,
        Code::MethodNotAllowed,
        Code::JobNotPending,
        Code::JobNotRunning,
        Code::JobNotFailed,
        Code::JobNotCancellable,
        Code::JobActive,
        Code::JobFinished,
        Code::JobCancelled,
        Code::AttemptSuperseded,
        Code::IdempotencyConflict,
        Code::TooLarge,
        Code::UnsupportedMediaType,
        Code::RateLimited,
        Code::Internal,
        Code::Unavailable,
    ];

    pub fn status(self) -> u16 {
        match self {
            Code::InvalidRequest | Code::InvalidJson | Code::InvalidCursor => 400,
            Code::MissingCredential | Code::InvalidCredential => 401,
            Code::MissingScope | Code::CrossSite => 403,
            Code::NotFound | Code::JobNotFound | Code::ProjectNotFound | Code::KeyNotFound => 404,
            Code::MethodNotAllowed => 405,
            Code::JobNotPending
            | Code::JobNotRunning
            | Code::JobNotFailed
            | Code::JobNotCancellable
            | Code::JobActive
            | Code::JobFinished
            | Code::JobCancelled
            | Code::AttemptSuperseded
            | Code::IdempotencyConflict => 409,
            Code::TooLarge => 413,
            Code::UnsupportedMediaType => 415,
            Code::RateLimited => 429,
            Code::Internal => 500,
            Code::Unavailable => 503,
        }
    }
}

/// A refusal: nothing was changed. It is rare, and everything that may be refused hands its `Result` on by value: behind a
/// pointer it is small.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(Box<Refusal>);

/// `message` tells the caller what to do; `details` names fields and states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: Code,
    pub message: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

impl Deref for Problem {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl Problem {
    pub fn new(code: Code, message: impl Into<String>) -> Problem {
        Problem(Box::new(Refusal { code, message: message.into(), details: Map::new() }))
    }

    /// 400 on one field, named by its path in the body (`logs[3].level`) or by its parameter.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem::new(Code::InvalidRequest, message).with("field", field.into())
    }

    /// 413 on one field or on the whole `body`.
    pub fn too_large(field: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem::new(Code::TooLarge, message).with("field", field.into())
    }

    /// What another project's job gets too, so that an answer never tells whether an id exists.
    pub fn job_not_found() -> Problem {
        Problem::new(Code::JobNotFound, "No such job: check the id, and that the key belongs to the job's project.")
    }

    pub fn project_not_found() -> Problem {
        Problem::new(Code::ProjectNotFound, "No such project: check its id.")
    }

    pub fn idempotency_conflict() -> Problem {
        let hours = limits::IDEMPOTENCY_MS / 3_600_000;
        let message = format!("This Idempotency-Key stood for another request in the last {hours} h: use a new one.");
        Problem::new(Code::IdempotencyConflict, message)
    }

    /// `limit` requests are allowed in each `period` seconds.
    pub fn rate_limited(limit: u64, period: u64) -> Problem {
        let message = format!("Too many requests: at most {limit} in {period} s. Wait {period} s.");
        Problem::new(Code::RateLimited, message).with("limit", limit).with("period", period)
    }

    pub fn internal() -> Problem {
        Problem::new(
            Code::Internal,
            "Something failed on our side; try again, and quote the request id if it persists.",
        )
    }

    pub fn unavailable() -> Problem {
        Problem::new(Code::Unavailable, "The service cannot answer right now; try again in a moment.")
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.0.details.insert(name.to_owned(), value.into());
        self
    }

    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// The body of the answer.
    pub fn body(&self, request: &RequestId) -> Value {
        let mut body = json!({ "error": self.message, "code": self.code, "requestId": request });
        if !self.details.is_empty() {
            body["details"] = Value::Object(self.details.clone());
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn the_body_has_text_code_request_and_the_field() {
        let request = RequestId::new(Timestamp(0), 0);
        let body = Problem::field("percent", "percent must be a number from 0 to 100").body(&request);
        assert_eq!(
            body.to_string(),
            r#"{"error":"percent must be a number from 0 to 100","code":"invalid_request","requestId":"req_00000000000000000000000000","details":{"field":"percent"}}"#
        );
    }
}
