//! Owns what can go wrong, and the exit code that tells it to a script.
//! Invariant: each is a sentence that says what to do; a refusal carries the service's code and request id.

use jobcast::problem::Code;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// The service understood and said no: asking again would not help.
    Refused(Box<Refusal>),
    /// No answer, or one that asks to come back later.
    Away { why: String, retry_after: Option<Duration> },
    /// What was typed or configured must be put right first.
    Usage(String),
    /// This machine would not: a file, a program.
    Local(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub status: u16,
    /// Of the codes that this version knows.
    pub code: Option<Code>,
    /// As the service wrote it.
    pub word: String,
    pub message: String,
    pub request: String,
    pub details: Value,
}

/// What a script reads. `run` is apart: it ends as its command did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Trouble = 1,
    /// As clap has it.
    Usage = 2,
    Refused = 3,
    NoSuchJob = 4,
    JobFailed = 10,
    JobCancelled = 11,
}

impl Trouble {
    pub fn away(why: impl Into<String>) -> Trouble {
        Trouble::Away { why: why.into(), retry_after: None }
    }

    pub fn exit(&self) -> Exit {
        match self {
            Trouble::Refused(refusal) if refusal.code == Some(Code::JobNotFound) => Exit::NoSuchJob,
            Trouble::Refused(_) => Exit::Refused,
            Trouble::Usage(_) => Exit::Usage,
            Trouble::Away { .. } | Trouble::Local(_) => Exit::Trouble,
        }
    }
}

impl Refusal {
    /// Reads the service's own words; an answer that is none of them is some proxy's.
    pub fn read(status: u16, body: &[u8]) -> Refusal {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let message = match text("error") {
            message if message.is_empty() => format!("{status}, and nothing that Jobcast would say: check the URL."),
            message => message,
        };
        let code = serde_json::from_value(body["code"].clone()).ok();
        let details = body["details"].clone();
        Refusal { status, code, word: text("code"), message, request: text("requestId"), details }
    }

    /// The attempt is not ours to go on with.
    pub fn ends_the_attempt(&self) -> bool {
        let ends =
            [Code::JobCancelled, Code::AttemptSuperseded, Code::JobNotRunning, Code::JobFinished, Code::JobNotFound];
        self.code.is_some_and(|code| ends.contains(&code))
    }

    /// Somebody wants the work to stop.
    pub fn asks_to_stop(&self) -> bool {
        matches!(self.code, Some(Code::JobCancelled | Code::JobNotFound))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        match (self.word.as_str(), self.request.as_str()) {
            ("", _) => Ok(()),
            (word, "") => write!(out, " ({word})"),
            (word, request) => write!(out, " ({word}, {request})"),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Refused(refusal) => refusal.fmt(out),
            Trouble::Away { why, .. } => out.write_str(why),
            Trouble::Usage(text) | Trouble::Local(text) => out.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_with_its_code_and_request() {
        let body = br#"{"error":"No such job: check the id.","code":"job_not_found","requestId":"req_1"}"#;
        let trouble = Trouble::Refused(Box::new(Refusal::read(404, body)));
        assert_eq!(trouble.to_string(), "No such job: check the id. (job_not_found, req_1)");
        assert_eq!(trouble.exit(), Exit::NoSuchJob);
    }

    #[test]
    fn an_answer_of_something_else_points_at_the_url() {
        let refusal = Refusal::read(404, b"<html>");
        assert_eq!(refusal.to_string(), "404, and nothing that Jobcast would say: check the URL.");
        assert_eq!(Trouble::Refused(Box::new(refusal)).exit(), Exit::Refused);
    }

    #[test]
    fn a_code_of_a_newer_service_is_still_told() {
        let refusal = Refusal::read(409, br#"{"error":"No.","code":"job_asleep","requestId":"req_1"}"#);
        assert_eq!((refusal.code, refusal.to_string()), (None, "No. (job_asleep, req_1)".to_owned()));
    }
}
