//! The schemas of a job's log as it is read in pages: events, checkpoints, lines.

use super::Named;
use super::pipeline::{lines, progress, stage};
use super::shape::{
    Object, any_object, anything, list, named, note, nullable, object, one_of, only, text, whole, with_example, words,
};
use crate::event::Fact;
use crate::openapi::examples;
use crate::response::page_entry;
use crate::view::Visibility;
use serde_json::Value;
use std::collections::HashSet;

pub fn all() -> Named {
    vec![
        ("LogLine", log_line()),
        ("LogPage", page("logs", named("LogLine"), nullable(whole(0))).growing()),
        ("Checkpoint", checkpoint()),
        ("CheckpointPage", page("checkpoints", named("Checkpoint"), next_event()).growing()),
        ("LoggedEvent", logged_event()),
        ("EventPage", event_page()),
        (
            "Reset",
            note(
                reset(),
                "The log cannot go on from your cursor: it begins as without one. What may have been missed is \
            read from `GET /api/v1/jobs` or `GET /queue/jobs`.",
            ),
        ),
    ]
}

fn page(of: &'static str, entry: Value, next: Value) -> Object {
    object()
        .has(of, note(list(entry), "Oldest first."))
        .has("limit", whole(1))
        .has("nextAfter", note(next, "The `after` of the next page; null at the end."))
}

fn next_event() -> Value {
    nullable(named("EventId"))
}

fn event_page() -> Value {
    page("events", named("LoggedEvent"), next_event())
        .may("reset", note(named("Reset"), "Where `after` is older than what is kept, or newer than the log."))
        .growing()
}

fn reset() -> Value {
    object()
        .has("reason", named("ResetReason"))
        .has("oldest", note(named("EventId"), "The oldest event that is kept."))
        .growing()
}

fn log_line() -> Value {
    object()
        .has("seq", note(whole(1), "Its place among the job's lines."))
        .has("level", named("LogLevel"))
        .has("message", text())
        .has("timestamp", named("Timestamp"))
        .may("source", text())
        .may("metadata", anything())
        .growing()
}

fn checkpoint() -> Value {
    entry().has("data", any_object()).growing()
}

fn entry() -> Object {
    object().has("id", named("EventId")).has("attempt", whole(1)).has("ts", named("Timestamp"))
}

/// One of every kind of fact, each in the form in which a page shows it.
fn logged_event() -> Value {
    let mut known = HashSet::new();
    let mut kinds = vec![];
    for event in examples::events() {
        let shown = page_entry(&event, Visibility::Full);
        let kind = shown["type"].as_str().unwrap_or_default().to_owned();
        if known.insert(kind.clone()) {
            kinds.push(with_example(entry().has("type", only(kind)).has("data", data(&event.fact)).growing(), shown));
        }
    }
    note(one_of(kinds), "An accepted fact.")
}

fn data(fact: &Fact) -> Value {
    match fact {
        Fact::Created(_) => created(),
        Fact::Queued { .. } => object().has("reason", words(["schedule", "back_off", "delivery_timeout"])).growing(),
        Fact::Delivered {} | Fact::Started {} | Fact::Keepalive {} => object().growing(),
        Fact::Progress(_) => progress(),
        Fact::StageStarted(_)
        | Fact::StageCompleted(_)
        | Fact::StageSkipped(_)
        | Fact::StageFailed(_)
        | Fact::StageReported(_) => stage(),
        Fact::Checkpoint(_) | Fact::Custom(_) => any_object(),
        Fact::Logs(_) => lines(),
        Fact::RetryScheduled { .. } => {
            trouble().has("nextAttempt", whole(1)).has("retryAt", named("Timestamp")).growing()
        }
        Fact::Completed { .. } => object().has("result", anything()).growing(),
        Fact::Failed { .. } => trouble().growing(),
        Fact::Cancelled { .. } => {
            object().has("reason", nullable(text())).has("by", words(["cancel", "kill"])).growing()
        }
        Fact::Retried { .. } => object().has("nextAttempt", whole(1)).growing(),
    }
}

fn trouble() -> Object {
    object().has("error", text()).has("errorCode", nullable(text()))
}

fn created() -> Value {
    object()
        .has("id", named("JobId"))
        .has("project", named("ProjectId"))
        .has("name", nullable(text()))
        .has("filePath", nullable(text()))
        .has("topic", nullable(text()))
        .has("priority", named("Priority"))
        .may("payload", note(anything(), "Only with `jobs:read`."))
        .has("meta", any_object())
        .has("stages", list(named("StageName")))
        .has("maxAttempts", whole(1))
        .has("timeoutSeconds", whole(1))
        .has("scheduledFor", nullable(named("Timestamp")))
        .growing()
}
