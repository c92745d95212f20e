//! Owns the form in which a batch of log lines goes from the edge to its job's object: JSON that only waits for each
//! line's number, and for its time where its producer told none. It is written once, at the edge; the object looks at none
//! of it (`chunk`).
//! Invariant: it is a list of `LogEntry` to any reader of JSON, such as an object of an older release; and each entry is three
//! lines of text, `{"level":…,"message":…`, its time or nothing, and the rest with its `}`. JSON has no line ends inside.

use crate::command::LogEntry;
use crate::event::LogLevel;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<LogEntry>", into = "Vec<LogEntry>")]
pub struct LogBatch(String);

/// One line, as far as what it is made of is known.
pub struct NewLine<'a> {
    pub level: LogLevel,
    /// Borrowed from JSON in which it needed no escape.
    pub message: Cow<'a, str>,
    pub timestamp: Option<Timestamp>,
    pub source: Option<Cow<'a, str>>,
    /// JSON.
    pub metadata: Option<String>,
}

/// An entry's text around what the object adds.
pub struct Parts<'a> {
    /// `"level":…,"message":…`
    pub head: &'a str,
    /// `,"timestamp":` and milliseconds, or nothing.
    time: &'a str,
    /// `,"source":…,"metadata":…}`
    pub rest: &'a str,
}

impl Parts<'_> {
    pub fn time(&self) -> Option<Timestamp> {
        self.time.rsplit(':').next()?.parse().ok().map(Timestamp)
    }
}

impl LogBatch {
    pub fn with_capacity(bytes: usize) -> LogBatch {
        LogBatch(String::with_capacity(bytes))
    }

    /// What `text` gave.
    pub fn from_text(text: String) -> LogBatch {
        LogBatch(text)
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn push(&mut self, line: &NewLine<'_>) {
        let out = &mut self.0;
        out.push_str(if out.is_empty() { "{\"level\":\"" } else { "\n,{\"level\":\"" });
        out.push_str(line.level.word());
        out.push_str("\",\"message\":");
        string(&line.message, out);
        out.push('\n');
        if let Some(Timestamp(time)) = line.timestamp {
            out.push_str(",\"timestamp\":");
            out.push_str(&time.to_string());
        }
        out.push('\n');
        if let Some(source) = &line.source {
            out.push_str(",\"source\":");
            string(source, out);
        }
        if let Some(metadata) = &line.metadata {
            out.push_str(",\"metadata\":");
            out.push_str(metadata);
        }
        out.push('}');
    }

    pub fn parts(&self) -> impl Iterator<Item = Parts<'_>> {
        let mut texts = self.0.split('\n');
        std::iter::from_fn(move || {
            let head = texts.next()?.trim_start_matches([',', '{']);
            Some(Parts { head, time: texts.next()?, rest: texts.next()? })
        })
    }

    /// What was said, read back.
    pub fn entries(&self) -> Vec<LogEntry> {
        serde_json::from_str(&format!("[{}]", self.0)).unwrap_or_default()
    }
}

/// A text that was borrowed from JSON stood there as it is: neither end nor escape is in it.
#[expect(clippy::ptr_arg, reason = "whether it is borrowed is what counts")]
fn string(text: &Cow<'_, str>, out: &mut String) {
    match text {
        Cow::Borrowed(text) => ["\"", text, "\""].into_iter().for_each(|part| out.push_str(part)),
        Cow::Owned(text) => out.push_str(&serde_json::to_string(text).unwrap_or_default()),
    }
}

impl From<Vec<LogEntry>> for LogBatch {
    fn from(entries: Vec<LogEntry>) -> LogBatch {
        let mut batch = LogBatch::default();
        for LogEntry { level, message, timestamp, source, metadata } in entries {
            let metadata = metadata.map(|metadata| metadata.to_string());
            batch.push(&NewLine {
                level,
                message: message.into(),
                timestamp,
                source: source.map(Cow::Owned),
                metadata,
            });
        }
        batch
    }
}

impl From<LogBatch> for Vec<LogEntry> {
    fn from(batch: LogBatch) -> Vec<LogEntry> {
        batch.entries()
    }
}
