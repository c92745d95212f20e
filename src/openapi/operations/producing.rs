//! What whoever runs a job says about it.

use super::jobs::COMMAND;
use crate::id::EventId;
use crate::openapi::answer::Answer;
use crate::openapi::examples::{self, START};
use crate::openapi::operation::{Body, Operation, Tag};
use crate::openapi::schemas::shape::{any_object, named, text};
use crate::problem::Code;
use crate::response;
use serde_json::{Value, json};

/// Of what only a running job takes.
const NOT_RUNNING: [Code; 2] = [Code::JobNotRunning, Code::JobCancelled];

fn producing(summary: &'static str) -> Operation {
    Operation::new(Tag::Producing, summary)
}

fn command(summary: &'static str) -> Operation {
    producing(summary).takes(&COMMAND)
}

/// A report that becomes an event of the log.
fn report(summary: &'static str, body: Value, example: Value) -> Operation {
    command(summary)
        .body(Body::required(body, example))
        .answers(Answer::ok("It is stored.", named("Reported"), response::reported(EventId(START.0))))
        .refuses(&NOT_RUNNING)
}

pub fn poll() -> Operation {
    producing("Take jobs from the queue")
        .about(
            "Lower priority number first, then older first. Two producers never get the same job for the same attempt. \
             Repeated under its `Idempotency-Key`, because its answer was lost, a poll gets the jobs that it was given, as \
             long as they wait for their `ack`.",
        )
        .takes(&["IdempotencyKey"])
        .body(Body::optional(named("PollRequest"), json!({ "count": 1, "names": ["encode"], "waitSeconds": 1 })))
        .answers(Answer::ok(
            "Jobs that are yours, `delivered`; none if there is none.",
            named("Jobs"),
            json!({ "jobs": [examples::delivered()] }),
        ))
}

pub fn claim() -> Operation {
    command("Take one pending job")
        .answers(Answer::ok("The job, `delivered`.", named("Job"), examples::delivered()))
        .refuses(&[Code::JobNotPending, Code::JobCancelled])
}

pub fn ack() -> Operation {
    command("Begin to work on a job")
        .about("A `pending` job is claimed too.")
        .answers(Answer::ok("The job, `running`.", named("Job"), examples::running()))
        .refuses(&[Code::JobNotPending, Code::JobCancelled])
}

pub fn progress() -> Operation {
    report("Report progress", named("ProgressReport"), examples::progress())
        .about("Resets the execution time-out, as do stages, checkpoints, events and keepalive.")
}

pub fn checkpoint() -> Operation {
    let example = json!({ "checkpoint": "processed_frames", "count": 1500, "last_offset": 45000 });
    report("Save a checkpoint", any_object(), example)
        .about("Any object: from it the next attempt can go on.")
        .needs_no_body()
}

pub fn event() -> Operation {
    let example = json!({ "phase": "encoder", "host": "worker-3", "note": "switched bitrate ladder" });
    report("Emit an event of your own", any_object(), example).about("Any object.").needs_no_body()
}

pub fn stage() -> Operation {
    report("Report on a stage", named("StageReport"), json!({ "type": "complete", "detail": "12 MB" })).about(
        "`start`, `complete`, `skipped` and `error` move the stage. Any other word is passed on with whatever fields it brings; \
         `results`, `score`, `cost_estimate`, `music`, `music_resolved`, `music_generated` and `review` are also gathered in the \
         snapshot.",
    )
}

pub fn keep_alive() -> Operation {
    command("Say that the job is still worked on")
        .answers(Answer::ok(
            "When the attempt is over without another report.",
            named("KeptAlive"),
            response::kept_alive(Some(START.plus(300_000))),
        ))
        .refuses(&NOT_RUNNING)
}

pub fn logs() -> Operation {
    let example = json!({ "logs": ["pass 1 of 2", { "level": "warn", "message": "fallback codec selected" }] });
    let lines = "{\"level\":\"debug\",\"message\":\"started\"}\n{\"level\":\"error\",\"message\":\"disk full\"}\n";
    let body = Body::required(named("LogBatch"), example).or("application/x-ndjson", text(), json!(lines));
    command("Append log lines")
        .about(
            "In any state, also after the end. A list, an object with `logs`, or NDJSON, each also compressed with gzip. At most \
             1,000 entries, 1 MiB on the wire, 8 MiB unpacked; a batch with one bad entry is refused whole.",
        )
        .takes(&["ContentEncoding"])
        .body(body)
        .answers(Answer::ok("The lines are stored.", named("LogsAppended"), response::logs_appended(1, 2)))
}

pub fn complete() -> Operation {
    command("Complete a job")
        .about("Repeated with the same result, or with none, it succeeds and adds nothing.")
        .body(Body::optional(named("Completion"), json!({ "result": { "url": "https://cdn.example/clip.mp4" } })))
        .answers(Answer::ok("The job, `completed`.", named("Job"), examples::done()))
        .refuses(&[Code::JobNotRunning, Code::JobCancelled, Code::JobFinished])
}

pub fn fail() -> Operation {
    command("Say that an attempt has failed")
        .about("While an attempt is left and `retry` is not false, the job is `scheduled` for a back-off, then `pending`; else it is `failed`.")
        .body(Body::optional(named("Failure"), json!({ "error": "the worker was out of memory", "code": "oom" })))
        .answers(Answer::ok("The job, `scheduled` or `failed`.", named("Job"), examples::to_be_retried()))
        .refuses(&NOT_RUNNING)
}
