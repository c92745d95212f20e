//! Owns the parameters of routes: those of the path, of the query, and the headers that callers set.

use crate::job::JobState;
use crate::limits;
use crate::openapi::schemas::shape::{list, named as schema, note, text, text_up_to, whole, words};
use crate::openapi::schemas::words::log_levels;
use crate::view::queue;
use serde_json::{Map, Value, json};

/// A reference to one of `all`.
pub fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

pub fn all() -> Value {
    let mut all = Map::new();
    for (name, parameter) in paths().into_iter().chain(pages()).chain(filters()).chain(streams()).chain(headers()) {
        all.insert(name.to_owned(), parameter);
    }
    all.into()
}

type Named = Vec<(&'static str, Value)>;

fn paths() -> Named {
    let path = |name: &str, schema: Value, about: &str| json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema });
    vec![
        ("job", path("job", schema("JobId"), "The job's id; the asset view calls it an asset.")),
        ("project", path("project", schema("ProjectId"), "The project's id.")),
        ("key", path("key", schema("KeyId"), "The key's id, which is no secret.")),
        ("stage", path("stage", schema("StageName"), "The stage's name, percent-encoded.")),
        ("projectKey", path("projectKey", schema("ProjectKey"), "The project's publishable key.")),
        (
            "path",
            path("path", text(), "The job's `filePath`, percent-encoded. Its slashes may also stand as they are."),
        ),
    ]
}

fn query(name: &str, schema: Value, about: &str) -> Value {
    json!({ "name": name, "in": "query", "description": about, "schema": schema })
}

fn pages() -> Named {
    // Above its cap a limit is the cap: no `maximum`, which would make a good request a bad one.
    let limit = |cap: u64| {
        let schema = json!({ "type": "integer", "minimum": 1, "default": limits::PAGE_DEFAULT });
        query("limit", schema, &format!("Entries of the page. Above {cap} it is {cap}, and the answer says so."))
    };
    vec![
        ("JobLimit", limit(limits::PAGE_JOBS)),
        ("LogLimit", limit(limits::PAGE_LOG)),
        ("Offset", query("offset", json!({ "type": "integer", "minimum": 0, "default": 0 }), "Entries to pass over.")),
        ("Cursor", query("cursor", schema("JobId"), "The `nextCursor` of the page before.")),
        (
            "AfterEvent",
            query(
                "after",
                schema("EventId"),
                "Only what is newer than this event: the `nextAfter` of the page before.",
            ),
        ),
        ("AfterLine", query("after", whole(0), "Only lines after this `seq`: the `nextAfter` of the page before.")),
    ]
}

fn filters() -> Named {
    let canonical = JobState::ALL.map(JobState::word).into_iter().chain(["error", "processing", "queued"]);
    let queued = queue::WORDS.into_iter().chain(["processing"]);
    let mut levels = query("level", list(log_levels()), "Only lines of these levels, with commas between them.");
    levels["style"] = json!("form");
    levels["explode"] = json!(false);
    vec![
        ("Status", query("status", words(canonical), "Only jobs in this state; also in the words of the other views.")),
        (
            "QueueStatus",
            query("status", words(queued), "Only jobs in this state; `processing` is taken for `running`."),
        ),
        ("Name", query("name", text(), "Only jobs of exactly this name.")),
        ("FilePath", query("filePath", text(), "Only jobs of exactly this path.")),
        ("Level", levels),
        ("LogText", query("q", text(), "Only lines whose message contains this, in any case.")),
    ]
}

fn streams() -> Named {
    let narrowing = note(list(text()), "Names of events; `stage:*` stands for all stages.");
    let mut events = query("events", narrowing, "Send only these. The snapshot and the terminal event always come.");
    events["style"] = json!("form");
    events["explode"] = json!(false);
    events["example"] = json!(["job:progress", "stage:*"]);
    let cursor =
        "The id of the last event that you saw; every newer one comes once, in order. `0` asks for the whole log.";
    vec![
        ("Events", events),
        (
            "LastEventId",
            json!({ "name": "Last-Event-ID", "in": "header", "description": cursor, "schema": schema("Cursor") }),
        ),
        (
            "LastEventIdQuery",
            query("lastEventId", schema("Cursor"), "The same, where a header cannot be set. The header wins."),
        ),
    ]
}

fn headers() -> Named {
    let header = |name: &str, schema: Value, about: &str| json!({ "name": name, "in": "header", "description": about, "schema": schema });
    let hours = limits::IDEMPOTENCY_MS / 3_600_000;
    let mut key = text_up_to(limits::IDEMPOTENCY_KEY);
    key["pattern"] = json!("^[!-~]+$");
    vec![
        (
            "IdempotencyKey",
            header(
                "Idempotency-Key",
                key,
                &format!(
                    "A repeat within {hours} h adds nothing and gets the first answer; the same key with another request is refused."
                ),
            ),
        ),
        (
            "JobAttempt",
            header(
                "X-Job-Attempt",
                whole(1),
                "The attempt that you were given: a report that comes too late is refused.",
            ),
        ),
        (
            "ContentEncoding",
            header("Content-Encoding", words(["gzip", "x-gzip", "identity"]), "A batch of lines may be compressed."),
        ),
    ]
}
