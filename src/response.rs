//! Owns the JSON of answers: the job as the producer API shows it, pages, and what single routes say.
//! Contract: “Producer API”.

use crate::event::{Event, Fact, LogLine};
use crate::id::EventId;
use crate::job::Job;
use crate::time::Timestamp;
use crate::view::Visibility;
use crate::view::pipeline::{plain, stages};
use serde_json::{Value, json};

/// The job, every field always there; `eventsUrl` is added by `with_events_url`, because only the edge knows
/// under which host it was reached.
pub fn job(job: &Job) -> Value {
    let iso = |time: Option<Timestamp>| time.map(Timestamp::iso);
    json!({
        "id": job.created.id,
        "name": job.created.name,
        "filePath": job.created.file_path,
        "topic": job.created.topic,
        "status": job.state.word(),
        "priority": job.created.priority,
        "progress": plain(job.progress),
        "message": job.message,
        "subProgress": job.sub_progress,
        "stages": stages(job),
        "attempt": job.attempt,
        "maxAttempts": job.max_attempts,
        "timeoutSeconds": job.created.timeout_seconds,
        "payload": job.created.payload,
        "meta": job.created.meta,
        "result": job.result,
        "error": job.error,
        "errorCode": job.error_code,
        "createdAt": job.created_at.time().iso(),
        "scheduledFor": iso(job.scheduled_for),
        "deliveredAt": iso(job.delivered_at),
        "startedAt": iso(job.started_at),
        "completedAt": iso(job.completed_at),
        "updatedAt": job.updated_at.iso(),
        "deadline": iso(job.deadline),
    })
}

pub fn with_events_url(mut job: Value, origin: &str) -> Value {
    if let Some(id) = job["id"].as_str().map(str::to_owned) {
        job["eventsUrl"] = json!(events_url(origin, &id));
    }
    job
}

pub fn events_url(origin: &str, id: &str) -> String {
    format!("{origin}/api/v1/jobs/{id}/events")
}

/// `GET /jobs/{id}/progress`.
pub fn progress(job: &Job) -> Value {
    json!({
        "id": job.created.id,
        "status": job.state.word(),
        "attempt": job.attempt,
        "percent": plain(job.progress),
        "message": job.message,
        "subProgress": job.sub_progress,
        "updatedAt": job.updated_at.iso(),
    })
}

/// `{success: true, id}`: the event's id.
pub fn reported(id: EventId) -> Value {
    json!({ "success": true, "id": id })
}

pub fn kept_alive(deadline: Option<Timestamp>) -> Value {
    json!({ "success": true, "deadline": deadline.map(Timestamp::iso) })
}

pub fn logs_appended(from_seq: u64, to_seq: u64) -> Value {
    json!({ "success": true, "inserted": to_seq + 1 - from_seq, "fromSeq": from_seq, "toSeq": to_seq })
}

/// Retry, cancel and delete answer in the seed's words (seed 002).
pub fn done(message: &str) -> Value {
    json!({ "success": true, "message": message })
}

/// A page of the log. `next` is where the next page begins; null at the end.
pub fn events_page(events: &[Event], visibility: Visibility, limit: u64, next: Option<EventId>) -> Value {
    let shown = events.iter().filter(|event| visibility.shows(&event.fact));
    let entries: Vec<Value> = shown.map(|event| page_entry(event, visibility)).collect();
    json!({ "events": entries, "limit": limit, "nextAfter": next })
}

/// The event in a page of the log: `{id, type, attempt, ts, data}`. `data` is as it is stored, but for three things: times
/// are told as everywhere, in ISO 8601, lines with their numbers, and the payload is the producer's business, which only `jobs:read` sees.
pub fn page_entry(event: &Event, visibility: Visibility) -> Value {
    // By way of the text in which it is stored: a writer of its own, from facts to values, would be 17 KB of the Worker.
    let text = match &event.fact {
        Fact::Logs(chunk) => Ok(chunk.fact()),
        fact => fact.stored(),
    };
    let mut fact: Value = text.and_then(|text| serde_json::from_str(&text)).unwrap_or_default();
    let (kind, mut data) = (fact["type"].take(), fact["data"].take());
    match &event.fact {
        Fact::Created(created) => {
            data["scheduledFor"] = json!(created.scheduled_for.map(Timestamp::iso));
            if let (Visibility::Public, Some(told)) = (visibility, data.as_object_mut()) {
                told.shift_remove("payload");
            }
        }
        Fact::RetryScheduled { retry_at, .. } => data["retryAt"] = json!(retry_at.iso()),
        _ => {}
    }
    json!({ "id": event.id, "type": kind, "attempt": event.attempt, "ts": event.id.time().iso(), "data": data })
}

pub fn checkpoints_page(events: &[Event], limit: u64, next: Option<EventId>) -> Value {
    let entry = |event: &Event| match &event.fact {
        Fact::Checkpoint(data) => Some(json!({
            "id": event.id, "attempt": event.attempt, "ts": event.id.time().iso(), "data": data,
        })),
        _ => None,
    };
    let entries: Vec<Value> = events.iter().filter_map(entry).collect();
    json!({ "checkpoints": entries, "limit": limit, "nextAfter": next })
}

pub fn logs_page(lines: &[LogLine], limit: u64, next: Option<u64>) -> Value {
    json!({ "logs": lines, "limit": limit, "nextAfter": next })
}
