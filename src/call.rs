//! Owns the words between the edge Worker and a job's object: what may be asked, and what comes back.
//! Both ends are the same release except for a moment during a deploy, so a field is only ever added.

use crate::command::Command;
use crate::event::{LogLevel, LogLine};
use crate::feed::Channel;
use crate::id::{EventId, JobId, ProjectId, RequestId};
use crate::log_batch::LogBatch;
use crate::notice::Notice;
use crate::problem::Problem;
use crate::relay;
use crate::view::{JobLens, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request to a job's object.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// The job that the object is named after: an empty object looks for what the directory keeps of it.
    pub job: JobId,
    /// The caller's project: another project's job is unknown to it.
    pub project: ProjectId,
    pub ask: Ask,
}

/// Where a batch of lines stands in a call.
const BATCH: &str = r#""command":{"logs":["#;

impl Call {
    /// As it crosses. A batch of lines is text already: it goes in between two tabs, of which the rest has none.
    pub fn text(mut self) -> serde_json::Result<String> {
        let batch = match &mut self.ask {
            Ask::Command(Order { command: Command::Logs(batch), .. }) => std::mem::take(batch),
            Ask::Command(_) | Ask::Question(_) | Ask::Relay(_) => return serde_json::to_string(&self),
        };
        let call = serde_json::to_string(&self)?;
        // What stands before it are ids.
        let (head, tail) = call.split_at(call.find(BATCH).map_or(0, |at| at + BATCH.len()));
        Ok([head, "\t", batch.text(), "\t", tail].concat())
    }

    /// Reads what `text` gave, of this release or the one before, which had line ends for tabs: as JSON that is the same.
    pub fn read(text: &str) -> serde_json::Result<Call> {
        let (Some(start), Some(end)) = (text.find('\t'), text.rfind('\t')) else { return serde_json::from_str(text) };
        let (Some(head), Some(lines), Some(tail)) = (text.get(..start), text.get(start + 1..end), text.get(end..))
        else {
            return serde_json::from_str(text);
        };
        let mut call: Call = serde_json::from_str(&[head, tail].concat())?;
        if let Ask::Command(Order { command: Command::Logs(batch), .. }) = &mut call.ask {
            *batch = LogBatch::from_text(lines.to_owned());
        }
        Ok(call)
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    Command(Order),
    Question(Question),
    /// From a relay, for one of its readers.
    Relay(relay::Request),
}

/// What may be read of a job without changing it.
#[derive(Debug, Serialize, Deserialize)]
pub enum Question {
    /// The job as the producer API shows it.
    Job,
    Progress,
    Events {
        page: Page,
        visibility: Visibility,
    },
    Checkpoints {
        page: Page,
    },
    Logs {
        page: Page,
        filter: LogFilter,
    },
}

/// A command and what came with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub command: Command,
    /// `X-Job-Attempt`.
    pub attempt: Option<u32>,
    pub once: Option<Once>,
    /// The poll that takes the job, where it can be repeated.
    #[serde(default)]
    pub claim: Option<Once>,
    /// The request that brought it.
    #[serde(default)]
    pub request: Option<RequestId>,
    /// A creation under ids that were made for an earlier request: its jobs may have been and gone.
    #[serde(default)]
    pub is_repeat: bool,
    /// How the answer is phrased; it is remembered with the key.
    pub answer: Answer,
}

/// An `Idempotency-Key` and the fingerprint of the request that it stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Once {
    pub key: String,
    pub fingerprint: String,
}

/// What a command's caller hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    Job,
    /// `{success, id}`.
    EventId,
    /// `{success, deadline}`.
    Deadline,
    /// `{success, inserted, fromSeq, toSeq}`.
    LogRange,
    /// `{success, message}`.
    Retried,
    Cancelled,
    Deleted,
}

impl Answer {
    /// How a caller of this command is answered.
    pub fn to(command: &Command) -> Answer {
        match command {
            Command::Create(_)
            | Command::Claim
            | Command::Ack
            | Command::Complete { .. }
            | Command::Fail { .. }
            | Command::Kill { .. } => Answer::Job,
            Command::Progress(_) | Command::Stage(_) | Command::Checkpoint(_) | Command::Custom(_) | Command::Tick => {
                Answer::EventId
            }
            Command::Keepalive => Answer::Deadline,
            Command::Logs(_) => Answer::LogRange,
            Command::Retry => Answer::Retried,
            Command::Cancel => Answer::Cancelled,
            Command::Delete => Answer::Deleted,
        }
    }
}

/// `after` and `limit` of a page, both checked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Page {
    pub after: u64,
    pub limit: u64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LogFilter {
    /// Any of these; empty means all.
    pub levels: Vec<LogLevel>,
    /// Lines whose message contains this, whatever its case; itself in lower case.
    pub text: Option<String>,
}

impl LogFilter {
    pub fn passes(&self, line: &LogLine) -> bool {
        let level = self.levels.is_empty() || self.levels.contains(&line.level);
        let text = self.text.as_ref().is_none_or(|text| line.message.to_lowercase().contains(text));
        level && text
    }
}

/// A job's object answers with the body of the response, or with the reason why not.
pub type Reply = Result<Value, Problem>;

/// A body as an object told it: JSON, which most callers pass on as it is.
#[derive(Debug)]
pub struct Said(String);

impl Said {
    /// Reads what `told` wrote.
    pub fn heard(mut reply: String) -> serde_json::Result<Result<Said, Problem>> {
        match reply.strip_prefix(REFUSED) {
            Some(problem) => serde_json::from_str(problem).map(Err),
            None => {
                reply.drain(..TAKEN.len().min(reply.len()));
                Ok(Ok(Said(reply)))
            }
        }
    }

    pub fn text(self) -> String {
        self.0
    }

    pub fn value(&self) -> serde_json::Result<Value> {
        serde_json::from_str(&self.0)
    }
}

/// How a reply begins.
const TAKEN: &str = "+";
const REFUSED: &str = "-";

/// A reply on its way: what comes after its first character is JSON.
pub fn told(reply: Reply) -> serde_json::Result<String> {
    match reply {
        Ok(body) => Ok(format!("{TAKEN}{body}")),
        Err(problem) => serde_json::to_string(&problem).map(|problem| format!("{REFUSED}{problem}")),
    }
}

/// One request to join a job's stream.
#[derive(Debug, Serialize, Deserialize)]
pub struct Subscription {
    pub job: JobId,
    pub project: ProjectId,
    pub lens: JobLens,
    pub cursor: Option<EventId>,
}

/// One request to join a job's stream at a relay.
#[derive(Debug, Serialize, Deserialize)]
pub struct RelaySubscription {
    pub relay: u32,
    /// Of how many.
    pub of: u32,
    pub subscription: Subscription,
}

/// One request to join a project's stream.
#[derive(Debug, Serialize, Deserialize)]
pub struct FeedSubscription {
    pub project: ProjectId,
    pub channel: Channel,
    pub cursor: Option<EventId>,
}

/// What a job tells its project's feed, in the order of its log; all of it may come again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Telling {
    pub project: ProjectId,
    pub notices: Vec<Notice>,
    /// With nothing to tell: whether anything was heard of this job before is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_for: Option<JobId>,
}

/// What the bridge and the object say to each other besides finished SSE text.
pub mod signal {
    /// Object → bridge, alone in a message: a page of the replay is out, ask for the next when it is written.
    pub const MORE: &str = "\u{1}more";
    /// Object → bridge: the opening is out. It is as large as the job's state, and does not count as waiting.
    pub const OPENED: &str = "\u{1}opened";
    /// Bridge → object: the page is written.
    pub const NEXT: &str = "next";
    /// Bridge → object, answered without waking it.
    pub const PING: &str = "ping";
    /// Object → bridge: the automatic answer.
    pub const PONG: &str = "\u{1}pong";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::LogEntry;
    use crate::time::Timestamp;
    use serde_json::json;

    fn call(entries: Vec<LogEntry>) -> Call {
        let (now, command) = (Timestamp(0), Command::Logs(entries.into()));
        let once = Some(Once { key: r#""command":{"logs":["#.to_owned(), fingerprint: "\n".to_owned() });
        let answer = Answer::LogRange;
        let order = Order { command, attempt: Some(2), once, claim: None, request: None, is_repeat: false, answer };
        Call { job: JobId::new(now, 1), project: ProjectId::new(now, 2), ask: Ask::Command(order) }
    }

    fn batches() -> Vec<Vec<LogEntry>> {
        let plain = LogEntry {
            level: LogLevel::Info,
            message: "a\n\"b\"".to_owned(),
            timestamp: None,
            source: None,
            metadata: None,
        };
        let full = LogEntry {
            timestamp: Some(Timestamp(5)),
            source: Some("w\n".to_owned()),
            metadata: Some(json!({ "timestamp": [1.5, "\n"] })),
            ..plain.clone()
        };
        vec![vec![], vec![plain.clone()], vec![full.clone()], vec![plain, full.clone(), full]]
    }

    fn entries(call: Call) -> Vec<LogEntry> {
        match call.ask {
            Ask::Command(Order { command: Command::Logs(batch), attempt: Some(2), once: Some(_), .. }) => {
                batch.entries()
            }
            other => panic!("a batch, not {other:?}"),
        }
    }

    #[test]
    fn a_batch_crosses_as_it_is() {
        for batch in batches() {
            assert_eq!(entries(Call::read(&call(batch.clone()).text().unwrap()).unwrap()), batch);
        }
    }

    #[test]
    fn during_a_deploy_either_side_reads_what_the_other_writes() {
        for batch in batches() {
            let as_before = |call: Call| call.text().unwrap().replace('\t', "\n");
            assert_eq!(entries(serde_json::from_str(&call(batch.clone()).text().unwrap()).unwrap()), batch);
            assert_eq!(entries(Call::read(&as_before(call(batch.clone()))).unwrap()), batch);
        }
    }
}
