//! Back-off, measured durations.

use crate::support::build::*;
use crate::support::story::*;
use jobcast::command::Command;
use jobcast::event::Fact;
use jobcast::job::JobState;
use serde_json::json;

/// The back-off after each failed attempt, ms, with this jitter.
fn back_offs(jitter: f64) -> Vec<u64> {
    let mut story = given(with_attempts(25)).with_jitter(jitter);
    let mut waits = vec![];
    for _ in 1..25 {
        story = story.when(Command::Ack).when(fail("x"));
        let Fact::RetryScheduled { retry_at, .. } = story.fact() else { panic!("{:?}", story.outcome) };
        waits.push(retry_at.since(story.now));
        story = story.after(1_000.0).is(JobState::Pending);
    }
    waits
}

#[test]
fn the_back_off_doubles_until_its_bound() {
    let waits = back_offs(1.0);
    assert_eq!(waits[..4], [1_000, 2_000, 4_000, 8_000]);
    assert!(waits.windows(2).all(|pair| pair[1] == (pair[0] * 2).min(300_000)), "{waits:?}");
    assert_eq!(waits.last(), Some(&300_000));
}

#[test]
fn the_back_off_is_jittered_by_no_more_than_half() {
    for (least, most) in back_offs(0.0).into_iter().zip(back_offs(1.0)) {
        assert_eq!(least * 2, most);
    }
    let (some, more) = (back_offs(0.3), back_offs(0.7));
    assert!(some.iter().zip(&more).all(|(some, more)| some < more));
}

#[test]
fn a_retry_does_not_begin_before_its_back_off_is_over() {
    let story = given_running(job()).with_jitter(1.0).when(fail("x"));
    story.after(0.999).then(&[]).is(JobState::Scheduled).after(0.001).then(&["job.queued"]).is(JobState::Pending);
}

#[test]
fn a_duration_that_the_producer_left_out_is_measured() {
    let story = given_running(job()).when(stage("research", "start", json!({}))).later(4.2);
    let story = story.when(stage("research", "complete", json!({ "detail": "5 key facts" })));
    let Fact::StageCompleted(report) = story.fact() else { panic!() };
    let measured = report.fields["durationSec"].as_f64().expect("a number");
    assert!((4.19..=4.2).contains(&measured), "{measured}");
    assert_eq!(story.job().stage("research").and_then(|stage| stage.duration_sec), Some(measured));
}

#[test]
fn a_duration_of_null_is_left_out_and_so_measured() {
    let story = given_running(job()).when(stage("research", "start", json!({}))).later(2.0);
    let story = story.when(stage("research", "complete", json!({ "durationSec": null })));
    assert!(story.job().stage("research").and_then(|stage| stage.duration_sec).is_some());
}

#[test]
fn a_duration_that_the_producer_gives_stands() {
    given_running(job())
        .when(stage("research", "start", json!({})))
        .later(9.0)
        .when(stage("research", "complete", json!({ "durationSec": 4.2 })))
        .and(|job| assert_eq!(job.stage("research").and_then(|stage| stage.duration_sec), Some(4.2)));
}

#[test]
fn a_stage_that_never_started_has_no_duration() {
    given_running(job())
        .when(stage("research", "complete", json!({})))
        .and(|job| assert_eq!(job.stage("research").and_then(|stage| stage.duration_sec), None));
}

#[test]
fn a_time_out_of_its_own_serves_delivery_and_execution() {
    let short = || jobcast::event::Created { timeout_seconds: 5, ..job() };
    given(short()).when(Command::Claim).after(5.1).is(JobState::Pending);
    given_running(short()).after(5.1).is(JobState::Scheduled);
}
