//! The schemas of the asset view: the closed enum of seed 003, each event with exactly its fields.

use super::shape::{Object, named, note, nullable, object, one_of, only, text, whole, with_example};
use super::{event, pascal, reset};
use crate::openapi::examples;
use crate::view::asset::NAMES;
use serde_json::Value;

pub fn all() -> Vec<(String, Value)> {
    let frames = examples::asset_frames();
    let mut all = vec![];
    let mut events = vec![reset()];
    for name in NAMES {
        let schema = format!("Asset{}", pascal(name));
        events.push(event(only(name), &schema));
        all.push((schema, with_example(data(name).closed(), examples::of(&frames, name))));
    }
    all.push((
        "AssetEvent".to_owned(),
        note(one_of(events), "One event of an asset's stream, or of a project's activity."),
    ));
    all
}

fn data(name: &str) -> Object {
    with_trouble(name, with_latency(name, with_stage(name, everywhere())))
}

fn everywhere() -> Object {
    object()
        .has("asset_id", named("JobId"))
        .has("ts", named("Timestamp"))
        .has("attempt", whole(1))
        .has("request_id", note(nullable(named("RequestId")), "The `X-Request-Id` of the request that caused it."))
}

fn with_stage(name: &str, data: Object) -> Object {
    match name.split('_').next().unwrap_or_default() {
        "stage" => data.has("stage", named("StageName")),
        "vision" => data.has("stage", only("vision")),
        "r2" => data.has("stage", only("r2_write")),
        "webhook" => data.has("stage", only("webhook")),
        _ => data,
    }
}

fn with_latency(name: &str, data: Object) -> Object {
    let latency = note(whole(0), "How long what it ends had taken, ms.");
    match name {
        _ if name.ends_with("_completed") => data.has("latency_ms", latency),
        "ready" | "failed" | "retry_scheduled" | "stage_failed" | "vision_failed" => data.may("latency_ms", latency),
        _ => data,
    }
}

fn with_trouble(name: &str, data: Object) -> Object {
    let code = note(text(), "As the producer told it, else a default.");
    match name {
        _ if name == "failed" || name.ends_with("_failed") => data.has("error_code", code).has("error_msg", text()),
        "retry_scheduled" | "webhook_dead_letter" => data.may("error_code", code).may("error_msg", text()),
        _ => data,
    }
}
