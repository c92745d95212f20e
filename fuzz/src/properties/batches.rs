//! Batches of log lines, in both forms, plain and packed.

use super::refused;
use flate2::Compression;
use flate2::write::GzEncoder;
use jobcast::chunk::chunks;
use jobcast::limits;
use jobcast::log_batch::LogBatch;
use jobcast::logs::{BatchFormat, Encoding, parse_batch, read_with_care};
use jobcast::problem::Problem;
use jobcast::time::Timestamp;
use serde_json::Value;
use std::io::Write;

type Read = Result<LogBatch, Problem>;

/// The first byte chooses the form. Packed it is the same batch, and both forms agree on what its entries are.
pub fn plain(input: &[u8]) {
    let Some((form, text)) = input.split_first() else { return };
    let format = if form % 2 == 0 { BatchFormat::Json } else { BatchFormat::NdJson };
    let read = parse_batch(text, format, Encoding::Plain);
    assert_eq!(parse_batch(&packed(text), format, Encoding::Gzip), read);
    well_formed(&read);
    // However it was read, it is what the careful reading alone makes of it.
    assert_eq!(read_with_care(text, format), read.clone().map(|batch| batch.entries()));
    if let (BatchFormat::NdJson, Ok(entries)) = (format, &read) {
        assert_eq!(parse_batch(&as_list(text), BatchFormat::Json, Encoding::Plain).as_ref(), Ok(entries));
    }
    if let (BatchFormat::Json, Ok(entries)) = (format, &read) {
        assert!(std::str::from_utf8(text).is_ok());
        // Another reader refuses what we pass over unread: depth, and numbers that no double holds.
        if let Ok(body) = serde_json::from_slice::<Value>(text) {
            assert_eq!(body.as_array().or_else(|| body["logs"].as_array()).map(Vec::len), Some(entries.parts().count()));
        }
    }
}

/// Bytes that say they are gzip.
pub fn gzip(input: &[u8]) {
    for format in [BatchFormat::Json, BatchFormat::NdJson] {
        well_formed(&parse_batch(input, format, Encoding::Gzip));
    }
}

fn well_formed(read: &Read) {
    let batch = match read {
        Ok(batch) => batch,
        Err(problem) => return refused(problem),
    };
    let entries = batch.entries();
    assert!((1..=limits::LOG_ENTRIES).contains(&entries.len()));
    assert!(entries.iter().all(|entry| entry.message.len() <= limits::LOG_LINE));
    let chunks = chunks(7, batch, Timestamp(1));
    let lines: Vec<_> = chunks.iter().flat_map(|chunk| chunk.lines().expect("lines are JSON")).collect();
    let told: Vec<_> = lines.iter().map(|line| (line.seq, &line.message)).collect();
    let sent: Vec<_> = (8..).zip(entries.iter().map(|entry| &entry.message)).collect();
    assert_eq!(told, sent);
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    encoder.write_all(text).expect("packed");
    encoder.finish().expect("packed")
}

/// The same entries as a JSON list.
fn as_list(lines: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = lines.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    [b"[", lines.join(&b","[..]).as_slice(), b"]"].concat()
}
