//! Owns the fold: `evolve` adds one event to a job. It never refuses and never looks at a clock; what may happen
//! was decided before the event was stored. Contract: “Job states”, “Pipeline view”.

use crate::event::{Created, Event, Fact, StageReport, cut};
use crate::id::EventId;
use crate::job::{Job, JobState, Stage, StageStatus};
use crate::limits;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// `None` stays `None` until the job is created.
pub fn evolve(job: Option<Job>, event: &Event) -> Option<Job> {
    let mut job = match (job, &event.fact) {
        (None, Fact::Created(created)) => born(created, event.id),
        (None, _) => return None,
        (Some(job), _) => job,
    };
    apply(&mut job, event);
    job.tail = event.id;
    job.updated_at = event.id.time();
    Some(job)
}

fn born(created: &Created, id: EventId) -> Job {
    let scheduled_for = created.scheduled_for.filter(|time| *time > id.time());
    Job {
        created: created.clone(),
        created_at: id,
        state: if scheduled_for.is_some() { JobState::Scheduled } else { JobState::Pending },
        attempt: 1,
        max_attempts: created.max_attempts,
        progress: 0.0,
        message: None,
        sub_progress: None,
        stages: created.stages.iter().map(|name| Stage::pending(name)).collect(),
        gathered: Map::new(),
        result: None,
        error: None,
        error_code: None,
        scheduled_for,
        delivered_at: None,
        started_at: None,
        completed_at: None,
        updated_at: id.time(),
        deadline: scheduled_for,
        tail: id,
        ended_by: None,
        last_seq: 0,
    }
}

fn apply(job: &mut Job, event: &Event) {
    let at = event.id.time();
    match &event.fact {
        Fact::Created(_) => {}
        Fact::Queued { .. } => wait(job),
        Fact::Delivered {} => deliver(job, at),
        Fact::Started {} => start(job, at),
        Fact::Progress(progress) => {
            job.progress = progress.percent;
            // A report without a message leaves the last one standing: it still tells what is going on.
            job.message =
                progress.message.as_deref().map(|text| cut(text, limits::MESSAGE_TEXT)).or(job.message.take());
            job.sub_progress = progress.sub_progress.clone().or(job.sub_progress.take());
            extend(job, at);
        }
        Fact::StageStarted(report)
        | Fact::StageCompleted(report)
        | Fact::StageSkipped(report)
        | Fact::StageFailed(report)
        | Fact::StageReported(report) => stage(job, &event.fact, report, at),
        Fact::Checkpoint(_) | Fact::Custom(_) | Fact::Keepalive {} => extend(job, at),
        Fact::Logs(chunk) => job.last_seq = chunk.to_seq,
        Fact::RetryScheduled { error, error_code, next_attempt, retry_at } => {
            fail(job, error, error_code);
            next_attempt_waits(job, *next_attempt);
            job.state = JobState::Scheduled;
            job.scheduled_for = Some(*retry_at);
            job.deadline = Some(*retry_at);
        }
        Fact::Completed { result } => {
            job.result = result.clone();
            job.progress = 100.0;
            end(job, JobState::Completed, StageStatus::Done, event.id);
        }
        Fact::Failed { error, error_code } => {
            fail(job, error, error_code);
            end(job, JobState::Failed, StageStatus::Error, event.id);
        }
        Fact::Cancelled { .. } => end(job, JobState::Cancelled, StageStatus::Skipped, event.id),
        Fact::Retried { next_attempt } => {
            job.max_attempts = job.max_attempts.max(*next_attempt);
            next_attempt_waits(job, *next_attempt);
            job.completed_at = None;
            job.ended_by = None;
            wait(job);
        }
    }
}

fn wait(job: &mut Job) {
    job.state = JobState::Pending;
    job.scheduled_for = None;
    job.delivered_at = None;
    job.deadline = None;
}

fn deliver(job: &mut Job, at: Timestamp) {
    job.state = JobState::Delivered;
    job.delivered_at = Some(at);
    extend(job, at);
}

/// A new attempt starts clean; what the last one left (its error) stays visible until then.
fn start(job: &mut Job, at: Timestamp) {
    job.state = JobState::Running;
    job.started_at = Some(at);
    job.progress = 0.0;
    job.message = None;
    job.sub_progress = None;
    job.error = None;
    job.error_code = None;
    extend(job, at);
}

fn extend(job: &mut Job, at: Timestamp) {
    job.deadline = Some(at.plus(job.timeout_ms()));
}

fn fail(job: &mut Job, error: &str, error_code: &Option<String>) {
    job.error = Some(cut(error, limits::MESSAGE_TEXT));
    job.error_code = error_code.clone();
}

/// Stages that the failed attempt left open are to be done again.
fn next_attempt_waits(job: &mut Job, attempt: u32) {
    job.attempt = attempt;
    job.delivered_at = None;
    for stage in job.stages.iter_mut().filter(|stage| unfinished(stage.status)) {
        *stage = Stage::pending(&stage.name);
    }
}

fn unfinished(status: StageStatus) -> bool {
    match status {
        StageStatus::Running | StageStatus::Error => true,
        StageStatus::Pending | StageStatus::Done | StageStatus::Skipped => false,
    }
}

/// No stage goes on running in a job that has ended.
fn end(job: &mut Job, state: JobState, open_stages: StageStatus, id: EventId) {
    job.state = state;
    job.completed_at = Some(id.time());
    job.scheduled_for = None;
    job.deadline = None;
    job.ended_by = Some(id);
    for stage in job.stages.iter_mut().filter(|stage| stage.status == StageStatus::Running) {
        stage.status = open_stages;
    }
}

fn stage(job: &mut Job, fact: &Fact, report: &StageReport, at: Timestamp) {
    extend(job, at);
    if let Some((name, value)) = gathered(job, report) {
        job.gathered.insert(name.to_owned(), value);
    }
    let index = job.stages.iter().position(|stage| stage.name == report.stage).unwrap_or_else(|| {
        job.stages.push(Stage::pending(&report.stage));
        job.stages.len() - 1
    });
    let stage = &mut job.stages[index];
    match fact {
        Fact::StageStarted(_) => {
            *stage = Stage { status: StageStatus::Running, started_at: Some(at), ..Stage::pending(&report.stage) };
            stage.detail = text(report, "detail");
        }
        Fact::StageCompleted(_) => {
            stage.status = StageStatus::Done;
            stage.detail = text(report, "detail").or(stage.detail.take());
            stage.duration_sec = report.fields.get("durationSec").and_then(Value::as_f64);
        }
        Fact::StageSkipped(_) => {
            stage.status = StageStatus::Skipped;
            stage.detail = text(report, "reason").or(text(report, "detail"));
        }
        Fact::StageFailed(_) => {
            stage.status = StageStatus::Error;
            stage.detail = text(report, "error").or(text(report, "detail"));
        }
        // A word of the producer's own does not finish a stage, but it shows that the stage has begun.
        _ if stage.status == StageStatus::Pending => {
            stage.status = StageStatus::Running;
            stage.started_at = Some(at);
        }
        _ => {}
    }
}

fn text(report: &StageReport, field: &str) -> Option<String> {
    let text = report.fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.map(|text| cut(text, limits::DETAIL_TEXT))
}

/// What a stage's report makes of a field on the top level of the snapshot, by the words of seed 001.
pub fn gathered(job: &Job, report: &StageReport) -> Option<(&'static str, Value)> {
    let fields = &report.fields;
    Some(match report.word.as_str() {
        "results" => ("researchData", json!(fields)),
        "score" => ("score", fields.get("score")?.clone()),
        "cost_estimate" => ("costEstimate", fields.get("estimate")?.clone()),
        "music" | "music_resolved" | "music_generated" => ("musicTrack", music_track(job, fields)),
        "review" => ("criticReview", json!(fields)),
        _ => return None,
    })
}

/// The music is told in steps (selected, resolved, generated): a later one adds to the earlier. OpenReels' own clients
/// read the track's name as `trackId`; the event says `track`. Both are there.
fn music_track(job: &Job, fields: &Map<String, Value>) -> Value {
    let mut track = job.gathered.get("musicTrack").and_then(Value::as_object).cloned().unwrap_or_default();
    track.extend(fields.clone());
    if let Some(name) = fields.get("track") {
        track.insert("trackId".to_owned(), name.clone());
    }
    Value::Object(track)
}
