//! The queue view: what a whole project's jobs do, in the words of seed 000, and the job of lists in those of seed 002.

use crate::job::JobState;
use crate::notice::{News, Notice};
use crate::view::pipeline::plain;
use serde_json::{Map, Value, json};

/// This view's word for a state. Contract: “Job states”.
pub fn status(state: JobState) -> &'static str {
    match state {
        JobState::Scheduled | JobState::Pending | JobState::Delivered => "pending",
        JobState::Running => "running",
        JobState::Completed => "completed",
        JobState::Failed => "error",
        JobState::Cancelled => "cancelled",
    }
}

/// The states behind one of this view's words; `processing` is taken for `running`.
pub fn states(word: &str) -> Option<Vec<JobState>> {
    let word = if word == "processing" { "running" } else { word };
    let states: Vec<JobState> = JobState::ALL.into_iter().filter(|state| status(*state) == word).collect();
    (!states.is_empty()).then_some(states)
}

/// This view's words, in the order of seed 002.
pub const WORDS: [&str; 5] = ["pending", "running", "completed", "error", "cancelled"];

/// The event's name and data; `None` for what this view does not show.
pub fn frame(notice: &Notice) -> Option<(&'static str, Value)> {
    let with_status = |status: &str| json!({ "jobId": notice.job, "filePath": notice.file_path, "status": status });
    Some(match &notice.news {
        News::Created { priority } => {
            let mut data = with_status("pending");
            data["priority"] = json!(priority);
            ("job:created", data)
        }
        News::Started {} => ("job:started", with_status("running")),
        News::Progress { percent } => ("job:progress", json!({ "jobId": notice.job, "progress": plain(*percent) })),
        News::Retry { next_attempt, retry_at, error, .. } => {
            let mut data = with_status("pending");
            data["attempt"] = json!(next_attempt);
            data["retryAt"] = json!(retry_at.iso());
            data["error"] = json!(error);
            ("job:retry", data)
        }
        News::Completed {} => ("job:completed", with_status("completed")),
        News::Failed { error, .. } => {
            let mut data = with_status("error");
            data["error"] = json!(error);
            ("job:error", data)
        }
        News::Cancelled { .. } => ("job:cancelled", with_status("cancelled")),
        News::Deleted {} => ("job:deleted", json!({ "jobId": notice.job, "filePath": notice.file_path })),
        News::Stage { .. } => return None,
    })
}

/// The fields of a listed job, in the order of seed 002.
const LISTED: [&str; 8] = ["id", "filePath", "status", "priority", "progress", "startedAt", "completedAt", "error"];

/// A job of the directory as this view lists it: exactly the seed's fields first, then the others.
pub fn listed(document: Value) -> Value {
    let Value::Object(mut document) = document else { return document };
    rename_status(&mut document);
    let mut job: Map<String, Value> =
        LISTED.iter().map(|name| ((*name).to_owned(), take(&mut document, name))).collect();
    job.extend(document);
    job.into()
}

/// `GET /video-status/{filePath}`: the newest job of the path.
pub fn video_status(document: Value) -> Value {
    let Value::Object(mut document) = document else { return document };
    rename_status(&mut document);
    json!({
        "status": take(&mut document, "status"),
        "progress": take(&mut document, "progress"),
        "jobId": take(&mut document, "id"),
        "startedAt": take(&mut document, "startedAt"),
        "completedAt": take(&mut document, "completedAt"),
        "error": take(&mut document, "error"),
    })
}

fn rename_status(document: &mut Map<String, Value>) {
    let state = document.get("status").and_then(Value::as_str).and_then(JobState::parse);
    if let Some(state) = state {
        document.insert("status".to_owned(), json!(status(state)));
    }
}

fn take(document: &mut Map<String, Value>, name: &str) -> Value {
    document.shift_remove(name).unwrap_or_default()
}

/// `GET /queue/stats`, from the directory's counters: how many jobs are in each state.
pub fn stats(counts: impl IntoIterator<Item = (JobState, u64)>) -> Value {
    let mut stats = json!({ "total": 0, "pending": 0, "running": 0, "completed": 0, "error": 0, "cancelled": 0 });
    for (state, jobs) in counts {
        for name in ["total", status(state)] {
            stats[name] = json!(stats[name].as_u64().unwrap_or(0) + jobs);
        }
    }
    stats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_word_and_every_word_its_states() {
        assert_eq!(states("pending").unwrap(), [JobState::Scheduled, JobState::Pending, JobState::Delivered]);
        assert_eq!(states("processing"), states("running"));
        for state in JobState::ALL {
            assert!(states(status(state)).unwrap().contains(&state));
            assert!(WORDS.contains(&status(state)));
        }
        for word in ["", "failed", "scheduled", "nonsense"] {
            assert_eq!(states(word), None, "{word}");
        }
    }

    #[test]
    fn a_listed_job_has_the_fields_of_the_seed_first_and_in_its_words() {
        let document =
            json!({ "id": "job_1", "name": "n", "filePath": null, "status": "failed", "priority": 2, "progress": 4 });
        let job = listed(document).to_string();
        assert_eq!(
            job,
            r#"{"id":"job_1","filePath":null,"status":"error","priority":2,"progress":4,"startedAt":null,"completedAt":null,"error":null,"name":"n"}"#
        );
    }

    #[test]
    fn statistics_add_up() {
        let counts = [(JobState::Scheduled, 1), (JobState::Delivered, 2), (JobState::Failed, 4)];
        assert_eq!(
            stats(counts).to_string(),
            r#"{"total":7,"pending":3,"running":0,"completed":0,"error":4,"cancelled":0}"#
        );
    }
}
