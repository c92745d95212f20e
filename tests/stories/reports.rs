//! What reports leave behind: progress, stages, the gathered snapshot, log lines and their numbers.

use crate::support::build::*;
use crate::support::story::*;
use jobcast::command::{Command, LogEntry};
use jobcast::event::{Event, Fact, LogChunk, LogLine, Progress};
use jobcast::job::StageStatus;
use jobcast::limits;
use jobcast::problem::Code;
use jobcast::view::pipeline::snapshot;
use serde_json::json;

#[test]
fn progress_without_a_message_leaves_the_last_one_standing() {
    given_running(job())
        .when(progress(10.0, "Encoding"))
        .when(Command::Progress(Progress { percent: 20.0, message: None, sub_progress: None }))
        .and(|job| assert_eq!((job.progress, job.message.as_deref()), (20.0, Some("Encoding"))));
}

#[test]
fn a_new_attempt_starts_at_nought() {
    given_running(job())
        .when(progress(80.0, "Encoding"))
        .when(fail("x"))
        .after(2.0)
        .when(Command::Ack)
        .and(|job| assert_eq!((job.progress, job.message.as_deref()), (0.0, None)));
}

#[test]
fn each_word_of_a_stage_gives_it_its_status() {
    let words = [
        ("start", json!({}), StageStatus::Running, None),
        ("complete", json!({ "detail": "5 key facts" }), StageStatus::Done, Some("5 key facts")),
        ("skipped", json!({ "reason": "Dry run mode" }), StageStatus::Skipped, Some("Dry run mode")),
        ("error", json!({ "error": "Rate limit exceeded" }), StageStatus::Error, Some("Rate limit exceeded")),
        ("asset", json!({ "sceneIndex": 0 }), StageStatus::Running, None),
    ];
    for (word, fields, status, detail) in words {
        given_running(with_stages(&["critic"])).when(stage("critic", word, fields)).and(|job| {
            let stage = job.stage("critic").expect("the stage");
            assert_eq!((stage.status, stage.detail.as_deref()), (status, detail), "{word}");
        });
    }
}

#[test]
fn no_stage_goes_on_running_in_a_job_that_has_ended() {
    let ends = [
        (complete_plainly(), StageStatus::Done),
        (fail_for_good("x"), StageStatus::Error),
        (kill("stop"), StageStatus::Skipped),
    ];
    for (end, status) in ends {
        given_running(job())
            .when(stage("encode", "start", json!({})))
            .when(end)
            .and(|job| assert_eq!(job.stage("encode").map(|stage| stage.status), Some(status)));
    }
}

#[test]
fn stages_keep_the_order_in_which_they_were_declared_then_reported() {
    given_running(with_stages(&["research", "director"]))
        .when(stage("extra", "start", json!({})))
        .when(stage("director", "start", json!({})))
        .and(|job| {
            let names: Vec<_> = job.stages.iter().map(|stage| stage.name.as_str()).collect();
            assert_eq!(names, ["research", "director", "extra"]);
        });
}

#[test]
fn a_job_has_no_more_stages_than_its_cap() {
    let mut story = given_running(job());
    for number in 0..limits::STAGES {
        story = story.when(stage(&format!("stage {number}"), "start", json!({}))).then(&["stage.started"]);
    }
    let story = story.when(stage("one too many", "start", json!({}))).refused(Code::InvalidRequest);
    story.when(stage("stage 0", "complete", json!({}))).then(&["stage.completed"]);
}

#[test]
fn a_snapshot_gathers_what_stages_bring() {
    let story = given_running(job())
        .when(stage("research", "results", json!({ "summary": "s", "key_facts": ["f"], "mood": "m" })))
        .when(stage("director", "score", json!({ "score": { "archetype": "a" } })))
        .when(stage("director", "cost_estimate", json!({ "estimate": { "totalCost": 0.12 } })))
        .when(stage("visuals", "music", json!({ "track": "epic-01", "mood": "m", "fallback": false })))
        .when(stage("critic", "review", json!({ "score": 8.5, "strengths": ["x"], "weaknesses": [] })));
    let snapshot = snapshot(story.job());
    assert_eq!(snapshot["researchData"], json!({ "summary": "s", "key_facts": ["f"], "mood": "m" }));
    assert_eq!(snapshot["score"], json!({ "archetype": "a" }));
    assert_eq!(snapshot["costEstimate"], json!({ "totalCost": 0.12 }));
    assert_eq!(snapshot["musicTrack"]["track"], "epic-01");
    assert_eq!(snapshot["criticReview"], json!({ "score": 8.5, "strengths": ["x"], "weaknesses": [] }));
}

#[test]
fn what_a_snapshot_gathers_outlives_the_attempt() {
    let story = given_running(job()).when(stage("director", "score", json!({ "score": 7 }))).when(fail("x"));
    assert_eq!(snapshot(story.after(2.0).when(Command::Ack).job())["score"], 7);
}

#[test]
fn a_snapshot_does_not_grow_without_end() {
    let big = |bytes: usize| stage("director", "score", json!({ "score": "x".repeat(bytes) }));
    let story = given_running(job()).when(big(limits::GATHERED - 2)).then(&["stage.reported"]);
    let story = story.when(stage("r", "review", json!({ "n": 1 }))).refused(Code::TooLarge);
    story.when(big(10)).then(&["stage.reported"]).when(stage("r", "review", json!({ "n": 1 }))).then(&["stage.reported"]);
}

#[test]
fn music_that_adds_up_meets_the_same_cap() {
    let step = |word: &str, field: &str| stage("visuals", word, json!({ field: "x".repeat(limits::GATHERED / 2) }));
    let story = given_running(job()).when(step("music", "one")).then(&["stage.reported"]);
    let story = story.when(step("music_resolved", "two")).refused(Code::TooLarge);
    let story = story.when(step("music_resolved", "one")).then(&["stage.reported"]);
    assert!(story.job().gathered["musicTrack"].to_string().len() <= limits::GATHERED);
}

#[test]
fn fields_of_meta_stand_in_the_snapshot_where_no_word_of_ours_does() {
    let meta = object(json!({ "owner": "anna", "status": "mine", "score": "declared" }));
    let story = given_running(jobcast::event::Created { meta, ..job() });
    let before = snapshot(story.job());
    assert_eq!((&before["owner"], &before["status"], &before["score"]), (&json!("anna"), &json!("running"), &json!("declared")));
    let after = story.when(stage("director", "score", json!({ "score": 7 })));
    assert_eq!(snapshot(after.job())["score"], 7);
}

fn lines(chunk: &LogChunk) -> Vec<LogLine> {
    chunk.lines().expect("lines are JSON")
}

fn chunks(events: &[Event]) -> Vec<&LogChunk> {
    let chunk = |event: &'_ Event| matches!(event.fact, Fact::Logs(_));
    assert!(events.iter().all(chunk));
    events.iter().filter_map(|event| if let Fact::Logs(chunk) = &event.fact { Some(chunk) } else { None }).collect()
}

#[test]
fn lines_are_numbered_on_from_batch_to_batch() {
    let story = given(job()).when(logs(&["one", "two"])).when(Command::Ack).when(logs(&["three"]));
    let chunk = chunks(story.events())[0];
    assert_eq!((chunk.from_seq, chunk.to_seq, lines(chunk)[0].seq), (3, 3, 3));
    assert_eq!(story.record.map(|record| record.logs.count), Some(3));
}

#[test]
fn a_large_batch_is_cut_into_chunks_without_a_hole() {
    let entries = (0..1_000).map(|_| line("x".repeat(1_000))).collect::<Vec<_>>();
    let story = given(job()).when(Command::Logs(entries.into()));
    let chunks = chunks(story.events());
    assert!(chunks.len() > 10);
    let seqs: Vec<u64> = chunks.iter().flat_map(|chunk| lines(chunk)).map(|line| line.seq).collect();
    assert_eq!(seqs, (1..=1_000).collect::<Vec<_>>());
    for chunk in &chunks {
        let stored = serde_json::to_string(chunk).expect("a stored chunk").len();
        assert!(stored <= limits::LOG_CHUNK + limits::LOG_LINE, "{stored} bytes");
        assert_eq!((chunk.from_seq, chunk.to_seq), (lines(chunk)[0].seq, lines(chunk)[lines(chunk).len() - 1].seq));
    }
}

#[test]
fn the_longest_lines_have_a_chunk_each_or_few() {
    let entries = vec![line("x".repeat(limits::LOG_LINE)); 9];
    assert_eq!(chunks(given(job()).when(Command::Logs(entries.into())).events()).len(), 3);
}

#[test]
fn a_line_keeps_what_its_producer_said_and_gets_the_time_of_arrival_where_it_said_none() {
    let told = LogEntry { timestamp: Some(START), source: Some("worker-a".to_owned()), ..line("told") };
    let story = given(job()).later(9.0).when(Command::Logs(vec![told, line("untold")].into()));
    let lines = lines(chunks(story.events())[0]);
    assert_eq!((lines[0].timestamp.as_str(), lines[0].source.as_deref()), ("2026-03-01T09:00:00.000Z", Some("worker-a")));
    assert_eq!((lines[1].timestamp.as_str(), lines[1].source.as_deref()), ("2026-03-01T09:00:09.000Z", None));
}
