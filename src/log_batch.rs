//! Owns the form in which a batch of log lines goes from the edge to its job's object and is stored there: JSON that only waits for each
//! line's number, and for its time where its producer told none. It is written once, at the edge; the object cuts it into rows,
//! and numbers are written when somebody reads them (`lines`).
//! Invariant: it is a list of `LogEntry` to any reader of JSON, such as an object of an older release; and each entry is three
//! texts with a tab between them, `{"level":…,"message":…`, its time or nothing, and the rest with its `}`. JSON has no tabs
//! inside, nor line ends, which stand between rows where they are read (`joined`).

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
    head: &'a str,
    /// `,"timestamp":` and milliseconds, or nothing.
    time: &'a str,
    /// `,"source":…,"metadata":…}`
    rest: &'a str,
}

impl Parts<'_> {
    fn time(&self) -> Option<Timestamp> {
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
        out.push_str(if out.is_empty() { "{\"level\":\"" } else { "\t,{\"level\":\"" });
        out.push_str(line.level.word());
        out.push_str("\",\"message\":");
        string(&line.message, out);
        out.push('\t');
        if let Some(Timestamp(time)) = line.timestamp {
            out.push_str(",\"timestamp\":");
            out.push_str(&time.to_string());
        }
        out.push('\t');
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
        let mut texts = self.0.split('\t');
        std::iter::from_fn(move || {
            let head = texts.next()?.trim_start_matches([',', '{']);
            Some(Parts { head, time: texts.next()?, rest: texts.next()? })
        })
    }

    /// The batch in pieces of about so many bytes; a longer line is a piece of its own.
    pub fn pieces(&self, bytes: usize) -> impl Iterator<Item = LogBatch> {
        let mut rest = Some(self.text()).filter(|text| !text.is_empty());
        std::iter::from_fn(move || {
            let text = rest?;
            // Where the next entry begins, if not all that is left is one piece.
            let last = || text.get(..text.floor_char_boundary(bytes))?.rfind(NEXT).or_else(|| text.find(NEXT));
            let end = if text.len() > bytes { last() } else { None };
            let (piece, more) = text.split_at(end.unwrap_or(text.len()));
            rest = more.get(NEXT.len() - 1..);
            Some(LogBatch(piece.to_owned()))
        })
    }

    /// How many entries there are: three texts each.
    pub fn count(&self) -> usize {
        (self.0.bytes().filter(|byte| *byte == b'\t').count() + 1) / 3
    }

    /// As `serde_json` writes a list of `LogLine`s, without its brackets.
    pub fn numbered(&self, from: u64, arrival: Timestamp) -> String {
        let arrival = arrival.iso();
        let mut out = String::with_capacity(self.0.len() * 2);
        for (seq, entry) in (from..).zip(self.parts()) {
            let told = entry.time().map(Timestamp::iso);
            let time = told.as_deref().unwrap_or(&arrival);
            out.push_str(if out.is_empty() { "{\"seq\":" } else { ",{\"seq\":" });
            number(seq, &mut out);
            let parts = [",", entry.head, ",\"timestamp\":\"", time, "\"", entry.rest];
            parts.into_iter().for_each(|part| out.push_str(part));
        }
        out
    }

    /// What was said, read back.
    pub fn entries(&self) -> Vec<LogEntry> {
        serde_json::from_str(&format!("[{}]", self.0)).unwrap_or_default()
    }
}

/// Between an entry and the next; of three texts, only the first begins like this.
const NEXT: &str = "\t,{";

/// Without the text of its own that `to_string` would make for each line.
fn number(number: u64, out: &mut String) {
    if number >= 10 {
        self::number(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
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
