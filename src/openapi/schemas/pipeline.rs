//! The schemas of the pipeline view: each event's data, and the events.

use super::shape::{
    Object, any_object, anything, list, named, note, nullable, object, one_of, only, pattern, percent, text, whole,
    with_example,
};
use super::{event, pascal, reset};
use crate::openapi::examples;
use crate::view::pipeline::NAMES;
use serde_json::Value;

pub fn all() -> Vec<(String, Value)> {
    let frames = examples::pipeline_frames();
    let mut all = vec![];
    let mut events = vec![reset()];
    for name in NAMES {
        let schema = format!("Pipeline{}", pascal(name));
        events.push(event(only(name), &schema));
        all.push((schema, with_example(data(name), examples::of(&frames, name))));
    }
    events.push(event(pattern("^stage:.{1,64}$"), "PipelineStage"));
    all.push(("PipelineStage".to_owned(), with_example(stage(), examples::of(&frames, "stage:fetch"))));
    all.push(("PipelineEvent".to_owned(), note(one_of(events), "One event of a job's stream.")));
    all
}

fn data(name: &str) -> Value {
    match name {
        "job:snapshot" => snapshot(),
        "job:started" => object().has("attempt", whole(1)).has("startedAt", named("Timestamp")).growing(),
        "job:progress" => progress(),
        "job:retry" => retry(),
        "job:checkpoint" => note(of_producer().growing(), "A checkpoint. Needs `jobs:read`."),
        "job:event" => note(of_producer().growing(), "A producer's own event. Needs `jobs:read`."),
        "job:log" => lines(),
        "job:completed" => object().may("result", anything()).growing(),
        "job:failed" => failed(),
        // A new name does not pass the tests until it is told here.
        _ => Value::Bool(false),
    }
}

fn snapshot() -> Value {
    let time = || nullable(named("Timestamp"));
    let state = object()
        .has("id", named("JobId"))
        .has("topic", nullable(text()))
        .has("status", named("PipelineStatus"))
        .has("stages", named("Stages"))
        .has("name", nullable(text()))
        .has("filePath", nullable(text()))
        .has("progress", percent())
        .has("message", nullable(text()))
        .has("subProgress", nullable(named("SubProgress")))
        .has("attempt", whole(1))
        .has("maxAttempts", whole(1))
        .has("createdAt", named("Timestamp"))
        .has("scheduledFor", time())
        .has("startedAt", time())
        .has("completedAt", time())
        .has("error", nullable(text()))
        .has("errorCode", nullable(text()))
        .has("result", anything());
    note(
        gathered(state).open(),
        "The state now; its id is the place from which the stream goes on. It also has the fields of the job's `meta`, where no \
         word of ours stands.",
    )
}

/// What the stages' reports brought, by their words.
fn gathered(state: Object) -> Object {
    [
        ("researchData", "What the word `results` brought."),
        ("score", "What the word `score` brought."),
        ("costEstimate", "What the word `cost_estimate` brought."),
        ("musicTrack", "What the words `music`, `music_resolved` and `music_generated` brought, together."),
        ("criticReview", "What the word `review` brought."),
    ]
    .into_iter()
    .fold(state, |state, (name, about)| state.may(name, note(anything(), about)))
}

/// As it was reported.
pub fn progress() -> Value {
    object().has("percent", percent()).may("message", text()).may("subProgress", named("SubProgress")).growing()
}

/// As it was reported, with the fields that the reporter added.
pub fn stage() -> Value {
    let report = object()
        .has("stage", named("StageName"))
        .has("type", note(text(), "`start`, `complete`, `skipped`, `error`, or a word of the producer's."))
        .may("durationSec", note(anything(), "Of `complete`: a number of seconds, as told or as measured."));
    note(
        report.open(),
        "A stage's report, with whatever fields its producer sent besides (`detail`, `reason`, `error`, …).",
    )
}

fn retry() -> Value {
    let retry = object()
        .has("attempt", note(whole(1), "The attempt that comes."))
        .has("retryAt", named("Timestamp"))
        .may("error", text())
        .may("code", nullable(text()))
        .may("manual", note(only(true), "A person asked for it: then there is neither error nor code."));
    retry.growing()
}

fn of_producer() -> Object {
    object().has("attempt", whole(1)).has("ts", named("Timestamp")).has("data", any_object())
}

pub fn lines() -> Value {
    let chunk = object().has("fromSeq", whole(1)).has("toSeq", whole(1)).has("lines", list(named("LogLine")));
    note(chunk.growing(), "Lines that were appended together. Needs `jobs:read`.")
}

fn failed() -> Value {
    let end = object()
        .has("error", text())
        .may("code", text())
        .may("cancelled", note(only(true), "The job was cancelled or killed."))
        .may("reason", note(text(), "Why it was killed."));
    end.growing()
}
