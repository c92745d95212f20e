//! How long what ended had taken: as told, else since the stage began, else since its attempt did.

use crate::support::build::{START, complete_plainly, fail, fail_for_good, job, kill, progress, request_id, stage, with_attempts};
use crate::support::hostile;
use crate::support::story::{Story, given, given_running};
use crate::told;
use jobcast::command::Command;
use jobcast::event::{Event, Fact};
use jobcast::view::asset;
use proptest::prelude::*;
use serde_json::{Value, json};

/// JavaScript's greatest whole number; what is larger does not come through as it is.
const GREATEST: u64 = (1 << 53) - 1;

/// The latency of the last command's event.
fn latency(story: &Story) -> Option<u64> {
    story.events().last().expect("an event").origin.latency_ms
}

/// A running job 10 s into its attempt, of which the stage was started 4 s ago.
fn ten_seconds_in() -> Story {
    given_running(job()).later(6.0).when(stage("encode", "start", json!({}))).later(4.0)
}

#[test]
fn a_duration_that_was_told_stands() {
    for word in ["complete", "error"] {
        assert_eq!(latency(&ten_seconds_in().when(stage("encode", word, json!({ "durationSec": 2.5 })))), Some(2_500), "{word}");
        assert_eq!(latency(&ten_seconds_in().when(stage("encode", word, json!({ "durationSec": 0 })))), Some(0), "{word}");
    }
}

#[test]
fn a_duration_that_was_not_told_counts_from_the_stage_s_start() {
    for (word, fields) in [("complete", json!({})), ("error", json!({})), ("complete", json!({ "durationSec": null }))] {
        assert_eq!(latency(&ten_seconds_in().when(stage("encode", word, fields))), Some(4_000), "{word}");
    }
}

#[test]
fn a_stage_that_never_started_counts_from_its_attempt_s_start() {
    let in_the_second = given_running(job()).when(fail("x")).after(2.0).when(Command::Ack).later(3.0);
    for word in ["complete", "error"] {
        assert_eq!(latency(&ten_seconds_in().when(stage("upload", word, json!({})))), Some(9_998), "{word}");
    }
    assert_eq!(latency(&in_the_second.when(stage("upload", "complete", json!({})))), Some(2_998));
}

#[test]
fn the_end_of_an_attempt_counts_from_its_start() {
    for end in [complete_plainly(), fail_for_good("x"), fail("x")] {
        assert_eq!(latency(&ten_seconds_in().when(end)), Some(9_998));
    }
    assert_eq!(latency(&given_running(with_attempts(1)).after(301.0)), Some(300_998));
}

#[test]
fn what_ends_nothing_took_no_time() {
    let story = given(job());
    assert_eq!(latency(&story), None);
    for command in [progress(1.0, "on"), stage("encode", "start", json!({})), stage("encode", "skipped", json!({})), kill("stop")] {
        assert_eq!(latency(&ten_seconds_in().when(command)), None);
    }
}

#[test]
fn a_clock_that_stepped_back_measures_nothing_below_nought() {
    let mut story = ten_seconds_in();
    story.now = START;
    assert!(latency(&story.when(complete_plainly())).is_some_and(|took| took < 10_000));
}

#[test]
fn every_event_notes_the_request_that_caused_it_and_the_job_nothing_of_it() {
    let story = given(job()).in_request(request_id(1)).when(Command::Ack).in_request(request_id(2)).when(progress(1.0, "on"));
    let requests: Vec<_> = story.log.iter().map(|event| event.origin.request.clone()).collect();
    assert_eq!(requests, [None, Some(request_id(1)), Some(request_id(1)), Some(request_id(2))]);
    let notices: Vec<_> = story.log.iter().filter_map(|event| told(&story.job().created, event)).map(|notice| notice.request).collect();
    assert_eq!(notices, [None, Some(request_id(1)), Some(request_id(2))]);
}

fn ends_with_a_latency(event: &Event) -> bool {
    matches!(event.fact, Fact::StageCompleted(_) | Fact::StageFailed(_) | Fact::Completed { .. } | Fact::Failed { .. })
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn whatever_ends_always_has_a_latency_that_can_be_stored(
        name in proptest::sample::select(vec!["vision", "r2_write", "encode"]), failed: bool, ends: bool,
        told in prop_oneof![Just(Value::Null), any::<u64>().prop_map(Value::from), any::<f64>().prop_map(Value::from)],
    ) {
        let body = json!({ "type": if failed { "error" } else { "complete" }, "durationSec": told });
        let Ok(command) = jobcast::request::stage(&body, name) else { return Ok(()) };
        let story = given_running(job()).when(command);
        let story = if ends { story.when(complete_plainly()) } else { story };
        for event in story.log.iter().filter(|event| ends_with_a_latency(event)) {
            let (_, data) = told_frame(&story, event);
            prop_assert!(data["latency_ms"].as_u64().is_some_and(|took| took <= GREATEST), "{}", data);
        }
    }
}

fn told_frame(story: &Story, event: &Event) -> (&'static str, Value) {
    asset::frame(&told(&story.job().created, event).expect("a notice")).expect("an event of the view")
}
