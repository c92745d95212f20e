//! The schemas of what callers send. Their caps are those of `limits`.

use super::Named;
use super::shape::{
    any_object, anything, flag, list, map, named, note, number, object, one_of, percent, text, text_up_to, whole_in,
    with_default, words,
};
use crate::access::Scope;
use crate::limits;
use serde_json::{Value, json};

pub fn all() -> Named {
    vec![
        ("NewJob", new_job()),
        ("NewJobs", at_most(limits::BULK_CREATE, named("NewJob"))),
        ("PollRequest", poll()),
        ("ProgressReport", progress()),
        ("StageReport", stage()),
        ("Completion", object().may("result", note(anything(), "Whatever came of it.")).growing()),
        ("Failure", failure()),
        ("Kill", object().may("reason", text()).growing()),
        ("LogEntry", log_entry()),
        ("LogEntries", at_most(limits::LOG_ENTRIES, named("LogEntry"))),
        ("LogBatch", one_of(vec![named("LogEntries"), object().has("logs", named("LogEntries")).growing()])),
        ("TokenRequest", token()),
        ("ScopeWord", scope_word()),
    ]
}

fn at_most(entries: usize, items: Value) -> Value {
    json!({ "type": "array", "minItems": 1, "maxItems": entries, "items": items })
}

fn new_job() -> Value {
    let stages =
        json!({ "type": "array", "maxItems": limits::STAGES, "uniqueItems": true, "items": named("StageName") });
    let fields = object()
        .may("name", note(text_up_to(limits::SHORT_TEXT), "What kind of work it is: producers poll by it."))
        .may("filePath", text_up_to(limits::PATH_TEXT))
        .may("topic", text_up_to(limits::TOPIC_TEXT))
        .may("priority", with_default(named("Priority"), 2))
        .may(
            "payload",
            note(anything(), "What the producer is to work on. Only `jobs:read` sees it, and no stream carries it."),
        )
        .may("meta", note(any_object(), "Shown to whoever watches the job, on the top level of the snapshot."))
        .may("stages", note(stages, "The steps that are to come, in their order."))
        .may("maxAttempts", with_default(whole_in(limits::MAX_ATTEMPTS), limits::MAX_ATTEMPTS_DEFAULT))
        .may(
            "timeoutSeconds",
            with_default(
                note(
                    whole_in(limits::TIMEOUT_SECONDS),
                    "Without a report for so long, a delivery or an attempt is over.",
                ),
                limits::TIMEOUT_SECONDS_DEFAULT,
            ),
        )
        .may("scheduledFor", note(json!({ "type": "string", "format": "date-time" }), "Not to be taken before."));
    note(fields.growing(), "A job to create. Every field may be left out.")
}

fn poll() -> Value {
    let names =
        json!({ "type": "array", "maxItems": limits::POLL_NAMES, "items": { "type": "string", "minLength": 1 } });
    object()
        .may("count", with_default(whole_in(1..=limits::POLL_COUNT), 1))
        .may("names", note(names, "Only jobs of these names; of any name where it is left out."))
        .may(
            "waitSeconds",
            with_default(
                note(
                    whole_in(0..=limits::POLL_WAIT_SECONDS),
                    "The answer comes when a job arrives, at the latest after so long.",
                ),
                0,
            ),
        )
        .growing()
}

fn progress() -> Value {
    let part = object().has("percent", percent()).may("message", text_up_to(limits::JSON_BODY)).open();
    object()
        .has("percent", percent())
        .may("message", note(text_up_to(limits::JSON_BODY), "Without one, the last one stands."))
        .may("subProgress", note(map(part), "Parts of the work, by name."))
        .growing()
}

fn stage() -> Value {
    let fields = object()
        .has("type", note(text_up_to(64), "`start`, `complete`, `skipped`, `error`, or a word of your own."))
        .may("detail", note(text(), "Of `start` and `complete`: shown with the stage."))
        .may("durationSec", note(number(), "Of `complete`: measured from the stage's start where it is missing."))
        .may("reason", note(text(), "Of `skipped`."))
        .may("error", note(text(), "Of `error`."))
        .may("code", note(text(), "Of `error`."));
    note(fields.open(), "Any other field is passed on as it is.")
}

fn failure() -> Value {
    object()
        .may("error", note(text_up_to(limits::JSON_BODY), "What went wrong, for a person."))
        .may("code", note(text_up_to(limits::SHORT_TEXT), "The same for a program."))
        .may("retry", note(with_default(flag(), true), "Whether another attempt follows while one is left."))
        .growing()
}

fn log_entry() -> Value {
    let level = words(["trace", "debug", "info", "warn", "warning", "error", "fatal"]);
    let entry = object()
        .has("message", text())
        .may("level", with_default(level, "info"))
        .may(
            "timestamp",
            note(json!({ "type": "string", "format": "date-time" }), "When it happened; else when it arrived."),
        )
        .may("source", text_up_to(limits::SHORT_TEXT))
        .may("metadata", anything());
    note(
        one_of(vec![text(), entry.growing()]),
        "A line, or a line with its level and the like. A message has at most 16 KiB.",
    )
}

fn token() -> Value {
    let readable = words([Scope::ReadProgress.word(), Scope::Read.word()]);
    object()
        .may("ttlSeconds", with_default(whole_in(limits::TOKEN_TTL_SECONDS), limits::TOKEN_TTL_DEFAULT))
        .may(
            "scopes",
            note(
                json!({ "type": "array", "minItems": 1, "items": readable, "default": [Scope::ReadProgress.word()] }),
                "A key cannot give what it lacks.",
            ),
        )
        .growing()
}

/// What may be asked for: the scopes, and the shorthands of several.
fn scope_word() -> Value {
    let known = Scope::ALL.map(Scope::word).into_iter().chain(["jobs:worker", "jobs:write"]);
    note(
        words(known),
        "`jobs:worker` and `jobs:write` stand for several: what runs jobs, and what creates and steers them.",
    )
}

/// Several scopes, at least one.
pub fn scope_words() -> Value {
    let mut scopes = list(named("ScopeWord"));
    scopes["minItems"] = json!(1);
    scopes
}
