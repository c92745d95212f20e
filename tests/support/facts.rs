//! One sample of every fact, with the form in which it is stored and the frame that the pipeline view makes of it.
//! The literals are written out, so that renaming a field of a stored row, or of a stream, fails here.

use super::build::{START, job_id, object, project};
use jobcast::event::{CancelledBy, Created, Event, Fact, LogChunk, LogLevel, LogLine, Origin, Progress, QueuedReason, StageReport};
use jobcast::id::EventId;
use serde_json::{Value, json};

pub struct Sample {
    pub fact: Fact,
    /// The stored row.
    pub stored: &'static str,
    /// The frame's event name and data; empty where the view shows nothing.
    pub frame: (&'static str, &'static str),
}

impl Sample {
    /// At the second attempt, at 2026-03-01T09:00:00.000Z.
    pub fn event(&self) -> Event {
        Event { id: EventId(START.0), attempt: 2, fact: self.fact.clone(), origin: Origin::default() }
    }
}

/// The match has no `_`: a new fact does not compile here until it has its sample.
macro_rules! samples {
    ($($pattern:pat => [$(($fact:expr, $stored:literal, $frame:expr)),+];)*) => {
        pub fn samples() -> Vec<Sample> {
            let _exhaustive = |fact: &Fact| match fact { $($pattern => {}),* };
            vec![$($(Sample { fact: $fact, stored: $stored, frame: $frame }),+),*]
        }
    };
}

const NOTHING: (&str, &str) = ("", "");

fn report(word: &str, fields: Value) -> StageReport {
    StageReport { stage: "research".to_owned(), word: word.to_owned(), fields: object(fields) }
}

fn created() -> Created {
    Created {
        id: job_id(1),
        project: project(),
        name: Some("transcode".to_owned()),
        file_path: Some("/in.mp4".to_owned()),
        topic: Some("Black holes".to_owned()),
        priority: 1,
        payload: Some(json!([1])),
        meta: object(json!({ "owner": "anna" })),
        stages: vec!["research".to_owned()],
        max_attempts: 3,
        timeout_seconds: 300,
        scheduled_for: Some(START),
    }
}

fn chunk() -> LogChunk {
    let line = |seq, message: &str| LogLine {
        seq,
        level: LogLevel::Warn,
        message: message.to_owned(),
        timestamp: START.iso(),
        source: None,
        metadata: None,
    };
    let told = LogLine { source: Some("worker-a".to_owned()), metadata: Some(json!({ "pass": 1 })), ..line(2, "two") };
    LogChunk { from_seq: 1, to_seq: 2, lines: vec![line(1, "one"), told] }
}

samples! {
    Fact::Created(_) => [(Fact::Created(Box::new(created())),
        r#"{"type":"job.created","data":{"id":"job_01KJMA0FM00000000000000001","project":"prj_01KJMA0FM00000000000000001","name":"transcode","filePath":"/in.mp4","topic":"Black holes","priority":1,"payload":[1],"meta":{"owner":"anna"},"stages":["research"],"maxAttempts":3,"timeoutSeconds":300,"scheduledFor":1772355600000}}"#,
        NOTHING)];
    Fact::Queued { .. } => [
        (Fact::Queued { reason: QueuedReason::Schedule },
        r#"{"type":"job.queued","data":{"reason":"schedule"}}"#, NOTHING),
        (Fact::Queued { reason: QueuedReason::BackOff },
        r#"{"type":"job.queued","data":{"reason":"back_off"}}"#, NOTHING),
        (Fact::Queued { reason: QueuedReason::DeliveryTimeout },
        r#"{"type":"job.queued","data":{"reason":"delivery_timeout"}}"#, NOTHING)
    ];
    Fact::Delivered {} => [(Fact::Delivered {},
        r#"{"type":"job.delivered","data":{}}"#, NOTHING)];
    Fact::Started {} => [(Fact::Started {},
        r#"{"type":"job.started","data":{}}"#,
        ("job:started", r#"{"attempt":2,"startedAt":"2026-03-01T09:00:00.000Z"}"#))];
    Fact::Progress(_) => [
        (Fact::Progress(Progress { percent: 65.0, message: None, sub_progress: None }),
        r#"{"type":"progress.reported","data":{"percent":65}}"#,
        ("job:progress", r#"{"percent":65}"#)),
        (Fact::Progress(Progress {
            percent: 65.5,
            message: Some("Encoding video".to_owned()),
            sub_progress: Some(object(json!({ "download": { "percent": 100 } }))),
        }),
        r#"{"type":"progress.reported","data":{"percent":65.5,"message":"Encoding video","subProgress":{"download":{"percent":100}}}}"#,
        ("job:progress", r#"{"percent":65.5,"message":"Encoding video","subProgress":{"download":{"percent":100}}}"#))
    ];
    Fact::StageStarted(_) => [(Fact::StageStarted(report("start", json!({}))),
        r#"{"type":"stage.started","data":{"stage":"research","type":"start"}}"#,
        ("stage:research", r#"{"stage":"research","type":"start"}"#))];
    Fact::StageCompleted(_) => [(Fact::StageCompleted(report("complete", json!({ "detail": "5 key facts", "durationSec": 4.2 }))),
        r#"{"type":"stage.completed","data":{"stage":"research","type":"complete","detail":"5 key facts","durationSec":4.2}}"#,
        ("stage:research", r#"{"stage":"research","type":"complete","detail":"5 key facts","durationSec":4.2}"#))];
    Fact::StageSkipped(_) => [(Fact::StageSkipped(report("skipped", json!({ "reason": "Dry run mode" }))),
        r#"{"type":"stage.skipped","data":{"stage":"research","type":"skipped","reason":"Dry run mode"}}"#,
        ("stage:research", r#"{"stage":"research","type":"skipped","reason":"Dry run mode"}"#))];
    Fact::StageFailed(_) => [(Fact::StageFailed(report("error", json!({ "error": "Rate limit exceeded", "code": "429" }))),
        r#"{"type":"stage.failed","data":{"stage":"research","type":"error","error":"Rate limit exceeded","code":"429"}}"#,
        ("stage:research", r#"{"stage":"research","type":"error","error":"Rate limit exceeded","code":"429"}"#))];
    Fact::StageReported(_) => [(Fact::StageReported(report("results", json!({ "summary": "s", "key_facts": ["f"] }))),
        r#"{"type":"stage.reported","data":{"stage":"research","type":"results","summary":"s","key_facts":["f"]}}"#,
        ("stage:research", r#"{"stage":"research","type":"results","summary":"s","key_facts":["f"]}"#))];
    Fact::Checkpoint(_) => [(Fact::Checkpoint(object(json!({ "checkpoint": "frames", "count": 1500 }))),
        r#"{"type":"checkpoint.saved","data":{"checkpoint":"frames","count":1500}}"#,
        ("job:checkpoint", r#"{"attempt":2,"ts":"2026-03-01T09:00:00.000Z","data":{"checkpoint":"frames","count":1500}}"#))];
    Fact::Custom(_) => [(Fact::Custom(object(json!({ "phase": "encoder" }))),
        r#"{"type":"event.emitted","data":{"phase":"encoder"}}"#,
        ("job:event", r#"{"attempt":2,"ts":"2026-03-01T09:00:00.000Z","data":{"phase":"encoder"}}"#))];
    Fact::Keepalive {} => [(Fact::Keepalive {},
        r#"{"type":"keepalive.received","data":{}}"#, NOTHING)];
    Fact::Logs(_) => [(Fact::Logs(chunk()),
        r#"{"type":"log.appended","data":{"fromSeq":1,"toSeq":2,"lines":[{"seq":1,"level":"warn","message":"one","timestamp":"2026-03-01T09:00:00.000Z"},{"seq":2,"level":"warn","message":"two","timestamp":"2026-03-01T09:00:00.000Z","source":"worker-a","metadata":{"pass":1}}]}}"#,
        ("job:log", r#"{"fromSeq":1,"toSeq":2,"lines":[{"seq":1,"level":"warn","message":"one","timestamp":"2026-03-01T09:00:00.000Z"},{"seq":2,"level":"warn","message":"two","timestamp":"2026-03-01T09:00:00.000Z","source":"worker-a","metadata":{"pass":1}}]}"#))];
    Fact::RetryScheduled { .. } => [(Fact::RetryScheduled {
            error: "disk full".to_owned(),
            error_code: Some("timeout".to_owned()),
            next_attempt: 3,
            retry_at: START.plus(1_500),
        },
        r#"{"type":"job.retry_scheduled","data":{"error":"disk full","errorCode":"timeout","nextAttempt":3,"retryAt":1772355601500}}"#,
        ("job:retry", r#"{"attempt":3,"retryAt":"2026-03-01T09:00:01.500Z","error":"disk full","code":"timeout"}"#))];
    Fact::Completed { .. } => [
        (Fact::Completed { result: None },
        r#"{"type":"job.completed","data":{"result":null}}"#,
        ("job:completed", "{}")),
        (Fact::Completed { result: Some(json!({ "url": "out.mp4" })) },
        r#"{"type":"job.completed","data":{"result":{"url":"out.mp4"}}}"#,
        ("job:completed", r#"{"result":{"url":"out.mp4"}}"#))
    ];
    Fact::Failed { .. } => [
        (Fact::Failed { error: "ANTHROPIC_API_KEY is required".to_owned(), error_code: None },
        r#"{"type":"job.failed","data":{"error":"ANTHROPIC_API_KEY is required","errorCode":null}}"#,
        ("job:failed", r#"{"error":"ANTHROPIC_API_KEY is required"}"#)),
        (Fact::Failed { error: "late".to_owned(), error_code: Some("timeout".to_owned()) },
        r#"{"type":"job.failed","data":{"error":"late","errorCode":"timeout"}}"#,
        ("job:failed", r#"{"error":"late","code":"timeout"}"#))
    ];
    Fact::Cancelled { .. } => [
        (Fact::Cancelled { reason: None, by: CancelledBy::Cancel },
        r#"{"type":"job.cancelled","data":{"reason":null,"by":"cancel"}}"#,
        ("job:failed", r#"{"error":"Job cancelled","cancelled":true}"#)),
        (Fact::Cancelled { reason: Some("too slow".to_owned()), by: CancelledBy::Kill },
        r#"{"type":"job.cancelled","data":{"reason":"too slow","by":"kill"}}"#,
        ("job:failed", r#"{"error":"Job killed","cancelled":true,"reason":"too slow"}"#))
    ];
    Fact::Retried { .. } => [(Fact::Retried { next_attempt: 2 },
        r#"{"type":"job.retried","data":{"nextAttempt":2}}"#,
        ("job:retry", r#"{"attempt":2,"retryAt":"2026-03-01T09:00:00.000Z","manual":true}"#))];
}
