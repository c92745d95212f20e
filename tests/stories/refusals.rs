//! What a job refuses, and what it takes without a trace: final states, fencing, repeats.

use crate::support::build::*;
use crate::support::story::*;
use jobcast::command::Command;
use jobcast::event::Fact;
use jobcast::job::JobState;
use jobcast::problem::Code;
use serde_json::json;

#[test]
fn a_killed_producer_learns_it_from_its_next_call() {
    let calls = [progress(1.0, "on"), Command::Keepalive, complete_plainly(), fail("x"), stage("a", "start", json!({}))];
    for call in calls {
        given_running(job())
            .when(kill("too slow"))
            .then(&["job.cancelled"])
            .is(JobState::Cancelled)
            .naming_attempt(1)
            .when(call)
            .refused(Code::JobCancelled);
    }
}

#[test]
fn a_producer_of_an_older_attempt_learns_of_the_kill_too() {
    given_running(job())
        .when(fail("x"))
        .when(kill("enough"))
        .naming_attempt(1)
        .when(progress(1.0, "on"))
        .refused(Code::JobCancelled);
}

#[test]
fn kill_works_from_every_state_that_is_not_final() {
    for state in [JobState::Scheduled, JobState::Pending, JobState::Delivered, JobState::Running] {
        given_in(state, job()).when(kill("stop")).then(&["job.cancelled"]).is(JobState::Cancelled);
    }
    for state in [JobState::Completed, JobState::Failed] {
        given_in(state, job()).when(kill("stop")).refused(Code::JobFinished).is(state);
    }
}

#[test]
fn cancel_works_until_a_producer_has_begun() {
    for state in [JobState::Scheduled, JobState::Pending, JobState::Delivered] {
        given_in(state, job()).when(Command::Cancel).then(&["job.cancelled"]).is(JobState::Cancelled);
    }
    for state in [JobState::Running, JobState::Completed, JobState::Failed] {
        given_in(state, job()).when(Command::Cancel).refused(Code::JobNotCancellable).is(state);
    }
}

#[test]
fn a_cancelled_job_is_not_woken_by_the_clock() {
    given(scheduled_in(60)).when(Command::Cancel).after(61.0).then(&[]).is(JobState::Cancelled);
}

#[test]
fn delete_is_refused_while_a_producer_holds_the_job() {
    for state in [JobState::Delivered, JobState::Running] {
        given_in(state, job()).when(Command::Delete).refused(Code::JobActive).is(state);
    }
    for state in JobState::ALL.into_iter().filter(|state| !matches!(state, JobState::Delivered | JobState::Running)) {
        given_in(state, job()).when(Command::Delete).then(&[]);
    }
}

#[test]
fn only_a_failed_job_can_be_retried() {
    for state in JobState::ALL.into_iter().filter(|state| *state != JobState::Failed) {
        given_in(state, job()).when(Command::Retry).refused(Code::JobNotFailed).is(state);
    }
}

#[test]
fn a_refusal_tells_the_state_that_caused_it() {
    let story = given(job()).when(progress(1.0, "early")).refused(Code::JobNotRunning);
    assert_eq!(story.outcome.unwrap_err().details["status"], "pending");
}

#[test]
fn a_report_of_an_attempt_that_is_over_is_refused() {
    let reports = [progress(1.0, "on"), Command::Keepalive, checkpoint(json!({})), complete_plainly(), fail("x")];
    for report in reports {
        given_running(job())
            .when(fail("lost"))
            .after(2.0)
            .when(Command::Ack)
            .is(JobState::Running)
            .naming_attempt(1)
            .when(report)
            .refused(Code::AttemptSuperseded)
            .is(JobState::Running);
    }
}

#[test]
fn a_report_that_names_its_attempt_passes_while_the_attempt_runs() {
    given_running(job()).naming_attempt(1).when(progress(1.0, "on")).then(&["progress.reported"]);
}

#[test]
fn an_attempt_that_has_not_begun_is_refused_too() {
    given_running(job()).naming_attempt(2).when(logs(&["from the future"])).refused(Code::AttemptSuperseded);
}

#[test]
fn an_attempt_that_has_not_begun_has_no_lines_in_a_cancelled_job_either() {
    let story = given_running(job()).when(kill("stop")).naming_attempt(9).when(logs(&["from the future"]));
    assert!(story.log.iter().all(|event| event.attempt <= 1), "{:?}", story.log.last());
}

#[test]
fn lines_of_teardown_belong_to_the_attempt_that_wrote_them() {
    let story = given_running(job()).when(fail("x")).naming_attempt(1).when(logs(&["cleaning up"]));
    assert_eq!((story.job().attempt, story.events()[0].attempt), (2, 1));
}

#[test]
fn a_final_command_repeated_with_the_same_meaning_adds_nothing() {
    let result = || complete(json!({ "url": "out.mp4" }));
    given_running(job()).when(result()).when(result()).then(&[]).is(JobState::Completed);
    given_running(job()).when(complete_plainly()).when(complete_plainly()).then(&[]).is(JobState::Completed);
    given_running(with_attempts(1)).when(fail("x")).when(fail("x")).then(&[]).is(JobState::Failed);
    given_running(job()).when(kill("stop")).when(kill("stop")).then(&[]).is(JobState::Cancelled);
    given(job()).when(Command::Cancel).when(Command::Cancel).then(&[]).is(JobState::Cancelled);
}

#[test]
fn a_final_command_with_another_meaning_is_a_conflict() {
    given_running(job()).when(complete(json!(1))).when(complete(json!(2))).refused(Code::JobFinished);
    given_running(job()).when(complete_plainly()).when(fail("late")).refused(Code::JobNotRunning);
    given_running(with_attempts(1)).when(fail("x")).when(complete_plainly()).refused(Code::JobNotRunning);
    given_running(job()).when(complete_plainly()).when(kill("late")).refused(Code::JobFinished);
}

#[test]
fn two_producers_never_get_the_same_attempt() {
    given(job()).when(Command::Claim).when(Command::Claim).refused(Code::JobNotPending);
    given(job()).when(Command::Ack).when(Command::Ack).refused(Code::JobNotPending);
}

#[test]
fn lines_are_taken_in_every_state() {
    for state in JobState::ALL {
        given_in(state, job()).when(logs(&["diagnostics"])).then(&["log.appended"]).is(state);
    }
}

#[test]
fn what_was_never_created_is_unknown() {
    nothing().when(Command::Ack).refused(Code::JobNotFound);
}

#[test]
fn the_same_creation_twice_makes_one_job() {
    given(job()).when(create(job())).then(&[]).is(JobState::Pending);
}

#[test]
fn a_kill_tells_its_reason() {
    let story = given_running(job()).when(kill("too slow"));
    assert!(matches!(story.fact(), Fact::Cancelled { reason: Some(reason), .. } if reason == "too slow"));
}
