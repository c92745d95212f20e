//! The schemas of the queue view: seed 000's events and those that the contract adds, each with exactly its fields.

use super::shape::{named, note, nullable, object, one_of, only, pattern, percent, text, whole, with_example};
use super::{event, event_without_id, pascal, reset};
use crate::openapi::examples::{self, START};
use serde_json::{Value, json};

/// The events that are about a job.
const NAMES: [&str; 8] = [
    "job:created",
    "job:started",
    "job:progress",
    "job:retry",
    "job:completed",
    "job:error",
    "job:cancelled",
    "job:deleted",
];

pub fn all() -> Vec<(String, Value)> {
    let frames = examples::queue_frames();
    let connected = object().has("clientId", pattern("^client_")).closed();
    let heartbeat = object().has("timestamp", named("Timestamp")).closed();
    let mut all = vec![
        ("QueueConnected".to_owned(), with_example(connected, json!({ "clientId": "client_8f2c1a" }))),
        ("QueueHeartbeat".to_owned(), with_example(heartbeat, json!({ "timestamp": START.iso() }))),
    ];
    let mut events =
        vec![reset(), event(only("connected"), "QueueConnected"), event_without_id("heartbeat", "QueueHeartbeat")];
    for name in NAMES {
        let schema = format!("Queue{}", pascal(name));
        events.push(event(only(name), &schema));
        all.push((schema, with_example(data(name), examples::of(&frames, name))));
    }
    all.push(("QueueEvent".to_owned(), note(one_of(events), "One event of a project's queue.")));
    all
}

fn data(name: &str) -> Value {
    let job = object().has("jobId", named("JobId"));
    if name == "job:progress" {
        return job.has("progress", percent()).closed();
    }
    let job = job.has("filePath", nullable(text()));
    let is = |status: &str| job.clone().has("status", only(status));
    match name {
        "job:created" => is("pending").has("priority", named("Priority")).closed(),
        "job:started" => is("running").closed(),
        "job:retry" => is("pending")
            .has("attempt", note(whole(1), "The attempt that comes."))
            .has("retryAt", named("Timestamp"))
            .has("error", note(nullable(text()), "Null where a person asked for it."))
            .closed(),
        "job:completed" => is("completed").closed(),
        "job:error" => is("error").has("error", text()).closed(),
        "job:cancelled" => is("cancelled").closed(),
        "job:deleted" => job.closed(),
        // A new name does not pass the tests until it is told here.
        _ => Value::Bool(false),
    }
}
