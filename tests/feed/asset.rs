//! The asset view: the closed enum of seed 003, and which fields stand where.

use crate::support::build::{START, complete_plainly, fail, fail_for_good, job, kill, request_id, stage};
use crate::support::hostile;
use crate::support::story::{Story, given, given_running};
use crate::told;
use jobcast::command::Command;
use jobcast::view::asset;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Seed 003, “Event types”.
const ENUM: [&str; 16] = [
    "queued", "vision_started", "vision_completed", "vision_failed", "stage_started", "stage_completed", "stage_failed", "retry_scheduled",
    "r2_write_completed", "webhook_dispatched", "webhook_delivered", "webhook_failed", "webhook_dead_letter", "ready", "failed", "cancelled",
];

/// The contract's table, “Asset view”: a stage, a word of it, and the event; a dash where there is none.
const STAGES: &str = "
vision    start        vision_started
vision    complete     vision_completed
vision    error        vision_failed
vision    skipped      -
vision    results      -
vision    failed       -
vision    dispatched   -
r2_write  start        stage_started
r2_write  complete     r2_write_completed
r2_write  error        stage_failed
r2_write  skipped      -
r2_write  delivered    -
webhook   start        stage_started
webhook   complete     stage_completed
webhook   error        stage_failed
webhook   skipped      -
webhook   dispatched   webhook_dispatched
webhook   delivered    webhook_delivered
webhook   failed       webhook_failed
webhook   dead_letter  webhook_dead_letter
webhook   asset        -
encode    start        stage_started
encode    complete     stage_completed
encode    error        stage_failed
encode    skipped      -
encode    dispatched   -
encode    failed       -
encode    ready        -
Vision    start        stage_started
";

/// What the asset view shows of the last command; the one event that it led to.
fn shown(story: &Story) -> Option<(&'static str, Value)> {
    let events: Vec<_> = story.events().iter().filter_map(|event| told(&story.job().created, event)).collect();
    assert!(events.len() <= 1, "{events:?}");
    events.first().and_then(asset::frame)
}

fn reported(name: &str, word: &str, fields: Value) -> Option<(&'static str, Value)> {
    shown(&given_running(job()).when(stage(name, word, fields)))
}

fn error(data: &Value) -> (Option<&str>, Option<&str>) {
    (data["error_code"].as_str(), data["error_msg"].as_str())
}

#[test]
fn every_word_of_a_stage_is_told_as_the_contract_says_or_not_at_all() {
    for line in STAGES.trim().lines() {
        let [name, word, expected] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        let found = reported(name, word, json!({}));
        assert_eq!(found.as_ref().map_or("-", |(name, _)| name), expected, "{line}");
        assert!(found.is_none_or(|(_, data)| data["stage"] == name), "{line}");
    }
}

#[test]
fn the_life_of_an_asset_is_told_in_the_words_of_the_seed() {
    let created = shown(&given(job())).expect("an event");
    assert_eq!((created.0, &created.1["attempt"]), ("queued", &json!(1)));
    let ends = [
        (complete_plainly(), "ready"),
        (fail_for_good("x"), "failed"),
        (fail("x"), "retry_scheduled"),
        (kill("stop"), "cancelled"),
    ];
    for (end, name) in ends {
        assert_eq!(shown(&given_running(job()).when(end)).map(|(name, _)| name), Some(name));
    }
    let retried = given_running(job()).when(fail_for_good("x")).when(Command::Retry);
    assert_eq!(shown(&retried).map(|(name, data)| (name, error(&data) == (None, None))), Some(("retry_scheduled", true)));
}

#[test]
fn what_failed_says_why_and_with_which_code() {
    let given = json!({ "error": "no quota", "code": "429" });
    for (name, word, default) in [
        ("vision", "error", "vision_failed"),
        ("encode", "error", "stage_failed"),
        ("r2_write", "error", "stage_failed"),
        ("webhook", "error", "stage_failed"),
        ("webhook", "failed", "webhook_failed"),
    ] {
        let (_, told) = reported(name, word, given.clone()).expect("an event");
        assert_eq!(error(&told), (Some("429"), Some("no quota")), "{name} {word}");
        for untold in [json!({}), json!({ "error": "", "code": "" }), json!({ "error": 7, "code": null })] {
            let (_, data) = reported(name, word, untold).expect("an event");
            assert_eq!(error(&data).0, Some(default), "{name} {word}");
            assert!(error(&data).1.is_some_and(|text| !text.is_empty()), "{name} {word}");
        }
    }
}

#[test]
fn a_job_that_failed_says_why_and_with_which_code() {
    let failing = |code: Option<&str>| Command::Fail {
        error: "no disk".to_owned(),
        error_code: code.map(str::to_owned),
        retry: jobcast::command::RetryPolicy::Never,
    };
    for (code, told) in [(None, "job_failed"), (Some("ENOSPC"), "ENOSPC")] {
        let (_, data) = shown(&given_running(job()).when(failing(code))).expect("an event");
        assert_eq!(error(&data), (Some(told), Some("no disk")));
    }
    let (name, data) = shown(&given_running(job()).after(301.0)).expect("an event");
    assert_eq!((name, error(&data).0), ("retry_scheduled", Some("timeout")));
}

#[test]
fn a_letter_that_was_given_up_may_say_why() {
    let (_, data) = reported("webhook", "dead_letter", json!({ "error": "410 Gone" })).expect("an event");
    assert_eq!(error(&data), (Some("webhook_failed"), Some("410 Gone")));
    assert_eq!(error(&reported("webhook", "dead_letter", json!({})).expect("an event").1), (None, None));
}

#[test]
fn what_did_not_fail_has_no_error_whatever_its_producer_adds() {
    let fields = json!({ "error": "a warning", "code": "W1", "durationSec": 1 });
    for (name, word) in [("vision", "start"), ("vision", "complete"), ("encode", "complete"), ("webhook", "delivered"), ("r2_write", "complete")] {
        let (event, data) = reported(name, word, fields.clone()).expect("an event");
        assert_eq!(error(&data), (None, None), "{event}");
    }
}

#[test]
fn the_request_that_caused_an_event_is_told() {
    let story = given_running(job()).in_request(request_id(9)).when(complete_plainly());
    let (_, data) = shown(&story).expect("an event");
    assert_eq!(data["request_id"], json!(request_id(9)));
    assert_eq!((&data["asset_id"], &data["ts"]), (&json!(story.job().created.id), &json!(START.plus(3).iso())));
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn no_producer_can_name_an_event_of_this_view(name in hostile::stage_name(), word in hostile::text(), fields in hostile::object()) {
        let body = Value::Object(fields.into_iter().chain([("type".to_owned(), json!(word))]).collect());
        let Ok(command) = jobcast::request::stage(&body, &name) else { return Ok(()) };
        if let Some((event, data)) = shown(&given_running(job()).when(command)) {
            prop_assert!(ENUM.contains(&event), "{}", event);
            prop_assert_eq!(&data["stage"], &json!(name));
            let known = ["asset_id", "ts", "attempt", "request_id", "stage", "latency_ms", "error_code", "error_msg"];
            prop_assert!(data.as_object().expect("an object").keys().all(|field| known.contains(&field.as_str())), "{}", data);
        }
    }
}
