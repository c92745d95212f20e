//! The schemas of names, times and closed sets of words; each set is read from the enum that owns it.

use super::shape::{note, pattern, text_up_to, whole, with_example, words};
use super::{Named, example_of};
use crate::access::Scope;
use crate::event::LogLevel;
use crate::job::{JobState, StageStatus};
use crate::openapi::examples::{START, job_id};
use crate::replay::ResetReason;
use crate::view::{pipeline, queue};
use serde::Serialize;
use serde_json::{Value, json};

pub fn all() -> Named {
    let mut all = ids();
    all.extend(sets());
    all
}

fn ids() -> Named {
    let ulid = |prefix: &str| pattern(&format!("^{prefix}_[0-9A-HJKMNP-TV-Z]{{26}}$"));
    let time =
        json!({ "type": "string", "format": "date-time", "pattern": r"^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$" });
    vec![
        ("JobId", with_example(note(ulid("job"), "`job_` and a ULID."), example_of(job_id()))),
        ("ProjectId", note(ulid("prj"), "`prj_` and a ULID.")),
        ("KeyId", note(ulid("key"), "`key_` and a ULID.")),
        ("RequestId", note(ulid("req"), "`req_` and a ULID: as the `X-Request-Id` of the answer.")),
        ("ProjectKey", note(pattern("^pk_[A-Za-z0-9_-]{22}$"), "Publishable: it only reads the public part.")),
        ("ApiKey", note(pattern("^jc_[A-Za-z0-9_-]{43}$"), "A secret, shown once.")),
        ("StageName", note(text_up_to(64), "No comma, asterisk or control character, and no outer space.")),
        (
            "EventId",
            with_example(
                note(whole(0), "An event's time in ms, made strictly increasing per log: its place."),
                json!(START.0),
            ),
        ),
        (
            "Cursor",
            with_example(
                note(pattern("^[0-9]{1,16}$"), "The id of an event, as a stream tells it."),
                json!(START.0.to_string()),
            ),
        ),
        ("Timestamp", with_example(note(time, "ISO 8601 in UTC, with milliseconds."), json!(START.iso()))),
    ]
}

fn sets() -> Named {
    let mut pipeline_words: Vec<&str> = JobState::ALL.map(pipeline::status).to_vec();
    pipeline_words.dedup();
    vec![
        ("JobStatus", note(words(JobState::ALL.map(JobState::word)), "A job's state.")),
        ("QueueStatus", note(words(queue::WORDS), "A job's state in the words of the queue view.")),
        ("PipelineStatus", note(words(pipeline_words), "A job's state in the words of the pipeline view.")),
        (
            "StageStatus",
            words_of([
                StageStatus::Pending,
                StageStatus::Running,
                StageStatus::Done,
                StageStatus::Skipped,
                StageStatus::Error,
            ]),
        ),
        ("LogLevel", log_levels()),
        ("Scope", words(Scope::ALL.map(Scope::word))),
        ("Priority", note(json!({ "type": "integer", "enum": [1, 2, 3] }), "1 high, 2 normal, 3 low.")),
        (
            "ResetReason",
            note(
                words_of([ResetReason::CursorTooOld, ResetReason::CursorAhead, ResetReason::CursorUnknown]),
                "Older than what is kept; newer than the log; or no id of this feed.",
            ),
        ),
    ]
}

pub fn log_levels() -> Value {
    words_of([LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error, LogLevel::Fatal])
}

/// As the enum itself is written.
fn words_of<const N: usize>(values: [impl Serialize; N]) -> Value {
    json!({ "type": "string", "enum": values.map(|value| json!(value)).to_vec() })
}
