//! Owns how a batch of log lines is laid down: each line gets its place, the batch is cut into rows.
//! Invariant: the chunks of a batch, in order, are its lines, in order, numbered without a gap.

use crate::event::LogChunk;
use crate::limits;
use crate::log_batch::{LogBatch, Parts};
use crate::time::Timestamp;

/// What a line's number and time take, bytes: about.
const ADDED: usize = 60;

/// Chunks of about `limits::LOG_CHUNK` bytes; a longer line is a chunk of its own.
pub fn chunks(last_seq: u64, batch: &LogBatch, now: Timestamp) -> Vec<LogChunk> {
    let arrival = now.iso();
    let (mut chunks, mut from, mut last) = (vec![], last_seq + 1, last_seq);
    let mut lines = String::new();
    for (seq, entry) in (last_seq + 1..).zip(batch.parts()) {
        let size = entry.head.len() + entry.rest.len() + ADDED;
        if !lines.is_empty() && lines.len() + size > limits::LOG_CHUNK {
            chunks.push(LogChunk::written(from, last, std::mem::take(&mut lines)));
            from = seq;
        }
        if lines.is_empty() {
            lines.reserve(size.max(limits::LOG_CHUNK.min(batch.text().len() * 2)));
        }
        write(seq, &entry, &arrival, &mut lines);
        last = seq;
    }
    if !lines.is_empty() {
        chunks.push(LogChunk::written(from, last, lines));
    }
    chunks
}

/// As `serde_json` writes a `LogLine`.
fn write(seq: u64, entry: &Parts<'_>, arrival: &str, out: &mut String) {
    let told = entry.time().map(Timestamp::iso);
    let time = told.as_deref().unwrap_or(arrival);
    out.push_str(if out.is_empty() { "{\"seq\":" } else { ",{\"seq\":" });
    number(seq, out);
    [",", entry.head, ",\"timestamp\":\"", time, "\"", entry.rest].into_iter().for_each(|part| out.push_str(part));
}

/// Without the text of its own that `to_string` would make for each line.
fn number(number: u64, out: &mut String) {
    if number >= 10 {
        self::number(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::LogEntry;
    use crate::event::{Fact, LogLevel, LogLine};
    use serde_json::json;

    #[test]
    fn lines_are_stored_as_their_words_say_them() {
        let (level, message) = (LogLevel::Warn, "a \"b\"\n\u{1}é".to_owned());
        let bare = LogEntry { level, message, timestamp: None, source: None, metadata: None };
        let (source, metadata) = (Some("w".to_owned()), Some(json!({ "timestamp": 1.5 })));
        let full = LogEntry { timestamp: Some(Timestamp(1)), source, metadata, ..bare.clone() };
        let batch = vec![bare.clone(), full.clone()].into();
        let chunk = chunks(6, &batch, Timestamp(0)).remove(0);
        let line = |seq, entry: LogEntry| LogLine {
            seq,
            level: entry.level,
            message: entry.message,
            timestamp: entry.timestamp.unwrap_or(Timestamp(0)).iso(),
            source: entry.source,
            metadata: entry.metadata,
        };
        let lines = [line(7, bare), line(8, full)];
        assert_eq!(chunk.json(), json!({ "fromSeq": 7, "toSeq": 8, "lines": lines }).to_string());
        let fact = Fact::Logs(chunk);
        assert_eq!(fact.stored().unwrap(), serde_json::to_string(&fact).unwrap());
        assert_eq!(Fact::read(&fact.stored().unwrap()).unwrap(), fact);
        assert_eq!(serde_json::from_str::<Fact>(&fact.stored().unwrap()).unwrap(), fact);
    }
}
