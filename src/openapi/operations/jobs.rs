//! Jobs as whoever starts, reads and steers them sees them.

use crate::call::LogFilter;
use crate::event::Fact;
use crate::limits;
use crate::openapi::answer::Answer;
use crate::openapi::examples::{self, ORIGIN, START};
use crate::openapi::operation::{Body, Operation, Tag};
use crate::openapi::schemas::shape::{named, one_of};
use crate::problem::Code;
use crate::response;
use serde_json::{Value, json};

/// The headers of every command to one job.
pub const COMMAND: [&str; 2] = ["IdempotencyKey", "JobAttempt"];

/// A page with one job.
pub fn page(job: Value) -> Value {
    json!({ "jobs": [job], "limit": limits::PAGE_DEFAULT, "offset": 0, "count": 1, "total": 1, "nextCursor": null })
}

pub fn create() -> Operation {
    Operation::new(Tag::Jobs, "Create one job, or several")
        .about(
            "One object, or a list of up to 100; the answer has the same shape. A list with one bad entry is refused whole: send \
             an `Idempotency-Key` with it, so that a repeat completes it.",
        )
        .takes(&["IdempotencyKey"])
        .body(Body::optional(one_of(vec![named("NewJob"), named("NewJobs")]), examples::new_job()))
        .answers(Answer::created("The job, or the jobs.", one_of(vec![named("Job"), named("Jobs")]), examples::pending()))
}

pub fn list() -> Operation {
    Operation::new(Tag::Jobs, "List jobs, newest first")
        .takes(&["JobLimit", "Offset", "Cursor", "Status", "Name", "FilePath"])
        .answers(Answer::ok("A page of jobs.", named("JobPage"), page(examples::running())))
}

pub fn get() -> Operation {
    Operation::new(Tag::Jobs, "Read a job").answers(Answer::ok("The job.", named("Job"), examples::running()))
}

pub fn delete() -> Operation {
    Operation::new(Tag::Jobs, "Delete a job")
        .about("In any state but `delivered` and `running`. Its streams are closed.")
        .takes(&COMMAND)
        .answers(Answer::ok("It is deleted.", named("Done"), response::done("Job deleted")))
        .refuses(&[Code::JobActive])
}

pub fn progress() -> Operation {
    let example = examples::job().map_or(Value::Null, |job| response::progress(&job));
    Operation::new(Tag::Jobs, "Read a job's last progress").answers(Answer::ok(
        "The progress.",
        named("JobProgress"),
        example,
    ))
}

pub fn checkpoints() -> Operation {
    let saved: Vec<_> =
        examples::events().into_iter().filter(|event| matches!(event.fact, Fact::Checkpoint(_))).collect();
    let example = response::checkpoints_page(&saved, limits::PAGE_DEFAULT, None);
    Operation::new(Tag::Jobs, "Read a job's checkpoints, oldest first")
        .takes(&["AfterEvent", "LogLimit"])
        .answers(Answer::ok("A page of checkpoints.", named("CheckpointPage"), example))
}

pub fn logs() -> Operation {
    let filter = LogFilter { levels: vec![], text: Some("pass".to_owned()) };
    let lines: Vec<_> = examples::lines().into_iter().filter(|line| filter.passes(line)).collect();
    Operation::new(Tag::Jobs, "Read a job's log lines, oldest first")
        .takes(&["AfterLine", "LogLimit", "Level", "LogText"])
        .answers(Answer::ok(
            "A page of lines.",
            named("LogPage"),
            response::logs_page(&lines, limits::PAGE_DEFAULT, None),
        ))
}

pub fn kill() -> Operation {
    Operation::new(Tag::Jobs, "Kill a job")
        .about(
            "From any state that is not final. A running producer learns it from its next call: 409 `job_cancelled`.",
        )
        .takes(&COMMAND)
        .body(Body::optional(named("Kill"), json!({ "reason": "the file was withdrawn" })))
        .answers(Answer::ok("The job, `cancelled`.", named("Job"), examples::cancelled()))
        .refuses(&[Code::JobFinished])
}

pub fn retry() -> Operation {
    Operation::new(Tag::Jobs, "Retry a failed job")
        .about("It gets one more attempt and keeps its log, its checkpoints and its finished stages.")
        .takes(&COMMAND)
        .answers(Answer::ok("It is `pending`.", named("Done"), response::done("Job queued for retry")))
        .refuses(&[Code::JobNotFailed])
}

pub fn cancel() -> Operation {
    Operation::new(Tag::Jobs, "Cancel a job that does not run yet")
        .takes(&COMMAND)
        .answers(Answer::ok("It is `cancelled`.", named("Done"), response::done("Job cancelled")))
        .refuses(&[Code::JobNotCancellable])
}

pub fn mint_token() -> Operation {
    let url = response::events_url(ORIGIN, examples::job_id().as_str());
    let example =
        json!({ "token": "jct_…", "expiresAt": START.plus(3_600_000).iso(), "url": format!("{url}?token=jct_…") });
    Operation::new(Tag::Streams, "Mint a stream token")
        .about("For a plain `EventSource`: the token reads this one job until it expires. A key cannot give what it lacks.")
        .body(Body::optional(named("TokenRequest"), json!({ "ttlSeconds": 3600, "scopes": ["jobs:read"] })))
        .answers(Answer::created("The token.", named("StreamToken"), example))
}
