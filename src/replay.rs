//! Owns what a subscriber gets when it comes, from its cursor and the bounds of the log. Contract: “Streams”.
//! Invariant: whatever the cursor, every event after it is either replayed or its loss is told by a `reset`.

use crate::id::EventId;
use serde::{Deserialize, Serialize};

/// What is left of a log, for one visibility.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Everything newer than this is still stored; 0 while nothing was trimmed.
    pub floor: EventId,
    /// The newest event.
    pub tail: EventId,
    /// The event that ended the log's stream, if it has ended.
    pub ended_by: Option<EventId>,
}

impl Bounds {
    /// Where a reader of the state now goes on. The snapshot of a finished job stands just before its end, so that the
    /// terminal event follows it.
    pub fn present(&self) -> EventId {
        self.ended_by.map_or(self.tail, EventId::before)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plan {
    /// No cursor: the view's beginning, then what follows `from`.
    Snapshot { from: EventId },
    /// A good cursor: the view's beginning, every event newer than `from`, then what follows.
    Replay { from: EventId },
    /// A cursor that this log cannot continue: say so, then as without one.
    Reset { reason: ResetReason, from: EventId },
    /// The reader has seen the end: 204 stops its `EventSource`.
    Gone,
}

impl Plan {
    /// The place from which the stream goes on; `None` where there is no stream.
    pub fn from(self) -> Option<EventId> {
        match self {
            Plan::Snapshot { from } | Plan::Replay { from } | Plan::Reset { from, .. } => Some(from),
            Plan::Gone => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// Older than what is kept.
    CursorTooOld,
    /// Newer than the log: a cursor of another log.
    CursorAhead,
    /// No id of this log, although it lies between its bounds: a cursor of another log.
    CursorUnknown,
}

/// `beginning` is where the view starts a reader that brings no cursor, or one that is no good.
pub fn plan(cursor: Option<EventId>, bounds: Bounds, beginning: EventId) -> Plan {
    let reset = |reason| Plan::Reset { reason, from: beginning };
    match cursor {
        None => Plan::Snapshot { from: beginning },
        Some(cursor) if cursor > bounds.tail => reset(ResetReason::CursorAhead),
        Some(cursor) if bounds.ended_by.is_some_and(|end| cursor >= end) => Plan::Gone,
        Some(cursor) if cursor < bounds.floor => reset(ResetReason::CursorTooOld),
        Some(cursor) => Plan::Replay { from: cursor },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(floor: u64, tail: u64, ended_by: Option<u64>) -> Bounds {
        Bounds { floor: EventId(floor), tail: EventId(tail), ended_by: ended_by.map(EventId) }
    }

    fn planned(cursor: Option<u64>, bounds: Bounds) -> Plan {
        plan(cursor.map(EventId), bounds, bounds.present())
    }

    #[test]
    fn each_place_of_a_cursor_has_its_plan() {
        let live = bounds(10, 20, None);
        assert_eq!(planned(None, live), Plan::Snapshot { from: EventId(20) });
        assert_eq!(planned(Some(20), live), Plan::Replay { from: EventId(20) });
        assert_eq!(planned(Some(10), live), Plan::Replay { from: EventId(10) });
        assert_eq!(planned(Some(9), live), Plan::Reset { reason: ResetReason::CursorTooOld, from: EventId(20) });
        assert_eq!(planned(Some(21), live), Plan::Reset { reason: ResetReason::CursorAhead, from: EventId(20) });
    }

    #[test]
    fn zero_asks_for_the_whole_log_while_nothing_was_trimmed() {
        assert_eq!(planned(Some(0), bounds(0, 20, None)), Plan::Replay { from: EventId(0) });
    }

    #[test]
    fn an_ended_log_is_gone_for_who_has_seen_its_end_and_replayed_for_who_has_not() {
        let ended = bounds(0, 20, Some(18));
        assert_eq!(planned(Some(18), ended), Plan::Gone);
        assert_eq!(planned(Some(20), ended), Plan::Gone);
        assert_eq!(planned(Some(17), ended), Plan::Replay { from: EventId(17) });
        assert_eq!(planned(None, ended), Plan::Snapshot { from: EventId(17) });
        assert_eq!(planned(Some(21), ended), Plan::Reset { reason: ResetReason::CursorAhead, from: EventId(17) });
    }

    #[test]
    fn an_ended_log_of_which_only_the_end_is_left_still_shows_it() {
        let expired = bounds(17, 20, Some(18));
        assert_eq!(planned(None, expired), Plan::Snapshot { from: EventId(17) });
        assert_eq!(planned(Some(17), expired), Plan::Replay { from: EventId(17) });
        assert_eq!(planned(Some(19), expired), Plan::Gone);
        assert_eq!(planned(Some(5), expired), Plan::Reset { reason: ResetReason::CursorTooOld, from: EventId(17) });
    }
}
