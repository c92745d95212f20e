//! Owns the examples: a job's story at a fixed time, told by the very code that answers and streams, so that an
//! example cannot say what the service does not.

use crate::event::{
    CancelledBy, Created, Event, Fact, LogChunk, LogLevel, LogLine, Origin, Progress, QueuedReason, StageReport,
};
use crate::evolve::evolve;
use crate::id::{EventId, JobId, KeyId, ProjectId, RequestId};
use crate::job::Job;
use crate::notice::Notice;
use crate::problem::Code;
use crate::response::{self, with_events_url};
use crate::time::Timestamp;
use crate::view::{asset, pipeline, queue};
use serde_json::{Map, Value, json};

/// When the story begins: 2026-03-01T09:00:00.000Z.
pub const START: Timestamp = Timestamp(1_772_355_600_000);
pub const ORIGIN: &str = "https://jobcast.example";
/// Keeps the ids of the examples apart, and alike from build to build.
const ENTROPY: u128 = 0x7f3a_91c4_d05e_62b8_0c1d;
/// Between two events of the story, ms.
const STEP_MS: u64 = 1_400;

pub fn job_id() -> JobId {
    JobId::new(START, ENTROPY)
}

pub fn project_id() -> ProjectId {
    ProjectId::new(START, ENTROPY + 1)
}

pub fn key_id() -> KeyId {
    KeyId::new(START, ENTROPY + 2)
}

pub fn request_id() -> RequestId {
    RequestId::new(START, ENTROPY + 3)
}

pub fn word_of(code: Code) -> String {
    json!(code).as_str().unwrap_or_default().to_owned()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The body that creates the job of the story.
pub fn new_job() -> Value {
    json!({
        "name": "encode",
        "filePath": "videos/clip.mp4",
        "stages": ["fetch", "encode"],
        "payload": { "preset": "1080p" },
        "meta": { "owner": "ada" },
    })
}

fn created() -> Fact {
    Fact::Created(Box::new(Created {
        id: job_id(),
        project: project_id(),
        name: Some("encode".to_owned()),
        file_path: Some("videos/clip.mp4".to_owned()),
        topic: None,
        priority: 2,
        payload: Some(json!({ "preset": "1080p" })),
        meta: object(json!({ "owner": "ada" })),
        stages: vec!["fetch".to_owned(), "encode".to_owned()],
        max_attempts: 3,
        timeout_seconds: 300,
        scheduled_for: None,
    }))
}

fn report(stage: &str, word: &str, fields: Value) -> StageReport {
    StageReport { stage: stage.to_owned(), word: word.to_owned(), fields: object(fields) }
}

fn trouble() -> Value {
    json!({ "error": "the worker was out of memory", "code": "oom" })
}

fn completed() -> Fact {
    Fact::Completed { result: Some(json!({ "url": "https://cdn.example/clip.mp4" })) }
}

fn failed() -> Fact {
    Fact::Failed { error: "the worker was out of memory".to_owned(), error_code: Some("oom".to_owned()) }
}

fn retry_scheduled() -> Fact {
    let (error, error_code) = ("the worker was out of memory".to_owned(), Some("oom".to_owned()));
    Fact::RetryScheduled { error, error_code, next_attempt: 2, retry_at: START.plus(60_000) }
}

fn killed() -> Fact {
    Fact::Cancelled { reason: Some("the file was withdrawn".to_owned()), by: CancelledBy::Kill }
}

/// The body of the progress that the story reports.
pub fn progress() -> Value {
    json!({
        "percent": 65,
        "message": "Encoding video",
        "subProgress": { "video": { "percent": 42, "message": "Pass 1 of 2" }, "audio": { "percent": 100 } },
    })
}

fn progressed() -> Fact {
    let sub_progress = progress()["subProgress"].as_object().cloned();
    Fact::Progress(Progress { percent: 65.0, message: Some("Encoding video".to_owned()), sub_progress })
}

pub fn lines() -> Vec<LogLine> {
    let line = |seq, level, message: &str| {
        let (message, timestamp) = (message.to_owned(), START.plus(7 * STEP_MS).iso());
        LogLine { seq, level, message, timestamp, source: None, metadata: None }
    };
    let fallback = line(2, LogLevel::Warn, "fallback codec selected");
    let metadata = Some(json!({ "codec": "libx264" }));
    vec![line(1, LogLevel::Info, "pass 1 of 2"), LogLine { source: Some("ffmpeg".to_owned()), metadata, ..fallback }]
}

/// A running job, up to its progress.
fn beginning() -> Vec<Fact> {
    vec![
        created(),
        Fact::Delivered {},
        Fact::Started {},
        Fact::StageStarted(report("fetch", "start", json!({}))),
        Fact::StageCompleted(report("fetch", "complete", json!({ "detail": "12 MB", "durationSec": 4.2 }))),
        Fact::StageStarted(report("encode", "start", json!({}))),
        progressed(),
    ]
}

/// Every kind of fact, and of stage reports every one that a view has a name for. No job lives through all of it.
fn facts() -> Vec<Fact> {
    let mut facts = beginning();
    facts.extend([
        Fact::Queued { reason: QueuedReason::BackOff },
        Fact::StageReported(report("encode", "results", json!({ "bitrate": "4M" }))),
        Fact::StageSkipped(report("thumbnails", "skipped", json!({ "reason": "no video track" }))),
        Fact::StageFailed(report("encode", "error", trouble())),
        Fact::Checkpoint(object(json!({ "checkpoint": "processed_frames", "count": 1500 }))),
        Fact::Custom(object(json!({ "phase": "encoder", "note": "switched bitrate ladder" }))),
        Fact::Logs(LogChunk::of(1, 2, &lines()).unwrap_or_else(|error| panic!("lines are JSON: {error}"))),
        Fact::Keepalive {},
        Fact::StageStarted(report("vision", "start", json!({}))),
        Fact::StageCompleted(report("vision", "complete", json!({ "durationSec": 1.5 }))),
        Fact::StageFailed(report("vision", "error", trouble())),
        Fact::StageCompleted(report("r2_write", "complete", json!({ "durationSec": 0.25 }))),
    ]);
    facts.extend(["dispatched", "delivered", "failed", "dead_letter"].map(|word| {
        let fields = if word == "failed" { json!({ "error": "410 Gone", "code": "http_410" }) } else { json!({}) };
        Fact::StageReported(report("webhook", word, fields))
    }));
    facts.extend([retry_scheduled(), Fact::Retried { next_attempt: 4 }, completed(), failed(), killed()]);
    facts
}

fn placed(facts: Vec<Fact>) -> Vec<Event> {
    let place = |(index, fact): (usize, Fact)| {
        let latency_ms = match &fact {
            Fact::StageCompleted(report) => {
                report.fields["durationSec"].as_f64().map(|seconds| (seconds * 1_000.0) as u64)
            }
            Fact::StageFailed(_) | Fact::Failed { .. } | Fact::Completed { .. } | Fact::RetryScheduled { .. } => {
                Some(8_400)
            }
            _ => None,
        };
        let origin = Origin { request: Some(request_id()), latency_ms };
        Event { id: EventId(START.0 + index as u64 * STEP_MS), attempt: 1, fact, origin }
    };
    facts.into_iter().enumerate().map(place).collect()
}

pub fn events() -> Vec<Event> {
    placed(facts())
}

fn folded(facts: Vec<Fact>) -> Option<Job> {
    placed(facts).iter().fold(None, evolve)
}

/// The running job.
pub fn job() -> Option<Job> {
    folded(beginning())
}

fn shown(facts: Vec<Fact>) -> Value {
    folded(facts).map_or(Value::Null, |job| with_events_url(response::job(&job), ORIGIN))
}

pub fn pending() -> Value {
    shown(vec![created()])
}

pub fn delivered() -> Value {
    shown(vec![created(), Fact::Delivered {}])
}

pub fn running() -> Value {
    shown(beginning())
}

/// The job after one more fact than `running`.
fn ended(fact: Fact) -> Value {
    shown([beginning(), vec![fact]].concat())
}

pub fn done() -> Value {
    ended(completed())
}

pub fn to_be_retried() -> Value {
    ended(retry_scheduled())
}

pub fn cancelled() -> Value {
    ended(killed())
}

/// Events of a stream by name, the first of each name.
pub type Frames = Vec<(String, Value)>;

pub fn pipeline_frames() -> Frames {
    let snapshot = job().map(|job| ("job:snapshot".to_owned(), pipeline::snapshot(&job)));
    snapshot.into_iter().chain(events().iter().filter_map(pipeline::frame)).collect()
}

fn notices() -> Vec<Notice> {
    let events = events();
    let Some(Event { fact: Fact::Created(created), .. }) = events.first() else { return vec![] };
    let last = events.last().map_or(EventId(0), |event| event.id);
    let told = events.iter().filter_map(|event| Notice::of(created, event));
    told.chain([Notice::deleted(created, last, 1, Some(request_id()))]).collect()
}

pub fn queue_frames() -> Frames {
    notices().iter().filter_map(queue::frame).map(|(name, data)| (name.to_owned(), data)).collect()
}

pub fn asset_frames() -> Frames {
    notices().iter().filter_map(asset::frame).map(|(name, data)| (name.to_owned(), data)).collect()
}

/// The data of the first event of this name.
pub fn of(frames: &Frames, name: &str) -> Value {
    frames.iter().find(|(known, _)| known == name).map_or(Value::Null, |(_, data)| data.clone())
}

/// As the `examples` of a media type: one event of each name.
pub fn named(frames: &Frames) -> Value {
    let mut examples = Map::new();
    for (name, data) in frames {
        let event = json!({ "event": name, "id": START.0.to_string(), "data": data });
        examples.entry(name.clone()).or_insert_with(|| json!({ "value": event }));
    }
    examples.into()
}
