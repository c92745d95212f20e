//! Owns the reading of log batches: a JSON array, an object with `logs`, or NDJSON, each plain or gzip (seed 004).
//! Invariant: a batch is read whole or refused whole, and unpacking never takes more memory than the cap.

use crate::batch;
use crate::command::LogEntry;
use crate::event::LogLevel;
use crate::fields::{Fields, parse_json};
use crate::limits;
use crate::log_batch::LogBatch;
use crate::problem::Problem;
use crate::quick;
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;
use std::io::Read;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFormat {
    Json,
    NdJson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Plain,
    Gzip,
}

/// Reads a batch as it came over the wire (the wire cap is the caller's: it stops reading there).
pub fn parse_batch(bytes: &[u8], format: BatchFormat, encoding: Encoding) -> Result<LogBatch, Problem> {
    let unpacked;
    let text = match encoding {
        Encoding::Plain => bytes,
        Encoding::Gzip => {
            unpacked = gunzip(bytes)?;
            &unpacked
        }
    };
    let quick = match format {
        BatchFormat::Json => quick::list(text),
        BatchFormat::NdJson => quick::lines(text),
    };
    quick.map_or_else(|| Ok(read_with_care(text, format)?.into()), Ok)
}

/// Reads any batch, or says what is wrong with it.
pub fn read_with_care(text: &[u8], format: BatchFormat) -> Result<Vec<LogEntry>, Problem> {
    let entries = match format {
        BatchFormat::Json => batch::entries(text)?,
        BatchFormat::NdJson => ndjson_entries(text).take(limits::LOG_ENTRIES + 1).collect(),
    };
    match entries.len() {
        0 => Err(Problem::field("logs", "logs must have at least one entry.")),
        count if count > limits::LOG_ENTRIES => Err(Problem::too_large(
            "logs",
            format!("A batch has at most {} entries: send several.", limits::LOG_ENTRIES),
        )),
        _ => entries.iter().enumerate().map(|(index, text)| entry(index, text)).collect(),
    }
}

/// By how much lines shrink, about: most batches find their room at once.
const USUAL_RATIO: usize = 12;

/// Stops one byte above the cap, so that a gzip bomb costs no memory.
fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut unpacked = Vec::with_capacity((bytes.len() * USUAL_RATIO).min(limits::LOG_BATCH_UNPACKED));
    let mut reader = MultiGzDecoder::new(bytes).take(limits::LOG_BATCH_UNPACKED as u64 + 1);
    reader
        .read_to_end(&mut unpacked)
        .map_err(|_| Problem::field("body", "The body is not valid gzip, though Content-Encoding says so."))?;
    if unpacked.len() > limits::LOG_BATCH_UNPACKED {
        let message = format!("A batch unpacks to at most {} bytes: send several.", limits::LOG_BATCH_UNPACKED);
        return Err(Problem::too_large("body", message));
    }
    Ok(unpacked)
}

/// One entry a line; empty lines are passed over, as files end with one.
pub fn ndjson_entries(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty())
}

fn entry(index: usize, text: &[u8]) -> Result<LogEntry, Problem> {
    let at = format!("logs[{index}]");
    if text.len() > limits::LOG_ENTRY {
        return Err(Problem::too_large(&at, format!("{at} is longer than {} bytes.", limits::LOG_ENTRY)));
    }
    let value = parse_json(text).map_err(|problem| problem.with("field", at.as_str()))?;
    match &value {
        Value::String(message) => {
            let message = checked(message, &at)?;
            Ok(LogEntry { level: LogLevel::Info, message, timestamp: None, source: None, metadata: None })
        }
        Value::Object(_) => object_entry(&Fields::of(&value, &format!("{at}."))?),
        _ => Err(Problem::field(&at, format!("{at} must be a string or an object with a message."))),
    }
}

fn object_entry(fields: &Fields<'_>) -> Result<LogEntry, Problem> {
    let path = fields.path("message");
    let message = fields.get("message").and_then(Value::as_str);
    let message = message.ok_or_else(|| Problem::field(&path, format!("{path} must be a string.")))?;
    Ok(LogEntry {
        level: level(fields)?,
        message: checked(message, &path)?,
        timestamp: fields.time("timestamp")?,
        source: fields.text("source", limits::SHORT_TEXT)?,
        metadata: metadata(fields)?,
    })
}

/// Lines may be empty: programs print empty lines.
fn checked(message: &str, path: &str) -> Result<String, Problem> {
    if message.len() > limits::LOG_LINE {
        return Err(Problem::too_large(path, format!("{path} is longer than {} bytes.", limits::LOG_LINE)));
    }
    Ok(message.to_owned())
}

fn level(fields: &Fields<'_>) -> Result<LogLevel, Problem> {
    let Some(value) = fields.get("level") else { return Ok(LogLevel::Info) };
    let path = fields.path("level");
    let refuse = || Problem::field(&path, format!("{path} must be trace, debug, info, warn, error or fatal."));
    value.as_str().and_then(parse_level).ok_or_else(refuse)
}

/// `warning` is what Python's logging says.
pub fn parse_level(word: &str) -> Option<LogLevel> {
    let level = |word: &str| {
        Some(match word {
            "trace" => LogLevel::Trace,
            "debug" => LogLevel::Debug,
            "info" => LogLevel::Info,
            "warn" | "warning" => LogLevel::Warn,
            "error" => LogLevel::Error,
            "fatal" => LogLevel::Fatal,
            _ => return None,
        })
    };
    level(word).or_else(|| level(&word.to_ascii_lowercase()))
}

fn metadata(fields: &Fields<'_>) -> Result<Option<Value>, Problem> {
    let metadata = fields.get("metadata").cloned();
    match &metadata {
        Some(value) if value.to_string().len() > limits::LOG_LINE => {
            let path = fields.path("metadata");
            Err(Problem::too_large(&path, format!("{path} is longer than {} bytes.", limits::LOG_LINE)))
        }
        _ => Ok(metadata),
    }
}
