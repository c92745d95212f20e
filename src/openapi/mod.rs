//! Owns the OpenAPI document of the service: what is said of each route of `route::TABLE`, and the schemas of what is
//! sent and answered. Built on the host only: the Worker carries `openapi.json`, which a test holds against this.
//! Invariant: paths, methods, path parameters, security and refusals come from the table, from `Door` and from
//! `Code`; limits from `limits`; words from the enums that own them; examples from the code that answers.

mod answer;
mod examples;
mod operation;
mod operations;
mod parameters;
mod refusals;
mod schemas;
mod security;

use crate::route::{Row, TABLE};
use operations::operation;
use serde_json::{Map, Value, json};

/// The version of the API, which is in its paths; the crate's own goes up with every release.
const API_VERSION: &str = "1";

/// The document, in the order in which it reads best. It has no time and no host in it: the same for every build.
pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": info(),
        "servers": [{ "url": "/", "description": "The service that serves this document." }],
        "tags": operation::Tag::ALL.map(|tag| json!({ "name": tag.name(), "description": tag.about() })),
        "paths": paths(),
        "components": {
            "securitySchemes": security::schemes(),
            "parameters": parameters::all(),
            "headers": answer::headers(),
            "responses": refusals::responses(),
            "examples": refusals::examples(),
            "schemas": schemas::all(),
        },
    })
}

/// The file, as it is committed and served.
pub fn text() -> String {
    format!("{:#}\n", document())
}

fn info() -> Value {
    json!({
        "title": "Jobcast",
        "version": API_VERSION,
        "summary": env!("CARGO_PKG_DESCRIPTION"),
        "description": concat!(
            "Producers report on their jobs over HTTP; viewers read them as Server-Sent Events.\n\n",
            "All bodies are JSON unless said otherwise; all times are ISO 8601 in UTC with milliseconds. Unknown fields ",
            "are ignored, and in a request `null` is the same as leaving the field out. A field may be added to an answer ",
            "at any time, except where a schema says `additionalProperties: false`.\n\n",
            "**Streams.** The schema of a `text/event-stream` answer describes one event as a client reads it: its name, its ",
            "id, and its data parsed as JSON. A stream also sends `retry:`, blocks with an `id:` alone (which set the cursor ",
            "and dispatch nothing) and the comment `: ping` every 15 s. It is closed after 5 minutes at most, between two ",
            "events: come back with the last id that you saw as `Last-Event-ID` (or `?lastEventId=`), and get what you ",
            "missed, once, in order.\n\n",
            "**Refusals** have one form, `Problem`; its `code` is stable, and nothing was changed. A path that is nobody's ",
            "answers 404 `not_found`, a wrong method 405 `method_not_allowed` with `Allow`. `HEAD` is answered wherever `GET` ",
            "is. Every answer has an `X-Request-Id`.",
        ),
        "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
    })
}

fn paths() -> Value {
    let mut paths = Map::new();
    for row in &TABLE {
        let path = paths.entry(written(row.path)).or_insert_with(|| json!({}));
        path[row.method.to_lowercase()] = operation(row.action).describe(row);
    }
    paths.into()
}

/// OpenAPI has no word for “the rest of the path”: its slashes are percent-encoded, which the service takes too.
fn written(path: &str) -> String {
    path.replace("{*", "{")
}

/// The names in braces, in their order.
fn placeholders(row: &Row) -> Vec<&'static str> {
    row.path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*'))
        .collect()
}
