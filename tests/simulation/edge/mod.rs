//! The Worker's own objects, from the files that the Worker is built of. Only what touches the platform itself is the
//! simulation's: clock, randomness and settings (`platform`), D1 (`cloud/d1.rs`), the outcome of a handler (`reply`), how work goes on (`errand`); and nothing is counted (`meter`).

#[path = "../../../src/edge/audience.rs"]
pub mod audience;
#[path = "../../../src/edge/complaint.rs"]
pub mod complaint;
#[path = "../../../src/edge/creation.rs"]
pub mod creation;
pub use crate::cloud::d1;
#[path = "../../../src/edge/desk.rs"]
pub mod desk;
#[path = "../../../src/edge/directory.rs"]
pub mod directory;
pub mod errand;
#[path = "../../../src/edge/expiry.rs"]
pub mod expiry;
#[path = "../../../src/edge/feed_journal.rs"]
pub mod feed_journal;
#[path = "../../../src/edge/feed_log.rs"]
pub mod feed_log;
#[path = "../../../src/edge/feed_retention.rs"]
pub mod feed_retention;
#[path = "../../../src/edge/gathering.rs"]
pub mod gathering;
#[path = "../../../src/edge/job_log.rs"]
pub mod job_log;
#[path = "../../../src/edge/job_object.rs"]
pub mod job_object;
#[path = "../../../src/edge/job_stream_do.rs"]
pub mod job_stream_do;
#[path = "../../../src/edge/joined.rs"]
pub mod joined;
#[path = "../../../src/edge/journal.rs"]
pub mod journal;
pub mod meter;
#[path = "../../../src/edge/outbox.rs"]
pub mod outbox;
#[path = "../../../src/edge/pages.rs"]
pub mod pages;
#[path = "../../../src/edge/patience.rs"]
pub mod patience;
pub mod platform;
#[path = "../../../src/edge/project_feed.rs"]
pub mod project_feed;
#[path = "../../../src/edge/project_feed_do.rs"]
pub mod project_feed_do;
#[path = "../../../src/edge/projection.rs"]
pub mod projection;
#[path = "../../../src/edge/reading.rs"]
pub mod reading;
#[path = "../../../src/edge/relay_do.rs"]
pub mod relay_do;
#[path = "../../../src/edge/relay_object.rs"]
pub mod relay_object;
#[path = "../../../src/edge/relaying.rs"]
pub mod relaying;
pub mod reply;
#[path = "../../../src/edge/spreading.rs"]
pub mod spreading;
#[path = "../../../src/edge/sqlite.rs"]
pub mod sqlite;
#[path = "../../../src/edge/subscribers.rs"]
pub mod subscribers;
#[path = "../../../src/edge/turn.rs"]
pub mod turn;

/// As far as the way to an object needs it.
pub struct Visit {
    pub env: worker::Env,
}
