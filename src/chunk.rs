//! Owns how a batch of log lines is laid down: each line gets its place, the batch is cut into rows.
//! Invariant: the chunks of a batch, in order, are its lines, in order, numbered without a gap.

use crate::command::LogEntry;
use crate::event::{LogChunk, LogLine};
use crate::limits;
use crate::time::Timestamp;

/// Chunks of about `limits::LOG_CHUNK` bytes; a longer line is a chunk of its own.
pub fn chunks(last_seq: u64, entries: &[LogEntry], now: Timestamp) -> Vec<LogChunk> {
    let mut chunks: Vec<LogChunk> = vec![];
    let mut room = 0;
    for (seq, entry) in (last_seq + 1..).zip(entries) {
        let line = line(seq, entry, now);
        let cost = line.cost();
        match chunks.last_mut().filter(|_| cost <= room) {
            Some(chunk) => {
                chunk.to_seq = seq;
                chunk.lines.push(line);
                room -= cost;
            }
            None => {
                chunks.push(LogChunk { from_seq: seq, to_seq: seq, lines: vec![line] });
                room = limits::LOG_CHUNK.saturating_sub(cost);
            }
        }
    }
    chunks
}

fn line(seq: u64, entry: &LogEntry, now: Timestamp) -> LogLine {
    LogLine {
        seq,
        level: entry.level,
        message: entry.message.clone(),
        timestamp: entry.timestamp.unwrap_or(now).iso(),
        source: entry.source.clone(),
        metadata: entry.metadata.clone(),
    }
}
