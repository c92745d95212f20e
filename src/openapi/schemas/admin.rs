//! The schemas of administration: projects and keys.

use super::Named;
use super::answers::{is_public, session_request};
use super::requests::scope_words;
use super::shape::{flag, list, named, note, nullable, object, only, text, text_up_to, whole_in, with_default};
use crate::limits;
use serde_json::Value;

pub fn all() -> Named {
    vec![
        ("SessionRequest", session_request()),
        (
            "NewProject",
            object()
                .has("name", text_up_to(limits::SHORT_TEXT))
                .may("publicRead", with_default(is_public(), false))
                .growing(),
        ),
        ("CreatedProject", created_project()),
        ("Project", project()),
        ("Projects", object().has("projects", list(named("Project"))).growing()),
        ("ProjectChange", project_change()),
        ("NewKey", new_key()),
        ("CreatedKey", created_key()),
        ("Key", key()),
        ("Keys", object().has("keys", list(named("Key"))).growing()),
        ("RotatedKey", object().has("projectKey", named("ProjectKey")).growing()),
    ]
}

fn created_project() -> Value {
    object()
        .has("id", named("ProjectId"))
        .has("name", text())
        .has("publicRead", is_public())
        .has("projectKey", named("ProjectKey"))
        .has("apiKey", note(named("ApiKey"), "Its first key, with every scope. It is shown once."))
        .growing()
}

fn project() -> Value {
    object()
        .has("id", named("ProjectId"))
        .has("name", text())
        .has("publicRead", is_public())
        .has("projectKey", named("ProjectKey"))
        .has("retentionHours", whole_in(limits::RETENTION_HOURS))
        .has("isDefault", note(flag(), "Whether the queue routes show it to nobody's name."))
        .has("createdAt", named("Timestamp"))
        .growing()
}

fn project_change() -> Value {
    object()
        .may("name", text_up_to(limits::SHORT_TEXT))
        .may("publicRead", is_public())
        .may("retentionHours", note(whole_in(limits::RETENTION_HOURS), "How long a finished job's log is kept."))
        .may("isDefault", note(only(true), "Only another project ends it."))
        .growing()
}

fn new_key() -> Value {
    object()
        .may("name", with_default(text_up_to(limits::SHORT_TEXT), "key"))
        .has("scopes", scope_words())
        .may(
            "expiresInSeconds",
            note(whole_in(1..=limits::KEY_LIFE_SECONDS), "Where it is left out, the key does not expire."),
        )
        .growing()
}

fn created_key() -> Value {
    object()
        .has("id", named("KeyId"))
        .has("name", text())
        .has("key", named("ApiKey"))
        .has("prefix", text())
        .has("scopes", list(named("Scope")))
        .has("expiresAt", nullable(named("Timestamp")))
        .growing()
}

fn key() -> Value {
    object()
        .has("id", named("KeyId"))
        .has("name", text())
        .has("prefix", note(text(), "How its secret begins."))
        .has("scopes", list(named("Scope")))
        .has("createdAt", named("Timestamp"))
        .has("expiresAt", nullable(named("Timestamp")))
        .has("revokedAt", nullable(named("Timestamp")))
        .has("lastUsedAt", nullable(named("Timestamp")))
        .growing()
}
