//! The schemas of everything that is sent, answered and streamed, by name.

mod admin;
mod answers;
mod asset;
mod jobs;
mod log;
mod pipeline;
mod queue;
mod requests;
pub mod shape;
pub mod words;

use serde_json::{Map, Value, json};

/// Schemas with their names.
type Named = Vec<(&'static str, Value)>;

pub fn all() -> Value {
    let families = [jobs::all(), log::all(), requests::all(), answers::all(), admin::all(), words::all()];
    let mut all: Map<String, Value> =
        families.into_iter().flatten().map(|(name, schema)| (name.to_owned(), schema)).collect();
    all.extend(pipeline::all().into_iter().chain(queue::all()).chain(asset::all()));
    all.into()
}

/// One event of a stream, as a client reads it.
fn event(name: Value, data: &str) -> Value {
    shape::object().has("event", name).has("id", shape::named("Cursor")).has("data", shape::named(data)).closed()
}

/// One that leaves the cursor where it is.
fn event_without_id(name: &str, data: &str) -> Value {
    shape::object().has("event", shape::only(name)).has("data", shape::named(data)).closed()
}

fn reset() -> Value {
    event_without_id("reset", "Reset")
}

fn example_of(id: impl ToString) -> Value {
    json!(id.to_string())
}

/// `stage_failed` and `job:error` name the schemas `StageFailed` and `JobError`.
fn pascal(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split(['_', ':']).map(capital).collect()
}
