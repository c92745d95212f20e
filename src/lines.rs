//! Owns log lines as they are stored and sent: chunks whose lines are JSON already, and are read only by who looks into them.
//! Invariant: rows of every release are read (`Lines`).

use crate::log_batch::LogBatch;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// Lines that were appended together; a large batch is several chunks. Equal to another that reads the same, however it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Spelled", into = "Spelled")]
pub struct LogChunk {
    pub from_seq: u64,
    pub to_seq: u64,
    lines: Lines,
}

#[derive(Debug, Clone)]
enum Lines {
    /// `LogLine`s as JSON, with commas between them: rows of earlier releases.
    Written(String),
    /// What was told, and when it arrived. Numbers and times, 55 bytes a line, are written for who reads.
    Told { batch: LogBatch, at: Timestamp },
}

/// A chunk as its words say it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spelled {
    from_seq: u64,
    to_seq: u64,
    lines: Vec<LogLine>,
}

/// Seed 004, “Append Logs”, with its place in the job's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    pub seq: u64,
    pub level: LogLevel,
    pub message: String,
    /// ISO 8601; when the producer said it, else when it arrived.
    pub timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

impl LogLevel {
    pub fn word(self) -> &'static str {
        match self {
            LogLevel::Trace => "trace",
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
            LogLevel::Fatal => "fatal",
        }
    }
}

impl LogLine {
    /// About how many bytes it has as JSON.
    pub fn cost(&self) -> usize {
        let frame = 100; // field names, level and time
        self.message.len() + self.metadata.as_ref().map_or(0, |metadata| metadata.to_string().len()) + frame
    }
}

impl LogChunk {
    pub fn told(from_seq: u64, to_seq: u64, batch: LogBatch, at: Timestamp) -> LogChunk {
        LogChunk { from_seq, to_seq, lines: Lines::Told { batch, at } }
    }

    pub fn of(from_seq: u64, to_seq: u64, lines: &[LogLine]) -> serde_json::Result<LogChunk> {
        let list = serde_json::to_string(lines)?;
        let lines = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or_default();
        Ok(LogChunk { from_seq, to_seq, lines: Lines::Written(lines.to_owned()) })
    }

    pub fn lines(&self) -> serde_json::Result<Vec<LogLine>> {
        serde_json::from_str(&format!("[{}]", self.written()))
    }

    pub fn count(&self) -> u64 {
        (self.to_seq + 1).saturating_sub(self.from_seq)
    }

    /// What `serde_json` writes of it.
    pub fn json(&self) -> String {
        self.within("{", &self.written(), "]}")
    }

    /// What `serde_json` writes of its fact.
    pub fn fact(&self) -> String {
        self.within(WRITTEN, &self.written(), END)
    }

    /// As a row.
    pub fn stored(&self) -> String {
        match &self.lines {
            Lines::Written(lines) => self.within(WRITTEN, lines, END),
            Lines::Told { batch, at } => self.within(&format!("{TOLD}{},", at.0), batch.text(), END),
        }
    }

    fn within(&self, before: &str, lines: &str, after: &str) -> String {
        let (from, to) = (self.from_seq.to_string(), self.to_seq.to_string());
        [before, FROM, &from, TO, &to, LINES, lines, after].concat()
    }

    fn written(&self) -> Cow<'_, str> {
        match &self.lines {
            Lines::Written(lines) => Cow::Borrowed(lines),
            Lines::Told { batch, at } => Cow::Owned(batch.numbered(self.from_seq, *at)),
        }
    }

    /// Reads what `stored` wrote, without looking into the lines.
    pub fn read(row: &str) -> Option<LogChunk> {
        let (at, rest) = match row.strip_prefix(TOLD) {
            Some(rest) => rest.split_once(',').map(|(at, rest)| (Some(at), rest))?,
            None => (None, row.strip_prefix(WRITTEN)?),
        };
        let (from_seq, rest) = rest.strip_prefix(FROM)?.split_once(TO)?;
        let (to_seq, rest) = rest.split_once(LINES)?;
        let lines = rest.strip_suffix(END)?.to_owned();
        let lines = match at {
            Some(at) => Lines::Told { batch: LogBatch::from_text(lines), at: Timestamp(at.parse().ok()?) },
            None => Lines::Written(lines),
        };
        Some(LogChunk { from_seq: from_seq.parse().ok()?, to_seq: to_seq.parse().ok()?, lines })
    }
}

/// How rows begin and end. The first is that of a fact as `serde_json` writes it.
const WRITTEN: &str = r#"{"type":"log.appended","data":{"#;
const TOLD: &str = r#"{"type":"log.told","data":{"at":"#;
const END: &str = "]}}";

const FROM: &str = r#""fromSeq":"#;
const TO: &str = r#","toSeq":"#;
const LINES: &str = r#","lines":["#;

impl PartialEq for LogChunk {
    fn eq(&self, other: &LogChunk) -> bool {
        self.json() == other.json()
    }
}

impl TryFrom<Spelled> for LogChunk {
    type Error = serde_json::Error;

    fn try_from(Spelled { from_seq, to_seq, lines }: Spelled) -> serde_json::Result<LogChunk> {
        LogChunk::of(from_seq, to_seq, &lines)
    }
}

impl From<LogChunk> for Spelled {
    fn from(chunk: LogChunk) -> Spelled {
        let LogChunk { from_seq, to_seq, .. } = chunk;
        Spelled { from_seq, to_seq, lines: chunk.lines().unwrap_or_default() }
    }
}
