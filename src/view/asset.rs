//! The asset view: the closed enum of seed 003 and nothing else. Contract: “Asset view”.

use crate::notice::{News, Notice};
use serde_json::{Value, json};

/// Seed 003, “Event types”.
pub const NAMES: [&str; 16] = [
    "queued",
    "vision_started",
    "vision_completed",
    "vision_failed",
    "stage_started",
    "stage_completed",
    "stage_failed",
    "retry_scheduled",
    "r2_write_completed",
    "webhook_dispatched",
    "webhook_delivered",
    "webhook_failed",
    "webhook_dead_letter",
    "ready",
    "failed",
    "cancelled",
];

/// The event's name; `None` for what this view does not show.
pub fn name(notice: &Notice) -> Option<&'static str> {
    Some(match &notice.news {
        News::Created { .. } => "queued",
        News::Stage { stage, word, .. } => stage_name(stage, word)?,
        News::Retry { .. } => "retry_scheduled",
        News::Completed {} => "ready",
        News::Failed { .. } => "failed",
        News::Cancelled { .. } => "cancelled",
        News::Started {} | News::Progress { .. } | News::Deleted {} => return None,
    })
}

fn stage_name(stage: &str, word: &str) -> Option<&'static str> {
    Some(match (stage, word) {
        ("vision", "start") => "vision_started",
        ("vision", "complete") => "vision_completed",
        ("vision", "error") => "vision_failed",
        ("r2_write", "complete") => "r2_write_completed",
        ("webhook", "dispatched") => "webhook_dispatched",
        ("webhook", "delivered") => "webhook_delivered",
        ("webhook", "failed") => "webhook_failed",
        ("webhook", "dead_letter") => "webhook_dead_letter",
        (_, "start") => "stage_started",
        (_, "complete") => "stage_completed",
        (_, "error") => "stage_failed",
        _ => return None,
    })
}

/// The event's name and data; `None` for what this view does not show.
pub fn frame(notice: &Notice) -> Option<(&'static str, Value)> {
    let name = name(notice)?;
    let mut data = json!({
        "asset_id": notice.job,
        "ts": notice.event.time().iso(),
        "attempt": notice.attempt,
        "request_id": notice.request,
    });
    if let News::Stage { stage, .. } = &notice.news {
        data["stage"] = json!(stage);
    }
    match notice.latency_ms {
        Some(latency) => data["latency_ms"] = json!(latency),
        // A job that was stored before latencies were kept; the field is never missing (seed 003).
        None if name.ends_with("_completed") => data["latency_ms"] = json!(0),
        None => {}
    }
    if let Some((error, code)) = trouble(name, &notice.news) {
        data["error_code"] = json!(code.unwrap_or(default_code(name)));
        data["error_msg"] = json!(error.unwrap_or("No reason was given."));
    }
    Some((name, data))
}

/// What went wrong, and its code: always on what failed, and where an error was told of a retry or a dead letter.
fn trouble<'a>(name: &str, news: &'a News) -> Option<(Option<&'a str>, Option<&'a str>)> {
    match news {
        News::Stage { error, code, .. } => {
            let may_tell = name == "webhook_dead_letter" && error.is_some();
            (name.ends_with("_failed") || may_tell).then_some((error.as_deref(), code.as_deref()))
        }
        News::Retry { error, code, .. } => error.as_deref().map(|error| (Some(error), code.as_deref())),
        News::Failed { error, code } => Some((Some(error), code.as_deref())),
        News::Created { .. }
        | News::Started {}
        | News::Progress { .. }
        | News::Completed {}
        | News::Cancelled { .. }
        | News::Deleted {} => None,
    }
}

/// Where the producer gave no code: whoever branches on it finds one.
fn default_code(name: &str) -> &str {
    match name {
        "failed" | "retry_scheduled" => "job_failed",
        "webhook_dead_letter" => "webhook_failed",
        failed => failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_told_in_the_closed_enum_and_no_other_word() {
        let words =
            ["start", "complete", "error", "skipped", "dispatched", "delivered", "failed", "dead_letter", "results"];
        for stage in ["vision", "r2_write", "webhook", "encode"] {
            for word in words {
                assert!(stage_name(stage, word).is_none_or(|name| NAMES.contains(&name)), "{stage} {word}");
            }
        }
        assert_eq!(stage_name("encode", "failed"), None);
        assert_eq!(stage_name("webhook", "skipped"), None);
        assert_eq!(stage_name("r2_write", "start"), Some("stage_started"));
    }
}
