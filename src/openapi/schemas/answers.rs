//! The schemas of what single routes answer, and of refusals.

use super::Named;
use super::jobs::url;
use super::shape::{flag, list, named, note, nullable, object, only, pattern, text, whole, words};
use crate::openapi::examples::word_of;
use crate::problem::Code;
use serde_json::Value;

pub fn all() -> Named {
    vec![
        ("Reported", success().has("id", note(named("EventId"), "The event that it became.")).growing()),
        ("KeptAlive", success().has("deadline", nullable(named("Timestamp"))).growing()),
        ("LogsAppended", success().has("inserted", whole(1)).has("fromSeq", whole(1)).has("toSeq", whole(1)).growing()),
        ("Done", success().has("message", text()).growing()),
        ("Success", success().growing()),
        ("StreamToken", stream_token()),
        ("Session", session()),
        ("Health", object().has("status", only("ok")).growing()),
        ("Problem", problem()),
    ]
}

fn success() -> super::shape::Object {
    object().has("success", only(true))
}

fn stream_token() -> Value {
    object()
        .has("token", pattern("^jct_"))
        .has("expiresAt", named("Timestamp"))
        .has("url", note(url(), "The job's stream with the token: for a plain `EventSource`."))
        .growing()
}

fn session() -> Value {
    object()
        .has("projectId", named("ProjectId"))
        .has("scopes", list(named("Scope")))
        .has("expiresAt", note(nullable(named("Timestamp")), "Null for a key that does not expire."))
        .growing()
}

fn problem() -> Value {
    let details = object()
        .may("field", note(text(), "The field, parameter or header, by its path in the body: `logs[3].level`."))
        .may("status", note(named("JobStatus"), "The state that a conflict comes from."))
        .may("attempt", note(whole(1), "The current attempt."))
        .may("scope", note(named("Scope"), "The scope that is missing."))
        .may("allow", note(text(), "The methods of the path."))
        .may("limit", whole(0))
        .may("period", note(whole(0), "Seconds."));
    let fields = object()
        .has("error", note(text(), "What to do, for a person."))
        .has(
            "code",
            note(words(Code::ALL.map(word_of).iter().map(String::as_str)), "Stable: a program may branch on it."),
        )
        .has("requestId", named("RequestId"))
        .may("details", details.growing());
    note(fields.growing(), "A refusal. Nothing was changed.")
}

pub fn session_request() -> Value {
    object().has("apiKey", note(text(), "The key that the session stands for.")).growing()
}

pub fn is_public() -> Value {
    note(flag(), "Whether anybody may read the public part of its jobs.")
}
