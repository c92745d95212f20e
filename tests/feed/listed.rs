//! A job as the queue view lists it: exactly the fields of seed 002 first, in its words; then what else there is.

use crate::support::build::{job, progress};
use crate::support::story::{given_in, given_running};
use jobcast::event::Created;
use jobcast::job::JobState;
use jobcast::response;
use jobcast::view::queue;
use serde_json::{Value, json};

const SEED: [&str; 8] = ["id", "filePath", "status", "priority", "progress", "startedAt", "completedAt", "error"];

/// As the directory keeps it and `edge::listing` reads it.
fn document(state: JobState) -> Value {
    let created = Created { file_path: Some("videos/clip.mp4".to_owned()), priority: 1, ..job() };
    response::job(given_in(state, created).job())
}

fn word(state: JobState) -> &'static str {
    match state {
        JobState::Scheduled | JobState::Pending | JobState::Delivered => "pending",
        JobState::Running => "running",
        JobState::Completed => "completed",
        JobState::Failed => "error",
        JobState::Cancelled => "cancelled",
    }
}

#[test]
fn a_listed_job_has_the_fields_of_the_seed_first_and_all_the_others() {
    for state in JobState::ALL {
        let document = response::with_events_url(document(state), "https://jobs.example");
        let listed = queue::listed(document.clone());
        let names: Vec<_> = listed.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names[..8], SEED);
        for (name, value) in document.as_object().expect("an object").iter().filter(|(name, _)| *name != "status") {
            assert_eq!(&listed[name], value, "{name} of {state:?}");
        }
        assert_eq!((listed["status"].as_str(), names.len()), (Some(word(state)), document.as_object().expect("an object").len()));
    }
}

/// Seed 002, “List jobs”.
#[test]
fn a_job_that_has_completed_is_listed_as_the_seed_prints_it() {
    let listed = queue::listed(document(JobState::Completed));
    let head: Vec<_> = SEED.iter().map(|name| &listed[name]).collect();
    let expected = json!([
        "job_01KJMA0FM00000000000000001", "videos/clip.mp4", "completed", 1, 100, "2026-03-01T09:00:00.002Z", "2026-03-01T09:00:00.003Z", null,
    ]);
    assert_eq!(json!(head), expected);
}

#[test]
fn the_status_of_a_path_has_six_fields_whatever_the_job_does() {
    for state in JobState::ALL {
        let document = document(state);
        let status = queue::video_status(document.clone());
        let names: Vec<_> = status.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["status", "progress", "jobId", "startedAt", "completedAt", "error"]);
        assert_eq!((status["status"].as_str(), &status["jobId"]), (Some(word(state)), &document["id"]));
        for name in ["progress", "startedAt", "completedAt", "error"] {
            assert_eq!(status[name], document[name], "{name} of {state:?}");
        }
    }
    let running = queue::video_status(response::job(given_running(job()).when(progress(47.0, "on")).job()));
    assert_eq!((&running["progress"], &running["error"]), (&json!(47), &Value::Null));
}

#[test]
fn statistics_have_each_word_also_where_nothing_is_counted() {
    let nothing = r#"{"total":0,"pending":0,"running":0,"completed":0,"error":0,"cancelled":0}"#;
    assert_eq!(queue::stats([]).to_string(), nothing);
    for state in JobState::ALL {
        let stats = queue::stats([(state, 3)]);
        assert_eq!((&stats["total"], &stats[word(state)]), (&json!(3), &json!(3)), "{state:?}");
    }
    assert_eq!(queue::WORDS.map(str::to_owned), ["pending", "running", "completed", "error", "cancelled"]);
}
