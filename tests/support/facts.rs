//! One sample of every fact, with the form in which it is stored, the frame that the pipeline view makes of it, and
//! what its project hears: the stored notice, and the frames of the queue view and the asset view.
//! The literals are written out, so that renaming a field of a stored row, or of a stream, fails here.

use super::build::{START, job_id, object, project, request_id};
use jobcast::event::{CancelledBy, Created, Event, Fact, LogChunk, LogLevel, LogLine, Origin, Progress, QueuedReason, StageReport};
use jobcast::id::EventId;
use serde_json::{Value, json};

/// A frame's event name and data; empty where the view shows nothing.
pub type Shown = (&'static str, &'static str);

pub struct Sample {
    pub fact: Fact,
    /// The stored row.
    pub stored: &'static str,
    /// In the pipeline view.
    pub frame: Shown,
    /// `None` where the project hears nothing.
    pub told: Option<Told>,
}

pub struct Told {
    /// The stored notice.
    pub notice: &'static str,
    pub queue: Shown,
    pub asset: Shown,
}

impl Sample {
    /// At the second attempt, at 2026-03-01T09:00:00.000Z. What ends something took 4.2 s.
    pub fn event(&self) -> Event {
        let ends = matches!(
            self.fact,
            Fact::StageCompleted(_) | Fact::StageFailed(_) | Fact::RetryScheduled { .. } | Fact::Completed { .. } | Fact::Failed { .. }
        );
        let origin = Origin { request: Some(request_id(1)), latency_ms: ends.then_some(4_200) };
        Event { id: EventId(START.0), attempt: 2, fact: self.fact.clone(), origin }
    }
}

/// The match has no `_`: a new fact does not compile here until it has its sample.
macro_rules! samples {
    ($($pattern:pat => [$(($fact:expr, $stored:literal, $frame:expr, $told:expr)),+];)*) => {
        pub fn samples() -> Vec<Sample> {
            let _exhaustive = |fact: &Fact| match fact { $($pattern => {}),* };
            vec![$($(Sample { fact: $fact, stored: $stored, frame: $frame, told: $told }),+),*]
        }
    };
}

/// What all notices of the samples, and all frames of the asset view, have in common stands here once.
macro_rules! told {
    (latency: $latency:literal, news: $news:literal, queue: $queue:expr, asset: $asset:expr) => {
        Some(Told {
            notice: concat!(
                r#"{"job":"job_01KJMA0FM00000000000000001","event":1772355600000,"attempt":2,"filePath":"/in.mp4","#,
                r#""request":"req_01KJMA0FM00000000000000001","latencyMs":"#, $latency, r#","news":"#, $news, "}",
            ),
            queue: $queue,
            asset: $asset,
        })
    };
}

macro_rules! asset {
    ($name:literal) => { asset!($name, "") };
    ($name:literal, $rest:literal) => {
        ($name, concat!(
            r#"{"asset_id":"job_01KJMA0FM00000000000000001","ts":"2026-03-01T09:00:00.000Z","attempt":2,"#,
            r#""request_id":"req_01KJMA0FM00000000000000001""#, $rest, "}",
        ))
    };
}

const NOTHING: Shown = ("", "");

fn report(word: &str, fields: Value) -> StageReport {
    report_of("research", word, fields)
}

fn report_of(stage: &str, word: &str, fields: Value) -> StageReport {
    StageReport { stage: stage.to_owned(), word: word.to_owned(), fields: object(fields) }
}

/// The job that all samples are of.
pub fn created() -> Created {
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
    LogChunk::of(1, 2, &[line(1, "one"), told]).expect("lines are JSON")
}

samples! {
    Fact::Created(_) => [(Fact::Created(Box::new(created())),
        r#"{"type":"job.created","data":{"id":"job_01KJMA0FM00000000000000001","project":"prj_01KJMA0FM00000000000000001","name":"transcode","filePath":"/in.mp4","topic":"Black holes","priority":1,"payload":[1],"meta":{"owner":"anna"},"stages":["research"],"maxAttempts":3,"timeoutSeconds":300,"scheduledFor":1772355600000}}"#,
        NOTHING,
        told!(latency: "null", news: r#"{"type":"created","priority":1}"#,
            queue: ("job:created", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"pending","priority":1}"#),
            asset: asset!("queued")))];
    Fact::Queued { .. } => [
        (Fact::Queued { reason: QueuedReason::Schedule },
        r#"{"type":"job.queued","data":{"reason":"schedule"}}"#, NOTHING, None),
        (Fact::Queued { reason: QueuedReason::BackOff },
        r#"{"type":"job.queued","data":{"reason":"back_off"}}"#, NOTHING, None),
        (Fact::Queued { reason: QueuedReason::DeliveryTimeout },
        r#"{"type":"job.queued","data":{"reason":"delivery_timeout"}}"#, NOTHING, None)
    ];
    Fact::Delivered {} => [(Fact::Delivered {},
        r#"{"type":"job.delivered","data":{}}"#, NOTHING, None)];
    Fact::Started {} => [(Fact::Started {},
        r#"{"type":"job.started","data":{}}"#,
        ("job:started", r#"{"attempt":2,"startedAt":"2026-03-01T09:00:00.000Z"}"#),
        told!(latency: "null", news: r#"{"type":"started"}"#,
            queue: ("job:started", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"running"}"#),
            asset: NOTHING))];
    Fact::Progress(_) => [
        (Fact::Progress(Progress { percent: 65.0, message: None, sub_progress: None }),
        r#"{"type":"progress.reported","data":{"percent":65}}"#,
        ("job:progress", r#"{"percent":65}"#),
        told!(latency: "null", news: r#"{"type":"progress","percent":65}"#,
            queue: ("job:progress", r#"{"jobId":"job_01KJMA0FM00000000000000001","progress":65}"#),
            asset: NOTHING)),
        (Fact::Progress(Progress {
            percent: 65.5,
            message: Some("Encoding video".to_owned()),
            sub_progress: Some(object(json!({ "download": { "percent": 100 } }))),
        }),
        r#"{"type":"progress.reported","data":{"percent":65.5,"message":"Encoding video","subProgress":{"download":{"percent":100}}}}"#,
        ("job:progress", r#"{"percent":65.5,"message":"Encoding video","subProgress":{"download":{"percent":100}}}"#),
        told!(latency: "null", news: r#"{"type":"progress","percent":65.5}"#,
            queue: ("job:progress", r#"{"jobId":"job_01KJMA0FM00000000000000001","progress":65.5}"#),
            asset: NOTHING))
    ];
    Fact::StageStarted(_) => [(Fact::StageStarted(report("start", json!({}))),
        r#"{"type":"stage.started","data":{"stage":"research","type":"start"}}"#,
        ("stage:research", r#"{"stage":"research","type":"start"}"#),
        told!(latency: "null", news: r#"{"type":"stage","stage":"research","word":"start","error":null,"code":null}"#,
            queue: NOTHING,
            asset: asset!("stage_started", r#","stage":"research""#)))];
    Fact::StageCompleted(_) => [(Fact::StageCompleted(report("complete", json!({ "detail": "5 key facts", "durationSec": 4.2 }))),
        r#"{"type":"stage.completed","data":{"stage":"research","type":"complete","detail":"5 key facts","durationSec":4.2}}"#,
        ("stage:research", r#"{"stage":"research","type":"complete","detail":"5 key facts","durationSec":4.2}"#),
        told!(latency: "4200", news: r#"{"type":"stage","stage":"research","word":"complete","error":null,"code":null}"#,
            queue: NOTHING,
            asset: asset!("stage_completed", r#","stage":"research","latency_ms":4200"#)))];
    Fact::StageSkipped(_) => [(Fact::StageSkipped(report("skipped", json!({ "reason": "Dry run mode" }))),
        r#"{"type":"stage.skipped","data":{"stage":"research","type":"skipped","reason":"Dry run mode"}}"#,
        ("stage:research", r#"{"stage":"research","type":"skipped","reason":"Dry run mode"}"#),
        None)];
    Fact::StageFailed(_) => [(Fact::StageFailed(report("error", json!({ "error": "Rate limit exceeded", "code": "429" }))),
        r#"{"type":"stage.failed","data":{"stage":"research","type":"error","error":"Rate limit exceeded","code":"429"}}"#,
        ("stage:research", r#"{"stage":"research","type":"error","error":"Rate limit exceeded","code":"429"}"#),
        told!(latency: "4200", news: r#"{"type":"stage","stage":"research","word":"error","error":"Rate limit exceeded","code":"429"}"#,
            queue: NOTHING,
            asset: asset!("stage_failed", r#","stage":"research","latency_ms":4200,"error_code":"429","error_msg":"Rate limit exceeded""#)))];
    Fact::StageReported(_) => [
        (Fact::StageReported(report("results", json!({ "summary": "s", "key_facts": ["f"] }))),
        r#"{"type":"stage.reported","data":{"stage":"research","type":"results","summary":"s","key_facts":["f"]}}"#,
        ("stage:research", r#"{"stage":"research","type":"results","summary":"s","key_facts":["f"]}"#),
        None),
        (Fact::StageReported(report_of("webhook", "dead_letter", json!({ "url": "https://example.com", "attempts": 5 }))),
        r#"{"type":"stage.reported","data":{"stage":"webhook","type":"dead_letter","url":"https://example.com","attempts":5}}"#,
        ("stage:webhook", r#"{"stage":"webhook","type":"dead_letter","url":"https://example.com","attempts":5}"#),
        told!(latency: "null", news: r#"{"type":"stage","stage":"webhook","word":"dead_letter","error":null,"code":null}"#,
            queue: NOTHING,
            asset: asset!("webhook_dead_letter", r#","stage":"webhook""#)))
    ];
    Fact::Checkpoint(_) => [(Fact::Checkpoint(object(json!({ "checkpoint": "frames", "count": 1500 }))),
        r#"{"type":"checkpoint.saved","data":{"checkpoint":"frames","count":1500}}"#,
        ("job:checkpoint", r#"{"attempt":2,"ts":"2026-03-01T09:00:00.000Z","data":{"checkpoint":"frames","count":1500}}"#),
        None)];
    Fact::Custom(_) => [(Fact::Custom(object(json!({ "phase": "encoder" }))),
        r#"{"type":"event.emitted","data":{"phase":"encoder"}}"#,
        ("job:event", r#"{"attempt":2,"ts":"2026-03-01T09:00:00.000Z","data":{"phase":"encoder"}}"#),
        None)];
    Fact::Keepalive {} => [(Fact::Keepalive {},
        r#"{"type":"keepalive.received","data":{}}"#, NOTHING, None)];
    Fact::Logs(_) => [(Fact::Logs(chunk()),
        r#"{"type":"log.appended","data":{"fromSeq":1,"toSeq":2,"lines":[{"seq":1,"level":"warn","message":"one","timestamp":"2026-03-01T09:00:00.000Z"},{"seq":2,"level":"warn","message":"two","timestamp":"2026-03-01T09:00:00.000Z","source":"worker-a","metadata":{"pass":1}}]}}"#,
        ("job:log", r#"{"fromSeq":1,"toSeq":2,"lines":[{"seq":1,"level":"warn","message":"one","timestamp":"2026-03-01T09:00:00.000Z"},{"seq":2,"level":"warn","message":"two","timestamp":"2026-03-01T09:00:00.000Z","source":"worker-a","metadata":{"pass":1}}]}"#),
        None)];
    Fact::RetryScheduled { .. } => [(Fact::RetryScheduled {
            error: "disk full".to_owned(),
            error_code: Some("timeout".to_owned()),
            next_attempt: 3,
            retry_at: START.plus(1_500),
        },
        r#"{"type":"job.retry_scheduled","data":{"error":"disk full","errorCode":"timeout","nextAttempt":3,"retryAt":1772355601500}}"#,
        ("job:retry", r#"{"attempt":3,"retryAt":"2026-03-01T09:00:01.500Z","error":"disk full","code":"timeout"}"#),
        told!(latency: "4200", news: r#"{"type":"retry","nextAttempt":3,"retryAt":1772355601500,"error":"disk full","code":"timeout"}"#,
            queue: ("job:retry", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"pending","attempt":3,"retryAt":"2026-03-01T09:00:01.500Z","error":"disk full"}"#),
            asset: asset!("retry_scheduled", r#","latency_ms":4200,"error_code":"timeout","error_msg":"disk full""#)))];
    Fact::Completed { .. } => [
        (Fact::Completed { result: None },
        r#"{"type":"job.completed","data":{"result":null}}"#,
        ("job:completed", "{}"),
        told!(latency: "4200", news: r#"{"type":"completed"}"#,
            queue: ("job:completed", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"completed"}"#),
            asset: asset!("ready", r#","latency_ms":4200"#))),
        (Fact::Completed { result: Some(json!({ "url": "out.mp4" })) },
        r#"{"type":"job.completed","data":{"result":{"url":"out.mp4"}}}"#,
        ("job:completed", r#"{"result":{"url":"out.mp4"}}"#),
        told!(latency: "4200", news: r#"{"type":"completed"}"#,
            queue: ("job:completed", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"completed"}"#),
            asset: asset!("ready", r#","latency_ms":4200"#)))
    ];
    Fact::Failed { .. } => [
        (Fact::Failed { error: "ANTHROPIC_API_KEY is required".to_owned(), error_code: None },
        r#"{"type":"job.failed","data":{"error":"ANTHROPIC_API_KEY is required","errorCode":null}}"#,
        ("job:failed", r#"{"error":"ANTHROPIC_API_KEY is required"}"#),
        told!(latency: "4200", news: r#"{"type":"failed","error":"ANTHROPIC_API_KEY is required","code":null}"#,
            queue: ("job:error", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"error","error":"ANTHROPIC_API_KEY is required"}"#),
            asset: asset!("failed", r#","latency_ms":4200,"error_code":"job_failed","error_msg":"ANTHROPIC_API_KEY is required""#))),
        (Fact::Failed { error: "late".to_owned(), error_code: Some("timeout".to_owned()) },
        r#"{"type":"job.failed","data":{"error":"late","errorCode":"timeout"}}"#,
        ("job:failed", r#"{"error":"late","code":"timeout"}"#),
        told!(latency: "4200", news: r#"{"type":"failed","error":"late","code":"timeout"}"#,
            queue: ("job:error", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"error","error":"late"}"#),
            asset: asset!("failed", r#","latency_ms":4200,"error_code":"timeout","error_msg":"late""#)))
    ];
    Fact::Cancelled { .. } => [
        (Fact::Cancelled { reason: None, by: CancelledBy::Cancel },
        r#"{"type":"job.cancelled","data":{"reason":null,"by":"cancel"}}"#,
        ("job:failed", r#"{"error":"Job cancelled","cancelled":true}"#),
        told!(latency: "null", news: r#"{"type":"cancelled","reason":null}"#,
            queue: ("job:cancelled", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"cancelled"}"#),
            asset: asset!("cancelled"))),
        (Fact::Cancelled { reason: Some("too slow".to_owned()), by: CancelledBy::Kill },
        r#"{"type":"job.cancelled","data":{"reason":"too slow","by":"kill"}}"#,
        ("job:failed", r#"{"error":"Job killed","cancelled":true,"reason":"too slow"}"#),
        told!(latency: "null", news: r#"{"type":"cancelled","reason":"too slow"}"#,
            queue: ("job:cancelled", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"cancelled"}"#),
            asset: asset!("cancelled")))
    ];
    Fact::Retried { .. } => [(Fact::Retried { next_attempt: 2 },
        r#"{"type":"job.retried","data":{"nextAttempt":2}}"#,
        ("job:retry", r#"{"attempt":2,"retryAt":"2026-03-01T09:00:00.000Z","manual":true}"#),
        told!(latency: "null", news: r#"{"type":"retry","nextAttempt":2,"retryAt":1772355600000,"error":null,"code":null}"#,
            queue: ("job:retry", r#"{"jobId":"job_01KJMA0FM00000000000000001","filePath":"/in.mp4","status":"pending","attempt":2,"retryAt":"2026-03-01T09:00:00.000Z","error":null}"#),
            asset: asset!("retry_scheduled")))];
}
