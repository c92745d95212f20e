//! Owns how a batch of log lines is laid down: each line gets its place, the batch is cut into rows.
//! Invariant: the chunks of a batch, in order, are its lines, in order, numbered without a gap.

use crate::event::LogChunk;
use crate::limits;
use crate::log_batch::LogBatch;
use crate::time::Timestamp;

/// Chunks of about `limits::LOG_CHUNK` bytes; a longer line is a chunk of its own.
pub fn chunks(last_seq: u64, batch: &LogBatch, now: Timestamp) -> Vec<LogChunk> {
    let mut last = last_seq;
    let chunk = |piece: LogBatch| {
        let from = last + 1;
        last += piece.count() as u64;
        LogChunk::told(from, last, piece, now)
    };
    batch.pieces(limits::LOG_CHUNK).map(chunk).collect()
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
        assert_eq!(chunk.fact(), json!({ "type": "log.appended", "data": chunk }).to_string());
        let fact = Fact::Logs(chunk);
        let stored = concat!(
            r#"{"type":"log.told","data":{"at":0,"fromSeq":7,"toSeq":8,"lines":["#,
            "{\"level\":\"warn\",\"message\":\"a \\\"b\\\"\\n\\u0001é\"\t\t}\t,",
            "{\"level\":\"warn\",\"message\":\"a \\\"b\\\"\\n\\u0001é\"\t,\"timestamp\":1\t,\"source\":\"w\",\"metadata\":{\"timestamp\":1.5}}",
            "]}}"
        );
        assert_eq!(fact.stored().unwrap(), stored);
        assert_eq!(Fact::read(stored).unwrap(), fact);
    }

    #[test]
    fn lines_of_earlier_releases_are_read() {
        let batch = vec![LogEntry {
            level: LogLevel::Info,
            message: "a".to_owned(),
            timestamp: None,
            source: None,
            metadata: None,
        }];
        let fact = Fact::Logs(chunks(0, &batch.into(), Timestamp(0)).remove(0));
        let written = serde_json::to_string(&fact).unwrap();
        assert_eq!(Fact::read(&written).unwrap(), fact);
        assert_eq!(Fact::read(&written).unwrap().stored().unwrap(), written);
    }

    #[test]
    fn a_batch_is_cut_between_its_entries_wherever_the_limit_falls() {
        let entry = |length: usize| LogEntry {
            level: LogLevel::Info,
            message: "é{\"".chars().cycle().take(length).collect(),
            timestamp: length.is_multiple_of(2).then_some(Timestamp(5)),
            source: length.is_multiple_of(3).then(|| "w".to_owned()),
            metadata: None,
        };
        let entries: Vec<_> = [3, 0, 90, 2, 7, 1, 200, 4].map(entry).into();
        let batch = LogBatch::from(entries.clone());
        for bytes in 1..=batch.text().len() + 1 {
            let pieces: Vec<_> = batch.pieces(bytes).collect();
            assert!(pieces.iter().all(|piece| piece.count() == piece.entries().len()), "{bytes}");
            assert!(pieces.iter().all(|piece| piece.count() == 1 || piece.text().len() <= bytes), "{bytes}");
            assert_eq!(pieces.iter().flat_map(LogBatch::entries).collect::<Vec<_>>(), entries, "{bytes}");
        }
        assert_eq!(LogBatch::default().pieces(9).count(), 0);
    }
}
