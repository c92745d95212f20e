//! Replay: for any log, cursor and trimming, what a subscriber gets is every event newer than its cursor, once and
//! in order, or a `reset`. Never silence.

use crate::support::build::{job, logs, progress};
use crate::support::{hostile, story::given_running};
use crate::{created, live, steps};
use jobcast::event::{Event, Shelf};
use jobcast::id::EventId;
use jobcast::record::Record;
use jobcast::replay::{Plan, plan};
use jobcast::view::Visibility;
use proptest::prelude::*;

/// What is left after each shelf was trimmed to its newest few, as `edge::journal` trims.
fn trimmed(record: &mut Record, log: &[Event], keep: [usize; 3]) -> Vec<Event> {
    let shelves = [Shelf::Events, Shelf::Checkpoints, Shelf::Logs];
    for (shelf, keep) in shelves.into_iter().zip(keep) {
        let ids: Vec<EventId> = log.iter().filter(|event| event.fact.shelf() == shelf).map(|event| event.id).collect();
        if let Some(newest_to_go) = ids.len().checked_sub(keep + 1) {
            record.shelf(shelf).floor = ids[newest_to_go];
        }
    }
    let mut bounds = record.clone();
    log.iter().filter(|event| event.id > bounds.shelf(event.fact.shelf()).floor).cloned().collect()
}

/// What a reader sees of these events, newer than `from`, up to the end of the stream.
fn seen(log: &[Event], from: EventId, until: EventId, visibility: Visibility) -> Vec<EventId> {
    let shown = log.iter().filter(|event| event.id > from && event.id <= until && visibility.shows(&event.fact));
    shown.map(|event| event.id).collect()
}

fn cursors() -> impl Strategy<Value = Option<(prop::sample::Index, i64)>> {
    proptest::option::of((any::<prop::sample::Index>(), -2i64..=2))
}

proptest! {
    #![proptest_config(hostile::cases(160))]

    #[test]
    fn a_subscriber_gets_every_newer_event_or_a_reset(
        created in created(), steps in steps(), cursor in cursors(), keep in [1usize..12, 0usize..3, 0usize..3], full: bool,
    ) {
        let story = live(created, &steps, |_, _, _, _| {});
        let visibility = if full { Visibility::Full } else { Visibility::Public };
        let mut record = story.record.clone().expect("a job");
        // The newest event of its shelf is always kept, and only lines come after the terminal one.
        let left = trimmed(&mut record, &story.log, keep);
        let bounds = record.bounds(visibility);
        let end = bounds.ended_by.unwrap_or(bounds.tail);
        let cursor = cursor.map(|(at, off)| EventId(at.get(&story.log).id.0.saturating_add_signed(off)));
        match (plan(cursor, bounds, bounds.present()), cursor) {
            (Plan::Replay { from }, Some(cursor)) => {
                prop_assert_eq!(from, cursor);
                prop_assert_eq!(seen(&left, from, end, visibility), seen(&story.log, cursor, end, visibility));
            }
            (Plan::Snapshot { from }, None) => {
                prop_assert!(from == bounds.tail || Some(from.next(jobcast::time::Timestamp(0))) == bounds.ended_by);
            }
            (Plan::Reset { .. }, Some(cursor)) => {
                let lost = seen(&left, cursor, end, visibility) != seen(&story.log, cursor, end, visibility);
                prop_assert!(cursor > bounds.tail || lost || cursor < bounds.floor);
                prop_assert!(cursor > bounds.tail || cursor < bounds.floor);
            }
            (Plan::Gone, Some(cursor)) => prop_assert!(bounds.ended_by.is_some_and(|end| cursor >= end)),
            (plan, cursor) => prop_assert!(false, "{:?} for {:?}", plan, cursor),
        }
    }

    #[test]
    fn a_reader_that_drops_anywhere_and_comes_back_sees_each_event_once_in_order(
        created in created(), steps in steps(), drops in proptest::collection::vec(1usize..6, 0..20), full: bool,
    ) {
        let story = live(created, &steps, |_, _, _, _| {});
        let visibility = if full { Visibility::Full } else { Visibility::Public };
        let bounds = story.record.as_ref().expect("a job").bounds(visibility);
        let end = bounds.ended_by.unwrap_or(bounds.tail);
        let (mut cursor, mut read) = (EventId(0), vec![]);
        for taken in drops.into_iter().chain([usize::MAX]) {
            let Plan::Replay { from } = plan(Some(cursor), bounds, bounds.present()) else { break };
            let page = seen(&story.log, from, end, visibility);
            read.extend(page.iter().take(taken));
            cursor = read.last().copied().unwrap_or_default();
        }
        prop_assert_eq!(read, seen(&story.log, EventId(0), end, visibility));
    }

    #[test]
    fn an_expired_log_still_shows_its_end(created in created(), steps in steps(), full: bool) {
        let story = live(created, &steps, |_, _, _, _| {});
        let record = story.record.expect("a job");
        let (Some(end), visibility) = (record.job.ended_by, if full { Visibility::Full } else { Visibility::Public }) else { return Ok(()) };
        let mut expired = record;
        expired.expire();
        prop_assert!(end > expired.shelf(Shelf::Events).floor, "the terminal event is dropped");
        let bounds = expired.bounds(visibility);
        let Plan::Snapshot { from } = plan(None, bounds, bounds.present()) else { panic!("a snapshot") };
        // Who drops right after the snapshot comes back with its place, and gets the end: no circle of resets.
        prop_assert_eq!(plan(Some(from), bounds, bounds.present()), Plan::Replay { from });
        prop_assert_eq!(seen(&story.log, from, end, visibility), [end]);
        prop_assert_eq!(plan(Some(end), bounds, bounds.present()), Plan::Gone);
    }
}

#[test]
fn a_reader_of_lines_is_told_that_some_went_and_a_public_one_lost_nothing() {
    let story = given_running(job()).when(logs(&["one"])).when(logs(&["two"])).when(progress(1.0, "on"));
    let mut record = story.record.clone().expect("a job");
    trimmed(&mut record, &story.log, [9, 9, 1]);
    let cursor = story.log[0].id;
    assert!(matches!(plan(Some(cursor), record.bounds(Visibility::Full), record.bounds(Visibility::Full).present()), Plan::Reset { .. }));
    assert_eq!(plan(Some(cursor), record.bounds(Visibility::Public), record.bounds(Visibility::Public).present()), Plan::Replay { from: cursor });
}
