//! The schemas of a job as it is answered: alone, in lists, and in the words of the queue view.

use super::Named;
use super::shape::{
    Object, any_object, anything, list, map, named, note, nullable, number, object, only, percent, text, whole,
};
use serde_json::Value;

pub fn all() -> Named {
    vec![
        (
            "Job",
            note(
                job_fields(named("JobStatus")).growing(),
                "A job. Every field is always there, null where it does not apply.",
            ),
        ),
        ("Jobs", object().has("jobs", list(named("Job"))).growing()),
        ("JobPage", page_of("Job")),
        ("QueueJob", note(job_fields(named("QueueStatus")).growing(), "A job in the words of the queue view.")),
        ("QueueJobPage", page_of("QueueJob")),
        ("QueueStats", queue_stats()),
        ("FileStatus", file_status()),
        ("FileUnknown", note(object().has("status", only("not_found")).growing(), "No job has this path.")),
        ("JobProgress", job_progress()),
        ("Stage", stage()),
        (
            "Stages",
            note(map(named("Stage")), "By name, in the order in which they were declared, then first reported."),
        ),
        ("SubProgress", note(map(sub_progress()), "Parts of the work, by name.")),
    ]
}

fn job_fields(status: Value) -> Object {
    let time = || nullable(named("Timestamp"));
    object()
        .has("id", named("JobId"))
        .has("name", nullable(text()))
        .has("filePath", nullable(text()))
        .has("topic", nullable(text()))
        .has("status", status)
        .has("priority", named("Priority"))
        .has("progress", note(percent(), "The last percentage; 0 before the first."))
        .has("message", nullable(text()))
        .has("subProgress", nullable(named("SubProgress")))
        .has("stages", named("Stages"))
        .has("attempt", note(whole(1), "The attempt that runs or is next."))
        .has("maxAttempts", note(whole(1), "Grows by retries of a person."))
        .has("timeoutSeconds", whole(1))
        .has("payload", note(anything(), "What the producer is to work on."))
        .has("meta", any_object())
        .has("result", anything())
        .has("error", nullable(text()))
        .has("errorCode", nullable(text()))
        .has("createdAt", named("Timestamp"))
        .has("scheduledFor", note(time(), "When it becomes pending: as asked, or after a back-off."))
        .has("deliveredAt", time())
        .has("startedAt", time())
        .has("completedAt", time())
        .has("updatedAt", named("Timestamp"))
        .has("deadline", note(time(), "When the clock moves the job on, if nobody else does before."))
        .has("eventsUrl", note(url(), "Its stream."))
}

pub fn url() -> Value {
    serde_json::json!({ "type": "string", "format": "uri" })
}

fn page_of(job: &str) -> Value {
    object()
        .has("jobs", note(list(named(job)), "Newest first."))
        .has("limit", whole(1))
        .has("offset", whole(0))
        .has("count", note(whole(0), "Jobs of this page."))
        .has("total", note(whole(0), "Jobs of all pages."))
        .has("nextCursor", note(nullable(named("JobId")), "The `cursor` of the next page; null at the end."))
        .growing()
}

fn queue_stats() -> Value {
    let counts =
        crate::view::queue::WORDS.iter().fold(object().has("total", whole(0)), |stats, word| stats.has(word, whole(0)));
    note(counts.growing(), "How many jobs are in each state.")
}

fn file_status() -> Value {
    object()
        .has("status", named("QueueStatus"))
        .has("progress", percent())
        .has("jobId", named("JobId"))
        .has("startedAt", nullable(named("Timestamp")))
        .has("completedAt", nullable(named("Timestamp")))
        .has("error", nullable(text()))
        .growing()
}

fn job_progress() -> Value {
    object()
        .has("id", named("JobId"))
        .has("status", named("JobStatus"))
        .has("attempt", whole(1))
        .has("percent", percent())
        .has("message", nullable(text()))
        .has("subProgress", nullable(named("SubProgress")))
        .has("updatedAt", named("Timestamp"))
        .growing()
}

fn stage() -> Value {
    object()
        .has("status", named("StageStatus"))
        .may("detail", note(text(), "What was said of it last: a detail, a reason, or an error."))
        .may("durationSec", number())
        .growing()
}

fn sub_progress() -> Value {
    object().has("percent", percent()).may("message", nullable(text())).open()
}
