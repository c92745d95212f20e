//! The end of a log: when its retention is over, what is left of it, and how a job comes back from its archive.

use crate::support::build::*;
use crate::support::story::*;
use jobcast::command::Command;
use jobcast::event::{Created, Shelf};
use jobcast::id::EventId;
use jobcast::job::JobState;
use jobcast::limits;
use jobcast::record::{Archive, Phase, Record, Settled, Trim};
use jobcast::replay::{Plan, ResetReason, plan};
use jobcast::response;
use jobcast::view::Visibility;
use jobcast::view::pipeline::snapshot;
use serde_json::json;

/// An hour, ms.
const RETENTION: u64 = 3_600_000;
const EVERYBODY: [Visibility; 2] = [Visibility::Public, Visibility::Full];

/// What `edge::expiry` keeps of a job in the directory.
fn archived(story: &Story) -> Archive {
    let mut record = story.record.clone().expect("a job");
    record.expire();
    let end = story.log.iter().find(|event| Some(event.id) == record.job.ended_by).cloned();
    Archive::new(record, end)
}

/// The job as an empty object shows it: from its archive, and without a log but for its end.
fn restored(story: &Story) -> Story {
    let stored = serde_json::to_string(&archived(story)).expect("written");
    let (record, end) = serde_json::from_str::<Archive>(&stored).expect("read").open();
    Story { record: Some(record), log: end.into_iter().collect(), now: story.now.plus(RETENTION), outcome: Ok(vec![]), ..nothing() }
}

/// A job with something on every shelf, which failed; a line came after its end.
fn failed() -> Story {
    given_running(with_attempts(1))
        .when(stage("encode", "start", json!({})))
        .when(checkpoint(json!({ "frames": 1 })))
        .when(logs(&["one"]))
        .when(fail("no disk"))
        .later(10.0)
        .when(logs(&["cleaned up"]))
}

fn record(story: &Story) -> &Record {
    story.record.as_ref().expect("a job")
}

fn planned(story: &Story, cursor: Option<EventId>, visibility: Visibility) -> Plan {
    let bounds = record(story).bounds(visibility);
    plan(cursor, bounds, bounds.present())
}

#[test]
fn retention_counts_from_the_newest_event_of_a_job_that_has_ended() {
    let story = failed();
    let (tail, end) = (story.job().tail, story.job().ended_by.expect("an end"));
    assert!(tail > end, "lines came after the end");
    assert_eq!(record(&story).expires_at(RETENTION), Some(tail.time().plus(RETENTION)));
    assert_eq!(record(&story).expires_at(24 * RETENTION), Some(tail.time().plus(24 * RETENTION)));
}

#[test]
fn a_job_that_lives_keeps_its_log() {
    for state in JobState::ALL.into_iter().filter(|state| !state.is_final()) {
        assert_eq!(record(&given_in(state, job())).expires_at(RETENTION), None, "{state:?}");
    }
    for state in JobState::ALL.into_iter().filter(|state| state.is_final()) {
        assert!(record(&given_in(state, job())).expires_at(RETENTION).is_some(), "{state:?}");
    }
    let retried = failed().when(Command::Retry);
    assert_eq!(record(&retried).expires_at(RETENTION), None);
}

#[test]
fn a_job_that_is_being_deleted_expires_no_more() {
    let deleting = Record { phase: Phase::Deleting, ..record(&failed()).clone() };
    assert_eq!((deleting.expires_at(RETENTION), deleting.is_deleting(), deleting.has_log()), (None, true, false));
}

#[test]
fn everything_goes_but_the_end() {
    let story = failed();
    let mut record = record(&story).clone();
    let (tail, end) = (record.job.tail, record.job.ended_by.expect("an end"));
    assert!(record.has_log());
    let trims = record.expire();
    let trim = |shelf, floor| Trim { shelf, floor };
    assert_eq!(trims, [trim(Shelf::Events, end.before()), trim(Shelf::Checkpoints, tail), trim(Shelf::Logs, tail)]);
    assert_eq!((record.events.count, record.checkpoints.count, record.logs.count), (1, 0, 0));
    assert!(!record.has_log() && !record.is_deleting());
}

#[test]
fn a_restored_job_shows_what_it_showed() {
    for story in [given_running(with_attempts(1)).when(fail("no disk")), given_running(job()).when(complete(json!({ "url": "out.mp4" }))), given(job()).when(Command::Cancel)] {
        let restored = restored(&story);
        assert_eq!(response::job(restored.job()), response::job(story.job()));
        assert_eq!(response::progress(restored.job()), response::progress(story.job()));
        assert_eq!(snapshot(restored.job()), snapshot(story.job()));
        assert_eq!(restored.log, story.log[story.log.len() - 1..], "its end, with all that it told");
        assert_eq!(record(&restored).phase, Phase::Expired);
    }
}

#[test]
fn what_comes_from_an_archive_has_no_log() {
    let (record, end) = Archive::new(record(&failed()).clone(), None).open();
    assert_eq!((record.phase, record.has_log(), end), (Phase::Expired, false, None));
}

#[test]
fn a_result_is_archived_once() {
    let story = given_running(job()).when(complete(json!("the only result")));
    let stored = serde_json::to_string(&archived(&story)).expect("written");
    assert_eq!(stored.matches("the only result").count(), 1);
}

#[test]
fn who_comes_late_is_shown_the_end_or_that_there_is_nothing_more() {
    let (story, restored) = (failed(), restored(&failed()));
    let (tail, end) = (story.job().tail, story.job().ended_by.expect("an end"));
    for visibility in EVERYBODY {
        assert_eq!(record(&restored).bounds(visibility).tail, tail);
        assert_eq!(planned(&restored, None, visibility), Plan::Snapshot { from: end.before() });
        assert_eq!(planned(&restored, Some(end), visibility), Plan::Gone);
        assert_eq!(planned(&restored, Some(tail), visibility), Plan::Gone);
        let old = Plan::Reset { reason: ResetReason::CursorTooOld, from: end.before() };
        assert_eq!(planned(&restored, Some(story.log[0].id), visibility), old);
    }
}

#[test]
fn the_retry_of_a_restored_job_goes_on_where_it_was() {
    let restored = restored(&failed()).when(Command::Retry).then(&["job.retried"]).is(JobState::Pending);
    let retried = restored.when(Command::Ack).when(progress(50.0, "on")).is(JobState::Running);
    assert_eq!((retried.job().attempt, record(&retried).phase, record(&retried).has_log()), (2, Phase::Kept, true));
    assert!(retried.log.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(record(&retried).events.count as usize, retried.log.len(), "its end, and what came since");
    // Who saw the end goes on from there, and misses nothing of the new attempt.
    let end = retried.log[0].id;
    assert_eq!(planned(&retried, Some(end), Visibility::Public), Plan::Replay { from: end });
}

#[test]
fn lines_that_come_late_begin_a_log_which_expires_again() {
    let restored = restored(&failed());
    let lines = restored.job().last_seq;
    let late = restored.when(logs(&["very late"])).then(&["log.appended"]);
    assert_eq!((late.job().last_seq, record(&late).logs.count), (lines + 1, 1));
    assert!(record(&late).has_log());
    assert_eq!(record(&late).expires_at(RETENTION), Some(late.job().tail.time().plus(RETENTION)));
}

#[test]
fn a_job_expires_as_often_as_it_ends() {
    let again = restored(&failed()).when(Command::Retry).when(Command::Ack).when(complete_plainly()).is(JobState::Completed);
    assert!(record(&again).expires_at(RETENTION).is_some());
    let twice = restored(&again);
    assert_eq!(twice.log.len(), 1);
    assert_eq!(response::job(twice.job()), response::job(again.job()));
}

#[test]
fn what_was_told_of_a_job_is_not_told_again_by_its_archive() {
    let mut story = failed();
    let settled = Settled { directory: story.job().tail, feed: story.job().tail };
    story.record.as_mut().expect("a job").settled = settled;
    assert_eq!(record(&restored(&story)).settled, settled);
}

/// It is read back years later.
#[test]
fn an_archive_is_stored_in_its_pinned_form_and_read_from_it() {
    let archive = archived(&given(job()).in_request(request_id(1)).when(Command::Cancel));
    let pinned = include_str!("archive.json").trim_end();
    assert_eq!(serde_json::to_string(&archive).expect("written"), pinned);
    assert_eq!(serde_json::from_str::<Archive>(pinned).expect("read"), archive);
}

/// D1 takes a row of at most 2 MB.
#[test]
fn the_largest_job_fits_a_row_of_the_directory() {
    let body = || "x".repeat(limits::JSON_BODY - 200);
    let name = |number: usize| format!("{number}{}", "\u{1F980}".repeat(60));
    let created = Created {
        payload: Some(json!(body())),
        stages: (0..limits::STAGES).map(name).collect(),
        ..with_attempts(1)
    };
    let sub_progress = object(json!({ "x": { "percent": 1, "message": "x".repeat(limits::SUB_PROGRESS - 100) } }));
    let told = jobcast::event::Progress { percent: 1.0, message: Some(body()), sub_progress: Some(sub_progress) };
    let mut story = given_running(created).when(Command::Progress(told));
    for word in ["score", "review"] {
        story = story.when(stage(&name(0), word, json!({ "score": body() }))).then(&["stage.reported"]);
    }
    for number in 0..limits::STAGES {
        let detail = "\u{1F980}".repeat(limits::DETAIL_TEXT);
        story = story.when(stage(&name(number), "complete", json!({ "detail": detail })));
    }
    let ended = story.when(complete(json!(body()))).is(JobState::Completed);
    let stored = serde_json::to_string(&archived(&ended)).expect("written").len();
    assert!(stored < 2_000_000, "{stored} bytes");
}
