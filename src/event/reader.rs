//! Owns the reading of a stored fact: its word first, as it was written, then the data of that word.
//! By hand, because a derived reader of a tagged enum takes tag and data in either order, keeps what comes too early in a
//! form of its own, and reads that once more: its two halves were 70 KB of the Worker.
//! Invariant: it reads whatever `Fact` writes, of every release, but rows of lines, which `lines` reads.

use super::{CancelledBy, Fact, QueuedReason, StageReport};
use crate::time::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

#[derive(Deserialize)]
enum Word {
    #[serde(rename = "job.created")]
    Created,
    #[serde(rename = "job.queued")]
    Queued,
    #[serde(rename = "job.delivered")]
    Delivered,
    #[serde(rename = "job.started")]
    Started,
    #[serde(rename = "progress.reported")]
    Progress,
    #[serde(rename = "stage.started")]
    StageStarted,
    #[serde(rename = "stage.completed")]
    StageCompleted,
    #[serde(rename = "stage.skipped")]
    StageSkipped,
    #[serde(rename = "stage.failed")]
    StageFailed,
    #[serde(rename = "stage.reported")]
    StageReported,
    #[serde(rename = "checkpoint.saved")]
    Checkpoint,
    #[serde(rename = "event.emitted")]
    Custom,
    #[serde(rename = "keepalive.received")]
    Keepalive,
    #[serde(rename = "log.appended")]
    Logs,
    #[serde(rename = "job.retry_scheduled")]
    RetryScheduled,
    #[serde(rename = "job.completed")]
    Completed,
    #[serde(rename = "job.failed")]
    Failed,
    #[serde(rename = "job.cancelled")]
    Cancelled,
    #[serde(rename = "job.retried")]
    Retried,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Field {
    Type,
    Data,
}

/// The data of the words that tell of an attempt's end or a new one; each has some of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Turn {
    error: Option<String>,
    error_code: Option<String>,
    next_attempt: Option<u32>,
    retry_at: Option<Timestamp>,
    result: Option<Value>,
    reason: Option<String>,
    by: Option<CancelledBy>,
}

#[derive(Deserialize)]
struct Queued {
    reason: QueuedReason,
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fact, D::Error> {
        from.deserialize_map(FactReader)
    }
}

struct FactReader;

impl<'de> Visitor<'de> for FactReader {
    type Value = Fact;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a fact: its type, then its data")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fact, A::Error> {
        next_is(Field::Type, "type", &mut map)?;
        let word = map.next_value()?;
        next_is(Field::Data, "data", &mut map)?;
        fact(word, &mut map)
    }
}

fn next_is<'de, A: MapAccess<'de>>(field: Field, name: &'static str, map: &mut A) -> Result<(), A::Error> {
    map.next_key::<Field>()?.filter(|key| *key == field).map(|_| ()).ok_or_else(|| Error::missing_field(name))
}

fn fact<'de, A: MapAccess<'de>>(word: Word, map: &mut A) -> Result<Fact, A::Error> {
    Ok(match word {
        Word::Created => Fact::Created(map.next_value()?),
        Word::Queued => map.next_value().map(|Queued { reason }| Fact::Queued { reason })?,
        Word::Delivered => map.next_value().map(|IgnoredAny| Fact::Delivered {})?,
        Word::Started => map.next_value().map(|IgnoredAny| Fact::Started {})?,
        Word::Progress => Fact::Progress(map.next_value()?),
        Word::StageStarted => Fact::StageStarted(map.next_value()?),
        Word::StageCompleted => Fact::StageCompleted(map.next_value()?),
        Word::StageSkipped => Fact::StageSkipped(map.next_value()?),
        Word::StageFailed => Fact::StageFailed(map.next_value()?),
        Word::StageReported => Fact::StageReported(map.next_value()?),
        Word::Checkpoint => Fact::Checkpoint(map.next_value()?),
        Word::Custom => Fact::Custom(map.next_value()?),
        Word::Keepalive => map.next_value().map(|IgnoredAny| Fact::Keepalive {})?,
        Word::Logs => Fact::Logs(map.next_value()?),
        Word::RetryScheduled => {
            let Turn { error, error_code, next_attempt, retry_at, .. } = map.next_value()?;
            let (error, retry_at) = (told(error, "error")?, told(retry_at, "retryAt")?);
            Fact::RetryScheduled { error, error_code, next_attempt: told(next_attempt, "nextAttempt")?, retry_at }
        }
        Word::Completed => map.next_value().map(|Turn { result, .. }| Fact::Completed { result })?,
        Word::Failed => {
            let Turn { error, error_code, .. } = map.next_value()?;
            Fact::Failed { error: told(error, "error")?, error_code }
        }
        Word::Cancelled => {
            let Turn { reason, by, .. } = map.next_value()?;
            Fact::Cancelled { reason, by: told(by, "by")? }
        }
        Word::Retried => {
            let Turn { next_attempt, .. } = map.next_value()?;
            Fact::Retried { next_attempt: told(next_attempt, "nextAttempt")? }
        }
    })
}

fn told<T, E: Error>(field: Option<T>, name: &'static str) -> Result<T, E> {
    field.ok_or_else(|| Error::missing_field(name))
}

/// Not with `flatten`, which keeps what it reads in a form of its own first.
impl TryFrom<Map<String, Value>> for StageReport {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<StageReport, String> {
        let mut text = |name: &str| match fields.shift_remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(format!("a stage's {name} is missing")),
        };
        Ok(StageReport { stage: text("stage")?, word: text("type")?, fields })
    }
}
