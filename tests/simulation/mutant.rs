//! Planted bugs: one at a time, where the objects meet their rules, their statements and their platform.

use crate::history::Invariant;
use crate::sql::{directory, feed, object};
use std::borrow::Cow;
use std::cell::Cell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    NoFence,
    ClaimedTwice,
    ReportedAfterTheEnd,
    AcknowledgedAndDropped,
    ClockTrusted,
    ConflatedOverATerminal,
    ResetSwallowed,
    GoneBeforeTheEnd,
    CursorOneAhead,
    KeysForgotten,
    CreationKeysForgotten,
    CursorInclusive,
    PageCutShort,
    DirectoryTakesAnything,
    DirectoryKeepsTheDeleted,
    FeedForgetsInSleep,
    FeedForgetsTheTrimmed,
    FeedThinsTheNewest,
    TellingTakenForHeard,
    WakesWithoutCatchingUp,
    AlarmLostWithMemory,
    AlarmNeverRings,
    HalfATransaction,
    RelayLeftOut,
    PlacesForgottenInSleep,
}

/// Each with a seed that kills it, and what it breaks.
pub const KILLS: &[(Mutant, u64, Invariant)] = &[
    (Mutant::NoFence, 33, Invariant::Fencing),
    (Mutant::ClaimedTwice, 154, Invariant::Acknowledged),
    (Mutant::ReportedAfterTheEnd, 6, Invariant::LegalMoves),
    (Mutant::AcknowledgedAndDropped, 6, Invariant::Acknowledged),
    (Mutant::ClockTrusted, 14, Invariant::LogGrows),
    (Mutant::ConflatedOverATerminal, 41, Invariant::FeedExact),
    (Mutant::ResetSwallowed, 43, Invariant::ReadersExact),
    (Mutant::GoneBeforeTheEnd, 2, Invariant::ReadersExact),
    (Mutant::CursorOneAhead, 2, Invariant::ReadersExact),
    (Mutant::KeysForgotten, 3, Invariant::Idempotence),
    (Mutant::CreationKeysForgotten, 2, Invariant::Idempotence),
    (Mutant::CursorInclusive, 2, Invariant::ReadersExact),
    (Mutant::PageCutShort, 6, Invariant::ReadersExact),
    (Mutant::DirectoryTakesAnything, 11, Invariant::DirectoryForward),
    (Mutant::DirectoryKeepsTheDeleted, 3, Invariant::Settles),
    (Mutant::FeedForgetsInSleep, 0, Invariant::FeedExact),
    (Mutant::FeedForgetsTheTrimmed, 41, Invariant::FeedExact),
    (Mutant::FeedThinsTheNewest, 123, Invariant::ReadersExact),
    (Mutant::TellingTakenForHeard, 14, Invariant::FeedExact),
    (Mutant::WakesWithoutCatchingUp, 9, Invariant::DirectoryForward),
    (Mutant::AlarmLostWithMemory, 437, Invariant::Settles),
    (Mutant::AlarmNeverRings, 19, Invariant::Settles),
    (Mutant::HalfATransaction, 11, Invariant::ReadersExact),
    (Mutant::RelayLeftOut, 11, Invariant::Settles),
    (Mutant::PlacesForgottenInSleep, 714, Invariant::ReadersExact),
];

thread_local! {
    static PLANTED: Cell<Option<Mutant>> = const { Cell::new(None) };
}

pub fn plant(mutant: Option<Mutant>) {
    PLANTED.set(mutant);
}

pub fn is(mutant: Mutant) -> bool {
    PLANTED.get() == Some(mutant)
}

/// The statement as the planted bug has it.
pub fn sql(query: &str) -> Cow<'_, str> {
    let Some(mutant) = PLANTED.get() else { return Cow::Borrowed(query) };
    let instead = |wanted: &str, part: &str, by: &str| (query == wanted).then(|| query.replace(part, by));
    let changed = match mutant {
        Mutant::KeysForgotten => instead(object::find_request, "key = ?1", "key = ?1 AND 0"),
        Mutant::CreationKeysForgotten => {
            instead(directory::remember_creation, "DO NOTHING", "DO UPDATE SET job_ids = excluded.job_ids, answer = NULL")
        }
        Mutant::CursorInclusive => instead(object::read_events, "id > ?1", "id >= ?1").or_else(|| instead(object::join_events, "id > ?1", "id >= ?1")),
        Mutant::PageCutShort => instead(object::read_events, "LIMIT ?3", "LIMIT ?3 - 1").or_else(|| instead(object::join_events, "LIMIT ?3", "LIMIT ?3 - 1")),
        Mutant::DirectoryTakesAnything => {
            instead(directory::upsert_job, "WHERE excluded.last_event_id > jobs.last_event_id", "WHERE 1")
        }
        Mutant::DirectoryKeepsTheDeleted => instead(directory::delete_job, "id = ?1", "id = ?1 AND 0"),
        Mutant::FeedForgetsInSleep => instead(feed::last_events, "FROM entries", "FROM entries WHERE 0"),
        Mutant::FeedForgetsTheTrimmed => instead(feed::last_seen, "job = ?1", "job = ?1 AND 0"),
        Mutant::FeedThinsTheNewest => instead(feed::thin, "AND id NOT IN (", "AND 0 NOT IN ("),
        _ => None,
    };
    changed.map_or(Cow::Borrowed(query), Cow::Owned)
}
