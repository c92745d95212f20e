//! The committed OpenAPI document against what the service is: the route table, the codes, the words, the caps.

mod support;

use jobcast::access::Scope;
use jobcast::job::JobState;
use jobcast::problem::Code;
use jobcast::response::page_entry;
use jobcast::route::{Door, TABLE};
use jobcast::view::{Visibility, pipeline, queue};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use support::facts::{Sample, Shown, samples};

static DOCUMENT: LazyLock<Value> = LazyLock::new(jobcast::openapi::document);

#[test]
fn the_committed_document_is_the_one_that_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = jobcast::openapi::text();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &made).expect("openapi.json is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "openapi.json is not up to date: UPDATE_OPENAPI=1 cargo test --test openapi");
}

/// The schema of this name.
fn schema(name: &str) -> Value {
    let schema = DOCUMENT["components"]["schemas"][name].clone();
    assert!(schema.is_object(), "{name} is no schema");
    schema
}

/// The names of a schema's fields.
fn fields(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().expect("an object").keys().cloned().collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

fn words(schema: &Value) -> BTreeSet<&str> {
    schema["enum"].as_array().expect("words").iter().filter_map(Value::as_str).collect()
}

/// The schemas of a union's events by their names; `stage:` for all stages.
fn events(union: &str) -> BTreeMap<String, Value> {
    let name = |event: &Value| event["properties"]["event"]["const"].as_str().unwrap_or("stage:").to_owned();
    let data = |event: &Value| {
        let reference = event["properties"]["data"]["$ref"].as_str().expect("a reference");
        schema(reference.rsplit('/').next().expect("a name"))
    };
    schema(union)["oneOf"].as_array().expect("events").iter().map(|event| (name(event), data(event))).collect()
}

/// What the samples of every fact look like in a view: the names of the frames, with their data.
fn shown(frame: impl Fn(&Sample) -> Shown) -> Vec<(String, Value)> {
    let samples = samples();
    let frames = samples.iter().map(frame).filter(|(name, _)| !name.is_empty());
    frames.map(|(name, data)| (name.to_owned(), serde_json::from_str(data).expect("JSON"))).collect()
}

/// Every field of the data is described, and every required one is there.
fn fits(name: &str, schema: &Value, data: &Value) {
    let (known, there) = (fields(schema), keys(data));
    assert!(schema["additionalProperties"] == true || there.is_subset(&known), "{name}: {there:?} of {known:?}");
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(there.contains(required), "{name} has no {required}");
    }
}

#[test]
fn every_operation_stands_at_the_path_and_method_of_its_route() {
    for row in &TABLE {
        let operation = &DOCUMENT["paths"][row.path.replace("{*", "{")][row.method.to_lowercase()];
        let name = format!("{:?}", row.action);
        assert_eq!(operation["operationId"].as_str().map(str::to_lowercase), Some(name.to_lowercase()));
        let scoped = operation["security"].to_string();
        match row.door {
            Door::Scoped(scope) => assert!(scoped.contains(&format!("\"{}\"", scope.word())), "{} {}", row.method, row.path),
            Door::Open | Door::ProjectKey => assert_eq!(scoped, "[]"),
            Door::Public => assert!(scoped.ends_with(",{}]"), "{} is open to nobody's name", row.path),
            Door::Admin => assert_eq!(scoped, r#"[{"adminToken":[]}]"#),
            Door::Metrics => assert_eq!(scoped, r#"[{"adminToken":[]},{"metricsToken":[]}]"#),
            Door::Session => assert!(!scoped.contains("adminToken")),
        }
    }
}

#[test]
fn every_code_is_known_to_problems_with_an_example_and_its_status() {
    let problem = schema("Problem");
    assert_eq!(Code::ALL.len(), Code::Unavailable as usize + 1, "a code is missing in ALL");
    assert_eq!(words(&problem["properties"]["code"]).len(), Code::ALL.len());
    for code in Code::ALL {
        let word = serde_json::json!(code);
        let example = &DOCUMENT["components"]["examples"][word.as_str().expect("a word")]["value"];
        assert_eq!(example["code"], word);
        fits("Problem", &problem, example);
    }
}

#[test]
fn every_fact_fits_what_is_said_of_each_view_of_it() {
    type View = fn(&Sample) -> Shown;
    let views: [(&str, View); 3] = [
        ("PipelineEvent", |sample| sample.frame),
        ("QueueEvent", |sample| sample.told.as_ref().map_or(("", ""), |told| told.queue)),
        ("AssetEvent", |sample| sample.told.as_ref().map_or(("", ""), |told| told.asset)),
    ];
    for (union, frame) in views {
        let known = events(union);
        for (name, data) in shown(frame) {
            let listed = if name.starts_with("stage:") { "stage:" } else { &name };
            fits(&name, known.get(listed).unwrap_or_else(|| panic!("{union} does not know {name}")), &data);
        }
    }
}

#[test]
fn every_fact_fits_what_is_said_of_it_in_a_page_of_the_log() {
    let logged = schema("LoggedEvent");
    let kinds: BTreeMap<&str, &Value> = logged["oneOf"].as_array().expect("kinds").iter()
        .map(|kind| (kind["properties"]["type"]["const"].as_str().expect("a type"), kind)).collect();
    for sample in samples() {
        let shown = page_entry(&sample.event(), Visibility::Full);
        let kind = shown["type"].as_str().expect("a type");
        let known = kinds.get(kind).unwrap_or_else(|| panic!("LoggedEvent does not know {kind}"));
        fits(kind, known, &shown);
        if known["properties"]["data"]["properties"].is_object() {
            fits(kind, &known["properties"]["data"], &shown["data"]);
        }
    }
}

#[test]
fn every_stream_shows_examples_that_its_schema_knows() {
    for (path, union) in [
        ("/api/v1/jobs/{job}/events", "PipelineEvent"),
        ("/queue/events", "QueueEvent"),
        ("/api/assets/{job}/events", "AssetEvent"),
    ] {
        let stream = &DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["text/event-stream"];
        let known = events(union);
        let examples = stream["examples"].as_object().expect("examples");
        assert!(examples.len() >= 6, "{path} has {}", examples.len());
        for (name, example) in examples {
            let listed = if name.starts_with("stage:") { "stage:" } else { name };
            fits(name, known.get(listed).unwrap_or_else(|| panic!("{union} does not know {name}")), &example["value"]["data"]);
        }
    }
}

#[test]
fn the_asset_view_and_the_queue_view_are_closed() {
    for union in ["AssetEvent", "QueueEvent"] {
        for (name, data) in events(union).into_iter().filter(|(name, _)| name != "reset") {
            assert_eq!(data["additionalProperties"], false, "{union} {name}");
        }
    }
}

#[test]
fn every_scope_and_every_state_is_known() {
    assert_eq!(words(&schema("Scope")), Scope::ALL.map(Scope::word).into());
    assert_eq!(words(&schema("JobStatus")), JobState::ALL.map(JobState::word).into());
    assert_eq!(words(&schema("QueueStatus")), JobState::ALL.map(queue::status).into());
    assert_eq!(words(&schema("PipelineStatus")), JobState::ALL.map(pipeline::status).into());
}
