//! Owns what a job tells its project: the public part of its log, bounded in size, with what a reader needs who sees
//! many jobs. The asset view and the queue view are made of notices, one job's stream and a project's alike.
//! Invariant: the stored form only grows; a feed reads back what an earlier release wrote.

use crate::event::{Created, Event, Fact, Progress, StageReport, plain_number};
use crate::id::{EventId, JobId, RequestId};
use crate::limits;
use crate::time::Timestamp;
use crate::view::{asset, queue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One event of a job, as its project hears of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub job: JobId,
    /// Its place in the job's log, by which a feed knows what it has already.
    pub event: EventId,
    pub attempt: u32,
    pub file_path: Option<String>,
    pub request: Option<RequestId>,
    pub latency_ms: Option<u64>,
    pub news: News,
}

/// What happened, as far as some view shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", try_from = "Told")]
pub enum News {
    Created {
        priority: u8,
    },
    Started {},
    Progress {
        #[serde(serialize_with = "plain_number")]
        percent: f64,
    },
    /// `word` is the producer's: start, complete, error, or what the asset view knows besides.
    Stage {
        stage: String,
        word: String,
        error: Option<String>,
        code: Option<String>,
    },
    /// Another attempt follows; without an error, because a person asked for it.
    Retry {
        next_attempt: u32,
        retry_at: Timestamp,
        error: Option<String>,
        code: Option<String>,
    },
    Completed {},
    Failed {
        error: String,
        code: Option<String>,
    },
    Cancelled {
        reason: Option<String>,
    },
    /// The job is no more. It has no event in any log.
    Deleted {},
}

/// News as they are read: their type, and whatever any of them has. A derived reader of a tagged enum keeps everything in
/// a form of its own until it has found the tag, which made it 32 KB of the Worker.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    #[serde(rename = "type")]
    kind: Kind,
    priority: Option<u8>,
    percent: Option<f64>,
    stage: Option<String>,
    word: Option<String>,
    next_attempt: Option<u32>,
    retry_at: Option<Timestamp>,
    error: Option<String>,
    code: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Created,
    Started,
    Progress,
    Stage,
    Retry,
    Completed,
    Failed,
    Cancelled,
    Deleted,
}

impl TryFrom<Told> for News {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<News, &'static str> {
        let Told { error, code, .. } = told;
        Ok(match told.kind {
            Kind::Created => News::Created { priority: told.priority.ok_or("no priority")? },
            Kind::Started => News::Started {},
            Kind::Progress => News::Progress { percent: told.percent.ok_or("no percent")? },
            Kind::Stage => {
                let (stage, word) = (told.stage.ok_or("no stage")?, told.word.ok_or("no word")?);
                News::Stage { stage, word, error, code }
            }
            Kind::Retry => {
                let (next_attempt, retry_at) =
                    (told.next_attempt.ok_or("no attempt")?, told.retry_at.ok_or("no time")?);
                News::Retry { next_attempt, retry_at, error, code }
            }
            Kind::Completed => News::Completed {},
            Kind::Failed => News::Failed { error: error.ok_or("no error")?, code },
            Kind::Cancelled => News::Cancelled { reason: told.reason },
            Kind::Deleted => News::Deleted {},
        })
    }
}

/// Which of the project's streams show a notice; stored as a number beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Views(u8);

impl Views {
    pub const QUEUE: Views = Views(1);
    pub const ASSET: Views = Views(2);

    pub fn bits(self) -> u8 {
        self.0
    }

    fn of(notice: &Notice) -> Views {
        let bit = |shown: bool, view: Views| if shown { view.0 } else { 0 };
        Views(bit(queue::frame(notice).is_some(), Views::QUEUE) | bit(asset::name(notice).is_some(), Views::ASSET))
    }

    fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl Notice {
    /// `None` for what no view of the project shows.
    pub fn of(created: &Created, event: &Event) -> Option<Notice> {
        let notice = Notice {
            job: created.id.clone(),
            event: event.id,
            attempt: event.attempt,
            file_path: created.file_path.clone(),
            request: event.origin.request.clone(),
            latency_ms: event.origin.latency_ms,
            news: news(created, event)?,
        };
        (!notice.views().is_none()).then_some(notice)
    }

    /// The last that a project hears of a job. `place` follows the job's last event.
    pub fn deleted(created: &Created, place: EventId, attempt: u32, request: Option<RequestId>) -> Notice {
        Notice {
            job: created.id.clone(),
            event: place,
            attempt,
            file_path: created.file_path.clone(),
            request,
            latency_ms: None,
            news: News::Deleted {},
        }
    }

    pub fn views(&self) -> Views {
        Views::of(self)
    }

    pub fn is_progress(&self) -> bool {
        matches!(self.news, News::Progress { .. })
    }
}

fn news(created: &Created, event: &Event) -> Option<News> {
    Some(match &event.fact {
        Fact::Created(_) => News::Created { priority: created.priority },
        Fact::Started {} => News::Started {},
        Fact::Progress(Progress { percent, .. }) => News::Progress { percent: *percent },
        Fact::StageStarted(report)
        | Fact::StageCompleted(report)
        | Fact::StageSkipped(report)
        | Fact::StageFailed(report)
        | Fact::StageReported(report) => stage(report),
        Fact::RetryScheduled { error, error_code, next_attempt, retry_at } => News::Retry {
            next_attempt: *next_attempt,
            retry_at: *retry_at,
            error: Some(short(error)),
            code: error_code.clone(),
        },
        Fact::Retried { next_attempt } => {
            News::Retry { next_attempt: *next_attempt, retry_at: event.id.time(), error: None, code: None }
        }
        Fact::Completed { .. } => News::Completed {},
        Fact::Failed { error, error_code } => News::Failed { error: short(error), code: error_code.clone() },
        Fact::Cancelled { reason, .. } => News::Cancelled { reason: reason.as_deref().map(short) },
        Fact::Queued { .. }
        | Fact::Delivered {}
        | Fact::Checkpoint(_)
        | Fact::Custom(_)
        | Fact::Keepalive {}
        | Fact::Logs(_) => return None,
    })
}

fn stage(report: &StageReport) -> News {
    let text =
        |field: &str| report.fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(short);
    News::Stage { stage: report.stage.clone(), word: report.word.clone(), error: text("error"), code: text("code") }
}

/// A notice is stored once more for the project, and sent to everybody who watches it: long texts stay in the job.
fn short(text: &str) -> String {
    crate::event::cut(text, limits::MESSAGE_TEXT)
}

/// Drops each progress that a later one of the same batch overtakes with nothing else in between (CONTRACT,
/// “Streams”: a project's stream may conflate progress, and drops nothing else).
pub fn conflate(notices: Vec<Notice>) -> Vec<Notice> {
    let mut kept: Vec<Notice> = Vec::with_capacity(notices.len());
    for notice in notices {
        if notice.is_progress() && kept.last().is_some_and(Notice::is_progress) {
            kept.pop();
        }
        kept.push(notice);
    }
    kept
}
