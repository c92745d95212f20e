//! Owns log lines as they are stored and sent: chunks whose lines are JSON already, and are read only by who looks into them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Lines that were appended together; a large batch is several chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Spelled", into = "Spelled")]
pub struct LogChunk {
    pub from_seq: u64,
    pub to_seq: u64,
    /// `LogLine`s as JSON, with commas between them.
    lines: String,
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
    /// `lines` is JSON, with commas between them.
    pub fn written(from_seq: u64, to_seq: u64, lines: String) -> LogChunk {
        LogChunk { from_seq, to_seq, lines }
    }

    pub fn of(from_seq: u64, to_seq: u64, lines: &[LogLine]) -> serde_json::Result<LogChunk> {
        let list = serde_json::to_string(lines)?;
        let lines = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or_default();
        Ok(LogChunk { from_seq, to_seq, lines: lines.to_owned() })
    }

    pub fn lines(&self) -> serde_json::Result<Vec<LogLine>> {
        serde_json::from_str(&format!("[{}]", self.lines))
    }

    pub fn count(&self) -> u64 {
        (self.to_seq + 1).saturating_sub(self.from_seq)
    }

    /// What `serde_json` writes of it.
    pub fn json(&self) -> String {
        self.json_within(("", ""))
    }

    /// Likewise, between what stands around it.
    pub fn json_within(&self, (before, after): (&str, &str)) -> String {
        let (from, to) = (self.from_seq.to_string(), self.to_seq.to_string());
        [before, FROM, &from, TO, &to, LINES, &self.lines, END, after].concat()
    }

    /// Reads what `json` wrote, without looking into the lines.
    pub fn read(json: &str) -> Option<LogChunk> {
        let (from_seq, rest) = json.strip_prefix(FROM)?.split_once(TO)?;
        let (to_seq, rest) = rest.split_once(LINES)?;
        let lines = rest.strip_suffix(END)?.to_owned();
        Some(LogChunk { from_seq: from_seq.parse().ok()?, to_seq: to_seq.parse().ok()?, lines })
    }
}

const FROM: &str = r#"{"fromSeq":"#;
const TO: &str = r#","toSeq":"#;
const LINES: &str = r#","lines":["#;
const END: &str = "]}";

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
