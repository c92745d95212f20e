//! What a project hears of its jobs, and what its streams make of it: notices, the queue view, the asset view, cursors.

mod support;

#[path = "feed/asset.rs"]
mod asset;
#[path = "feed/format.rs"]
mod format;
#[path = "feed/latency.rs"]
mod latency;
#[path = "feed/listed.rs"]
mod listed;
#[path = "feed/notices.rs"]
mod notices;
#[path = "feed/streams.rs"]
mod streams;

use jobcast::event::{Created, Event};
use jobcast::feed::{Channel, Entry};
use jobcast::id::EventId;
use jobcast::notice::Notice;
use support::build::START;

/// As `edge::outbox` tells it; `None` where the project hears nothing.
fn told(created: &Created, event: &Event) -> Option<Notice> {
    Notice::of(created, event)
}

/// What a stream shows of a notice at the place of `START`; empty where it shows nothing.
fn shown(channel: Channel, notice: &Notice) -> String {
    let mut out = String::new();
    channel.encode(&Entry { id: EventId(START.0), notice: notice.clone() }, &mut out);
    out
}
