//! Stories of a job's life, given / when / then, from the contract's “Job states”.

mod support;

#[path = "stories/expiry.rs"]
mod expiry;
#[path = "stories/refusals.rs"]
mod refusals;
#[path = "stories/reports.rs"]
mod reports;
#[path = "stories/timing.rs"]
mod timing;

use jobcast::command::Command;
use jobcast::event::{Fact, QueuedReason};
use jobcast::job::{JobState, StageStatus};
use jobcast::problem::Code;
use serde_json::json;
use support::build::*;
use support::story::*;

#[test]
fn a_job_is_created_polled_acknowledged_reported_on_and_completed() {
    given(job())
        .then(&["job.created"])
        .is(JobState::Pending)
        .when(Command::Claim)
        .then(&["job.delivered"])
        .is(JobState::Delivered)
        .when(Command::Ack)
        .then(&["job.started"])
        .is(JobState::Running)
        .when(progress(65.0, "Encoding video"))
        .then(&["progress.reported"])
        .and(|job| assert_eq!((job.progress, job.message.as_deref()), (65.0, Some("Encoding video"))))
        .when(complete(json!({ "url": "out.mp4" })))
        .then(&["job.completed"])
        .is(JobState::Completed)
        .and(|job| assert_eq!((job.result.clone(), job.deadline), (Some(json!({ "url": "out.mp4" })), None)));
}

#[test]
fn ack_of_a_pending_job_claims_it_too() {
    given(job()).when(Command::Ack).then(&["job.delivered", "job.started"]).is(JobState::Running).and(|job| {
        assert_eq!(job.delivered_at, Some(START.plus(1)));
        assert_eq!(job.started_at, Some(START.plus(2)));
    });
}

#[test]
fn a_failed_attempt_is_followed_by_another_which_the_log_announces() {
    let story = given_running(job()).when(fail("disk full")).then(&["job.retry_scheduled"]).is(JobState::Scheduled);
    let Fact::RetryScheduled { error, next_attempt, retry_at, .. } = story.fact().clone() else { panic!() };
    assert_eq!((error.as_str(), next_attempt), ("disk full", 2));
    assert!(retry_at > story.now);
    story
        .and(|job| assert_eq!((job.attempt, job.scheduled_for), (2, Some(retry_at))))
        .after(2.0)
        .then(&["job.queued"])
        .is(JobState::Pending)
        .when(Command::Ack)
        .is(JobState::Running)
        .and(|job| assert_eq!((job.attempt, job.error.clone()), (2, None)));
}

#[test]
fn the_first_attempt_and_the_second_stand_in_the_log_as_their_own() {
    let story = given_running(job()).when(fail("disk full")).after(2.0).when(Command::Ack);
    let attempts: Vec<_> = story.log.iter().map(|event| event.attempt).collect();
    assert_eq!(attempts, [1, 1, 1, 1, 2, 2, 2]);
}

#[test]
fn the_last_attempt_that_fails_fails_the_job() {
    given_running(with_attempts(1))
        .when(Command::Fail {
            error: "no disk".to_owned(),
            error_code: Some("ENOSPC".to_owned()),
            retry: jobcast::command::RetryPolicy::Allowed,
        })
        .then(&["job.failed"])
        .is(JobState::Failed)
        .and(|job| {
            assert_eq!((job.error.as_deref(), job.error_code.as_deref()), (Some("no disk"), Some("ENOSPC")));
            assert_eq!((job.deadline, job.ended_by), (None, Some(job.tail)));
        });
}

#[test]
fn a_producer_may_say_that_trying_again_is_of_no_use() {
    given_running(job()).when(fail_for_good("not a video")).then(&["job.failed"]).is(JobState::Failed);
}

#[test]
fn every_attempt_is_tried_and_none_beyond() {
    let mut story = given(with_attempts(4));
    for attempt in 1..=4 {
        story = story.when(Command::Ack).is(JobState::Running).and(|job| assert_eq!(job.attempt, attempt));
        story = story.when(fail("again")).after(400.0);
    }
    story.is(JobState::Failed).and(|job| assert_eq!((job.attempt, job.max_attempts), (4, 4)));
}

#[test]
fn a_person_gives_a_failed_job_one_more_attempt_which_keeps_what_was_done() {
    given_running(with_attempts(1))
        .when(stage("probe", "start", json!({})))
        .when(stage("probe", "complete", json!({ "detail": "1080p" })))
        .when(stage("encode", "start", json!({})))
        .when(checkpoint(json!({ "frames": 1500 })))
        .when(fail("disk full"))
        .is(JobState::Failed)
        .when(Command::Retry)
        .then(&["job.retried"])
        .is(JobState::Pending)
        .and(|job| {
            assert_eq!((job.attempt, job.max_attempts, job.ended_by), (2, 2, None));
            assert_eq!(job.stage("probe").map(|stage| stage.status), Some(StageStatus::Done));
            assert_eq!(job.stage("encode").map(|stage| stage.status), Some(StageStatus::Pending));
        })
        .when(Command::Ack)
        .when(fail("disk full"))
        .is(JobState::Failed);
}

#[test]
fn a_manual_retry_keeps_the_checkpoints_and_the_log() {
    let story = given_running(with_attempts(1)).when(checkpoint(json!({ "frames": 1 }))).when(fail("x"));
    let before = story.log.len();
    let story = story.when(Command::Retry);
    assert_eq!((story.log.len(), story.record.map(|record| record.checkpoints.count)), (before + 1, Some(1)));
}

#[test]
fn a_delivery_that_nobody_acknowledges_goes_back_to_the_queue() {
    given(job())
        .when(Command::Claim)
        .after(299.9)
        .then(&[])
        .is(JobState::Delivered)
        .after(0.2)
        .then(&["job.queued"])
        .is(JobState::Pending)
        .and(|job| assert_eq!((job.attempt, job.delivered_at, job.deadline), (1, None, None)))
        .when(Command::Claim)
        .then(&["job.delivered"]);
}

#[test]
fn an_attempt_without_a_report_times_out_and_another_follows() {
    let story = given_running(job()).after(301.0).then(&["job.retry_scheduled"]).is(JobState::Scheduled);
    let Fact::RetryScheduled { error_code, next_attempt, .. } = story.fact() else { panic!() };
    assert_eq!((error_code.as_deref(), *next_attempt), (Some("timeout"), 2));
}

#[test]
fn the_last_attempt_that_times_out_fails_the_job_with_the_code_timeout() {
    given_running(with_attempts(1))
        .after(301.0)
        .then(&["job.failed"])
        .is(JobState::Failed)
        .and(|job| assert_eq!(job.error_code.as_deref(), Some("timeout")));
}

#[test]
fn each_report_of_a_producer_pushes_the_deadline_out() {
    let reports = [
        progress(1.0, "on"),
        checkpoint(json!({})),
        custom(json!({})),
        Command::Keepalive,
        stage("encode", "start", json!({})),
        stage("encode", "frames", json!({})),
        stage("encode", "complete", json!({})),
        stage("encode", "skipped", json!({})),
        stage("encode", "error", json!({})),
    ];
    for report in reports {
        given_running(job())
            .later(200.0)
            .when(report)
            .and(|job| assert_eq!(job.deadline, Some(START.plus(500_000))))
            .after(299.9)
            .is(JobState::Running)
            .after(0.1)
            .is(JobState::Scheduled);
    }
}

#[test]
fn log_lines_push_nothing_out() {
    let story = given_running(job()).later(200.0);
    let deadline = story.job().deadline;
    story.when(logs(&["still here"])).and(|job| assert_eq!(job.deadline, deadline)).after(100.1).is(JobState::Scheduled);
}

#[test]
fn a_scheduled_job_waits_for_its_time() {
    let story = given(scheduled_in(60)).is(JobState::Scheduled).when(Command::Claim).refused(Code::JobNotPending);
    let story = story.after(59.9).then(&[]).is(JobState::Scheduled).after(0.1).then(&["job.queued"]);
    assert!(matches!(story.fact(), Fact::Queued { reason: QueuedReason::Schedule }));
    story.is(JobState::Pending).and(|job| assert_eq!(job.scheduled_for, None));
}

#[test]
fn a_schedule_in_the_past_is_now() {
    given(scheduled_in(0)).is(JobState::Pending);
}

#[test]
fn the_life_of_a_job_is_told_in_its_times() {
    given(job()).later(1.0).when(Command::Claim).later(1.0).when(Command::Ack).later(1.0).when(complete_plainly()).and(
        |job| {
            assert_eq!(job.created_at.time(), START);
            assert_eq!(job.delivered_at, Some(START.plus(1_000)));
            assert_eq!(job.started_at, Some(START.plus(2_000)));
            assert_eq!(job.completed_at, Some(START.plus(3_000)));
            assert_eq!(job.updated_at, START.plus(3_000));
        },
    );
}
