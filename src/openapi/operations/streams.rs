//! The streams: of a job in two views, and of a project in two.

use crate::limits;
use crate::openapi::answer::Answer;
use crate::openapi::examples;
use crate::openapi::operation::{Operation, Tag};
use crate::openapi::schemas::shape::named;
use crate::response;
use crate::view::Visibility;
use serde_json::json;

const CURSOR: [&str; 2] = ["LastEventId", "LastEventIdQuery"];

fn stream(summary: &'static str) -> Operation {
    Operation::new(Tag::Streams, summary).takes(&CURSOR)
}

fn gone() -> Answer {
    Answer::new(204, "The job has ended and nothing is newer than the cursor: this stops an `EventSource`.")
}

pub fn job() -> Operation {
    let events: Vec<_> = examples::events().into_iter().take(3).collect();
    let page = response::events_page(&events, Visibility::Full, limits::PAGE_DEFAULT, None);
    let answer = Answer::stream(
        "The stream; or, with `Accept: application/json`, a page of the log.",
        named("PipelineEvent"),
        &examples::pipeline_frames(),
    )
    .content("application/json", json!({ "schema": named("EventPage"), "example": page }));
    stream("Watch a job")
        .about(
            "`job:snapshot` first, always; with a cursor then every event that is newer; then live. It ends after `job:completed` or \
             `job:failed`. With `Accept: application/json` it answers a page of the log instead: the polling fallback, which takes \
             `after` and `limit`.",
        )
        .takes(&["Events", "AfterEvent", "LogLimit"])
        .answers(answer)
        .answers(gone())
}

pub fn public_asset() -> Operation {
    asset_stream("Watch a job as an asset, by a project key")
}

pub fn asset() -> Operation {
    asset_stream("Watch a job as an asset")
}

fn asset_stream(summary: &'static str) -> Operation {
    stream(summary)
        .about("Without a cursor its whole log, then live. The stream stays open after the end, because a person may retry.")
        .answers(Answer::stream("The stream.", named("AssetEvent"), &examples::asset_frames()))
        .answers(gone())
}

pub fn activity() -> Operation {
    stream("Watch all jobs of a project, in the asset view")
        .about("Without a cursor its newest 100 events, then live.")
        .answers(Answer::stream("The stream.", named("AssetEvent"), &examples::asset_frames()))
}

pub fn queue() -> Operation {
    stream("Watch all jobs of a project, in the queue view")
        .about(
            "`connected` first, with the id from which the stream goes on; then live. A job's progress may be conflated to its \
             latest value; nothing else is ever left out.",
        )
        .answers(Answer::stream("The stream.", named("QueueEvent"), &examples::queue_frames()))
}
