//! Owns the log of a project: what its jobs tell it, in one order, with ids of its own; and what a reader of it gets.
//! Invariant: the order is the one in which the feed took the notices, for every subscriber the same; only progress
//! that was overtaken is ever missing between the bounds.

use crate::id::{EventId, ProjectId};
use crate::notice::{Notice, Views};
use crate::replay::{Bounds, Plan, ResetReason, plan};
use crate::sse::{Frame, reset_frame};
use crate::time::Timestamp;
use crate::view::{asset, queue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a feed remembers of itself while it sleeps; its entries stand apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feed {
    pub project: ProjectId,
    /// Everything newer than this is stored; 0 while nothing was dropped.
    pub floor: EventId,
    /// Up to here, progress that was overtaken may be missing.
    pub thinned: EventId,
    /// The newest entry ever.
    pub tail: EventId,
}

/// A notice at its place in the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: EventId,
    pub notice: Notice,
}

/// The two streams of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// `/queue/events`.
    Queue,
    /// `/api/projects/{id}/activity`.
    Activity,
}

/// How many events a reader of the activity gets who brings no cursor. Contract: “Streams”.
pub const NEWEST: u64 = 100;

impl Feed {
    pub fn new(project: ProjectId) -> Feed {
        let (floor, thinned, tail) = Default::default();
        Feed { project, floor, thinned, tail }
    }

    /// Gives notices their places.
    pub fn append(&mut self, notices: Vec<Notice>, now: Timestamp) -> Vec<Entry> {
        let place = |notice| {
            self.tail = self.tail.next(now);
            Entry { id: self.tail, notice }
        };
        notices.into_iter().map(place).collect()
    }

    pub fn bounds(&self) -> Bounds {
        Bounds { floor: self.floor, tail: self.tail, ended_by: None }
    }

    /// `is_stored` tells whether an entry has this id. A cursor between the bounds that no entry has is another
    /// feed's, and going on from it would hide that.
    pub fn plan(&self, cursor: Option<EventId>, beginning: EventId, is_stored: impl FnOnce(EventId) -> bool) -> Plan {
        let planned = plan(cursor, self.bounds(), beginning);
        match planned {
            Plan::Replay { from } if from > self.floor && from > self.thinned && !is_stored(from) => {
                Plan::Reset { reason: ResetReason::CursorUnknown, from: beginning }
            }
            Plan::Snapshot { .. } | Plan::Replay { .. } | Plan::Reset { .. } | Plan::Gone => planned,
        }
    }
}

impl Channel {
    pub fn views(self) -> Views {
        match self {
            Channel::Queue => Views::QUEUE,
            Channel::Activity => Views::ASSET,
        }
    }

    /// Appends what a subscriber sees of one entry; often nothing.
    pub fn encode(self, entry: &Entry, out: &mut String) {
        let frame = match self {
            Channel::Queue => queue::frame(&entry.notice),
            Channel::Activity => asset::frame(&entry.notice),
        };
        if let Some((name, data)) = frame {
            Frame { name: name.to_owned(), id: Some(entry.id), data: data.to_string() }.encode(out);
        }
    }

    /// How a stream begins, before any replay.
    pub fn opening(self, plan: Plan, oldest: EventId, client: &str) -> String {
        let mut out = String::new();
        let Some(from) = plan.from() else { return out };
        if let Plan::Reset { reason, .. } = plan {
            reset_frame(reason, oldest).encode(&mut out);
        }
        if self == Channel::Queue {
            connected(from, client).encode(&mut out);
        }
        out
    }
}

/// Seed 000, “connected”; it carries the place from which the stream goes on.
fn connected(from: EventId, client: &str) -> Frame {
    Frame { name: "connected".to_owned(), id: Some(from), data: json!({ "clientId": client }).to_string() }
}

/// Seed 000, “heartbeat”: it leaves the reader's cursor where it is.
pub fn heartbeat(now: Timestamp) -> String {
    let mut out = String::new();
    let data: Value = json!({ "timestamp": now.iso() });
    Frame { name: "heartbeat".to_owned(), id: None, data: data.to_string() }.encode(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(floor: u64, thinned: u64, tail: u64) -> Feed {
        let project = ProjectId::new(Timestamp(1), 1);
        Feed { project, floor: EventId(floor), thinned: EventId(thinned), tail: EventId(tail) }
    }

    fn planned(feed: &Feed, cursor: u64, stored: &[u64]) -> Plan {
        feed.plan(Some(EventId(cursor)), feed.tail, |id| stored.contains(&id.0))
    }

    fn reset(reason: ResetReason, from: u64) -> Plan {
        Plan::Reset { reason, from: EventId(from) }
    }

    #[test]
    fn a_cursor_goes_on_only_where_an_entry_is_or_may_have_been() {
        let feed = feed(10, 15, 30);
        let stored = [12, 20, 30];
        for good in [10, 12, 13, 15, 20, 30] {
            assert_eq!(planned(&feed, good, &stored), Plan::Replay { from: EventId(good) }, "{good}");
        }
        assert_eq!(planned(&feed, 16, &stored), reset(ResetReason::CursorUnknown, 30));
        assert_eq!(planned(&feed, 9, &stored), reset(ResetReason::CursorTooOld, 30));
        assert_eq!(planned(&feed, 31, &stored), reset(ResetReason::CursorAhead, 30));
    }

    #[test]
    fn zero_asks_for_the_whole_feed_while_nothing_was_dropped() {
        assert_eq!(planned(&feed(0, 0, 30), 0, &[]), Plan::Replay { from: EventId(0) });
        assert_eq!(planned(&feed(0, 0, 0), 0, &[]), Plan::Replay { from: EventId(0) });
    }

    #[test]
    fn connected_tells_the_cursor_and_a_reset_comes_before_it() {
        let plan = reset(ResetReason::CursorAhead, 7);
        assert_eq!(
            Channel::Queue.opening(plan, EventId(3), "client_1"),
            "event: reset\ndata: {\"reason\":\"cursor_ahead\",\"oldest\":3}\n\n\
             event: connected\ndata: {\"clientId\":\"client_1\"}\nid: 7\n\n"
        );
    }

    #[test]
    fn the_heartbeat_is_the_seeds() {
        assert_eq!(
            heartbeat(Timestamp::parse_iso("2024-03-15T10:30:00.000Z").unwrap()),
            "event: heartbeat\ndata: {\"timestamp\":\"2024-03-15T10:30:00.000Z\"}\n\n"
        );
    }
}
