//! The SQLite of a project's feed: entries by place and view, thinned and trimmed, and what is known of each job.

use crate::support::build::{START, job, job_id, project};
use crate::support::hostile;
use crate::{number, rows, run, text};
use jobcast::event::Created;
use jobcast::feed::{Channel, Entry, Feed};
use jobcast::id::{EventId, JobId};
use jobcast::notice::{News, Notice};
use jobcast::replay::{Plan, ResetReason};
use jobcast::sql::feed as sql;
use jobcast::time::Timestamp;
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::BTreeMap;

const ALWAYS: u64 = 1 << 53;
const CHANNELS: [Channel; 2] = [Channel::Queue, Channel::Activity];

/// A feed and its storage, as `edge::project_feed_do` and `edge::feed_journal` lead it.
pub struct FeedDb {
    pub db: Connection,
    pub feed: Feed,
}

pub fn empty() -> FeedDb {
    let db = Connection::open_in_memory().expect("SQLite");
    db.execute_batch(sql::schema).expect("a good schema");
    let feed = FeedDb { db, feed: Feed::new(project()) };
    feed.save();
    feed
}

/// What job `job` tells, in the order of its log.
pub fn notice(job: u128, event: u64, news: News) -> Notice {
    Notice { job: job_id(job), event: EventId(event), attempt: 1, file_path: None, request: None, latency_ms: None, news }
}

fn progress(job: u128, event: u64) -> Notice {
    notice(job, event, News::Progress { percent: event as f64 % 100.0 })
}

/// In both views.
fn created(job: u128, event: u64) -> Notice {
    notice(job, event, News::Created { priority: 2 })
}

/// In the queue view alone.
fn started(job: u128, event: u64) -> Notice {
    notice(job, event, News::Started {})
}

/// In the asset view alone.
fn staged(job: u128, event: u64) -> Notice {
    notice(job, event, News::Stage { stage: "vision".to_owned(), word: "start".to_owned(), error: None, code: None })
}

impl FeedDb {
    fn save(&self) {
        run(&self.db, sql::save, vec![text(serde_json::to_string(&self.feed).expect("written"))]);
    }

    pub fn append(&mut self, notices: Vec<Notice>, now: u64) -> Vec<Entry> {
        let entries = self.feed.append(notices, Timestamp(now));
        for Entry { id, notice } in &entries {
            let stored = text(serde_json::to_string(notice).expect("written"));
            let (views, is_progress) = (number(notice.views().bits().into()), number(notice.is_progress().into()));
            let bounds = vec![number(id.0), text(notice.job.as_str()), number(notice.event.0), views, is_progress, stored];
            run(&self.db, sql::append, bounds);
        }
        entries
    }

    fn thin(&mut self, until: EventId) {
        self.feed.thinned = self.feed.thinned.max(until);
        run(&self.db, sql::thin, vec![number(until.0)]);
        self.save();
    }

    fn trim(&mut self, floor: EventId) {
        self.feed.floor = floor;
        self.feed.thinned = self.feed.thinned.max(floor);
        run(&self.db, sql::note_seen, vec![number(floor.0)]);
        run(&self.db, sql::trim, vec![number(floor.0)]);
        self.save();
    }

    /// Drops the oldest, so that `count` stay.
    fn trim_to(&mut self, count: u64) {
        if let Some(floor) = self.id_of(sql::oldest_kept, count) {
            self.trim(floor);
        }
    }

    /// Drops what is as old as this.
    fn trim_by_age(&mut self, until: u64) {
        if let Some(floor) = self.id_of(sql::newest_until, until) {
            self.trim(floor);
        }
    }

    /// Forgets what is in memory, and wakes from what is stored.
    fn sleep(&mut self) {
        let stored: String = rows(&self.db, sql::load, vec![], |row| row.get("body")).remove(0);
        self.feed = serde_json::from_str(&stored).expect("read");
        self.feed.tail = self.feed.tail.max(EventId(self.extent().1));
    }

    /// How many entries there are, and the newest.
    fn extent(&self) -> (u64, u64) {
        rows(&self.db, sql::extent, vec![], |row| Ok((row.get("entries")?, row.get("tail")?))).remove(0)
    }

    pub fn read(&self, after: EventId, channel: Channel, limit: u64) -> Vec<Entry> {
        let bounds = vec![number(after.0), number(channel.views().bits().into()), number(limit)];
        rows(&self.db, sql::read, bounds, |row| {
            let stored: String = row.get("notice")?;
            Ok(Entry { id: EventId(row.get("id")?), notice: serde_json::from_str(&stored).expect("read") })
        })
    }

    fn is_stored(&self, id: EventId) -> bool {
        run(&self.db, sql::is_stored, vec![number(id.0)]) == 1
    }

    fn id_of(&self, statement: &str, bound: u64) -> Option<EventId> {
        rows(&self.db, statement, vec![number(bound)], |row| row.get(0)).pop().map(EventId)
    }

    fn before_newest(&self, channel: Channel, count: u64) -> Option<EventId> {
        let bounds = vec![number(channel.views().bits().into()), number(count)];
        rows(&self.db, sql::before_newest, bounds, |row| row.get("id")).pop().map(EventId)
    }

    fn plan(&self, cursor: EventId) -> Plan {
        self.feed.plan(Some(cursor), self.feed.tail, |id| self.is_stored(id))
    }

    /// The last event that is known of each job: of those in the window, and of one that has left it.
    fn known(&self, job: &JobId) -> Option<u64> {
        let in_window: BTreeMap<String, u64> =
            rows(&self.db, sql::last_events, vec![], |row| Ok((row.get("job")?, row.get("event")?))).into_iter().collect();
        let seen = || rows(&self.db, sql::last_seen, vec![text(job.as_str())], |row| row.get("event")).pop();
        in_window.get(job.as_str()).copied().or_else(seen)
    }

    fn ids(&self) -> Vec<u64> {
        rows(&self.db, "SELECT id FROM entries ORDER BY id", vec![], |row| row.get(0))
    }
}

fn ids(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.id.0).collect()
}

#[test]
fn a_feed_knows_whether_it_ever_took_anything() {
    let db = Connection::open_in_memory().expect("SQLite");
    assert_eq!(run(&db, sql::is_created, vec![]), 0);
    db.execute_batch(sql::schema).expect("a good schema");
    assert_eq!(run(&db, sql::is_created, vec![]), 1);
    db.execute_batch(sql::schema).expect("a second time changes nothing");
}

#[test]
fn an_empty_feed_has_no_newest_and_no_oldest() {
    let feed = empty();
    assert_eq!((feed.extent(), feed.read(EventId(0), Channel::Queue, 9)), ((0, 0), vec![]));
    assert_eq!(run(&feed.db, sql::oldest, vec![]), 0);
}

#[test]
fn each_view_reads_its_own_in_order() {
    let mut feed = empty();
    let told = [created(1, 1), started(1, 2), staged(1, 3), progress(1, 4), created(2, 1)];
    let all = feed.append(told.to_vec(), START.0);
    let of = |places: &[usize]| places.iter().map(|place| all[*place].clone()).collect::<Vec<_>>();
    assert_eq!(feed.read(EventId(0), Channel::Queue, ALWAYS), of(&[0, 1, 3, 4]));
    assert_eq!(feed.read(EventId(0), Channel::Activity, ALWAYS), of(&[0, 2, 4]));
    assert_eq!(feed.read(all[1].id, Channel::Queue, 1), of(&[3]));
    assert_eq!(feed.read(all[4].id, Channel::Activity, 9), []);
    assert_eq!((feed.extent(), feed.id_of(sql::oldest_kept, 4)), ((5, all[4].id.0), Some(all[0].id)));
}

#[test]
fn a_cursor_is_an_id_of_the_feed_or_it_is_not() {
    let mut feed = empty();
    let all = feed.append(vec![created(1, 1), created(2, 1)], START.0);
    assert!(all.iter().all(|entry| feed.is_stored(entry.id)));
    assert!(!feed.is_stored(EventId(START.0 - 1)) && !feed.is_stored(EventId(START.0 + 2)));
}

#[test]
fn the_newest_of_a_view_begin_after_the_entry_before_them() {
    let mut feed = empty();
    let all = feed.append((1..=6).flat_map(|job| [created(job, 1), started(job, 2)]).collect(), START.0);
    assert_eq!(feed.before_newest(Channel::Activity, 2), Some(all[6].id));
    assert_eq!(feed.read(all[6].id, Channel::Activity, ALWAYS).len(), 2);
    assert_eq!((feed.before_newest(Channel::Activity, 5), feed.before_newest(Channel::Activity, 6)), (Some(all[0].id), None));
}

#[test]
fn thinning_takes_progress_that_was_overtaken_and_nothing_else() {
    let mut feed = empty();
    let told = [
        created(1, 1), progress(1, 2), progress(2, 2), progress(1, 3), started(1, 4), progress(1, 5), progress(2, 3), progress(3, 9),
    ];
    let all = ids(&feed.append(told.to_vec(), START.0));
    feed.thin(EventId(all[2]));
    assert_eq!(feed.ids(), [all[0], all[3], all[4], all[5], all[6], all[7]], "only up to the place");
    feed.thin(EventId(all[7]));
    assert_eq!(feed.ids(), [all[0], all[4], all[5], all[6], all[7]], "the newest of each job stays");
}

#[test]
fn what_goes_is_noted_so_that_a_repetition_is_known() {
    let mut feed = empty();
    let all = feed.append(vec![created(1, 1), created(2, 5), started(1, 7), created(3, 3)], START.0);
    feed.trim(all[2].id);
    let known = |feed: &FeedDb| [1, 2, 3, 4].map(|job| feed.known(&job_id(job)));
    assert_eq!((feed.ids(), known(&feed)), (vec![all[3].id.0], [Some(7), Some(5), Some(3), None]));
    let later = feed.append(vec![progress(1, 9)], START.0);
    assert_eq!(feed.known(&job_id(1)), Some(9));
    feed.trim(later[0].id);
    assert_eq!((feed.extent(), known(&feed)), ((0, 0), [Some(9), Some(5), Some(3), None]));
}

#[test]
fn what_is_noted_never_goes_back() {
    let mut feed = empty();
    let first = feed.append(vec![created(1, 9)], START.0);
    feed.trim(first[0].id);
    let second = feed.append(vec![created(1, 4)], START.0);
    feed.trim(second[0].id);
    assert_eq!(feed.known(&job_id(1)), Some(9));
}

#[test]
fn jobs_long_gone_are_forgotten_until_nothing_is_known() {
    let mut feed = empty();
    let all = feed.append(vec![created(1, 1_000), created(2, 1_001)], START.0);
    let is_any_seen = |feed: &FeedDb| run(&feed.db, sql::is_seen, vec![]) == 1;
    assert!(!is_any_seen(&feed));
    feed.trim(all[1].id);
    run(&feed.db, sql::forget_seen, vec![number(1_000)]);
    assert_eq!(([1, 2].map(|job| feed.known(&job_id(job))), is_any_seen(&feed)), ([None, Some(1_001)], true));
    run(&feed.db, sql::forget_seen, vec![number(1_001)]);
    assert!(!is_any_seen(&feed));
}

#[test]
fn age_takes_up_to_the_newest_entry_that_is_old_enough_so_that_no_cursor_is_cut_for_nothing() {
    let mut feed = empty();
    let at = [0, 100, 200, 300].map(|later| START.0 + later);
    let all = at.map(|now| feed.append(vec![created(1, now)], now).remove(0).id);
    feed.trim_by_age(at[0] - 1);
    assert_eq!((feed.feed.floor, feed.ids().len()), (EventId(0), 4));
    for (until, last) in [(at[1] + 99, 1), (at[2], 2)] {
        feed.trim_by_age(until);
        assert_eq!((feed.feed.floor, feed.ids().len()), (all[last], 3 - last));
        assert_eq!(feed.plan(all[last]), Plan::Replay { from: all[last] }, "who saw the last that went missed nothing");
    }
}

#[test]
fn a_feed_is_one_and_no_entry_is_written_twice() {
    let mut feed = empty();
    feed.append(vec![created(1, 1)], START.0);
    feed.feed.tail = EventId(0);
    assert!(crate::try_run(&feed.db, sql::append, vec![
        number(START.0), text("job_1"), number(1), number(1), number(0), text("{}"),
    ]).is_err());
    assert!(feed.db.execute("INSERT INTO feed (one, body) VALUES (2, '')", []).is_err());
}

#[test]
fn a_feed_of_which_everything_went_goes_on_where_it_was() {
    let mut feed = empty();
    let last = feed.append(vec![created(1, 1), created(2, 1)], START.0).remove(1);
    feed.trim(last.id);
    feed.sleep();
    assert_eq!(feed.plan(last.id), Plan::Replay { from: last.id });
    assert!(feed.append(vec![created(3, 1)], START.0)[0].id > last.id);
}

/// What happens to a feed.
#[derive(Debug, Clone)]
enum Happening {
    /// A job tells something, `drift` ms after the last.
    Told { job: u128, kind: usize, drift: i64 },
    /// Progress up to this share of the ids is thinned.
    Thinned(prop::sample::Index),
    TrimmedTo(u64),
    /// Everything as old as this goes: a time at which there may be no entry.
    Aged(prop::sample::Index, u64),
    Slept,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let happening = prop_oneof![
        12 => (1u128..4, 0usize..6, -3i64..6).prop_map(|(job, kind, drift)| Happening::Told { job, kind, drift }),
        2 => any::<prop::sample::Index>().prop_map(Happening::Thinned),
        1 => (0u64..12).prop_map(Happening::TrimmedTo),
        1 => (any::<prop::sample::Index>(), 0u64..3).prop_map(|(at, after)| Happening::Aged(at, after)),
        1 => Just(Happening::Slept),
    ];
    proptest::collection::vec(happening, 1..60)
}

/// A feed with a history, and every entry that it ever had.
fn history(happenings: &[Happening]) -> (FeedDb, Vec<Entry>) {
    let (mut feed, mut ever, mut now) = (empty(), vec![], START.0);
    for (place, happening) in happenings.iter().enumerate() {
        let any = |at: &prop::sample::Index| ever.get(at.index(ever.len().max(1))).map(|entry: &Entry| entry.id);
        match happening {
            Happening::Told { job, kind, drift } => {
                now = now.saturating_add_signed(*drift);
                let tell = [created, started, staged, progress, progress, progress][*kind];
                ever.extend(feed.append(vec![tell(*job, place as u64 + 1)], now));
            }
            Happening::Thinned(at) => any(at).into_iter().for_each(|until| feed.thin(until)),
            Happening::TrimmedTo(count) => feed.trim_to(*count),
            Happening::Aged(at, after) => {
                if let Some(id) = any(at) {
                    feed.trim_by_age(id.0 + after);
                }
            }
            Happening::Slept => feed.sleep(),
        }
    }
    (feed, ever)
}

fn newer(ever: &[Entry], cursor: EventId, channel: Channel) -> impl Iterator<Item = &Entry> {
    let shows = move |entry: &Entry| entry.notice.views().bits() & channel.views().bits() != 0;
    ever.iter().filter(move |entry| entry.id > cursor && shows(entry))
}

proptest! {
    #![proptest_config(hostile::cases(64))]

    #[test]
    fn a_cursor_of_the_feed_that_is_no_older_than_what_is_kept_goes_on_and_misses_at_most_overtaken_progress(happenings in happenings()) {
        let (feed, ever) = history(&happenings);
        for cursor in ever.iter().map(|entry| entry.id).chain([feed.feed.floor]) {
            if cursor < feed.feed.floor {
                prop_assert_eq!(feed.plan(cursor), Plan::Reset { reason: ResetReason::CursorTooOld, from: feed.feed.tail });
                continue;
            }
            prop_assert_eq!(feed.plan(cursor), Plan::Replay { from: cursor });
            for channel in CHANNELS {
                let read = feed.read(cursor, channel, ALWAYS);
                let is_overtaken = |entry: &Entry| newer(&ever, entry.id, channel)
                    .any(|later| later.notice.is_progress() && later.notice.job == entry.notice.job);
                let must: Vec<&Entry> = newer(&ever, cursor, channel)
                    .filter(|entry| !entry.notice.is_progress() || !is_overtaken(entry)).collect();
                prop_assert!(must.iter().all(|entry| read.contains(entry)), "lost: {:?} of {:?}", must, read);
                let all: Vec<Entry> = newer(&ever, cursor, channel).cloned().collect();
                prop_assert!(read.iter().all(|entry| all.contains(entry)));
                prop_assert!(read.windows(2).all(|pair| pair[0].id < pair[1].id));
                if cursor >= feed.feed.thinned {
                    prop_assert_eq!(read, all, "nothing newer than the last thinning may be missing");
                }
            }
        }
    }

    #[test]
    fn a_cursor_of_another_feed_is_told_so_where_it_could_hide_a_loss(happenings in happenings()) {
        let (feed, ever) = history(&happenings);
        let Feed { floor, thinned, tail, .. } = feed.feed;
        let reset = |reason| Plan::Reset { reason, from: tail };
        let around = |entry: &Entry| [entry.id.before(), EventId(entry.id.0 + 1), EventId(entry.id.0 + 2)];
        for foreign in ever.iter().flat_map(around).filter(|id| ever.iter().all(|entry| entry.id != *id)) {
            let expected = match foreign {
                id if id > tail => reset(ResetReason::CursorAhead),
                id if id < floor => reset(ResetReason::CursorTooOld),
                id if id > floor.max(thinned) => reset(ResetReason::CursorUnknown),
                id => Plan::Replay { from: id },
            };
            prop_assert_eq!(feed.plan(foreign), expected, "{:?}", foreign);
        }
    }

    #[test]
    fn the_last_event_of_every_job_is_known_whatever_went(happenings in happenings()) {
        let (feed, ever) = history(&happenings);
        for job in [1, 2, 3].map(job_id) {
            let last = ever.iter().filter(|entry| entry.notice.job == job).map(|entry| entry.notice.event.0).max();
            prop_assert_eq!(feed.known(&job), last);
        }
    }

    #[test]
    fn places_are_never_given_twice_also_after_sleep(happenings in happenings()) {
        let (_, ever) = history(&happenings);
        prop_assert!(ever.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}

#[test]
fn the_largest_notice_is_a_small_row() {
    let created = Created { file_path: Some("\u{1F980}".repeat(jobcast::limits::PATH_TEXT)), ..job() };
    let fact = jobcast::event::Fact::Failed { error: "\u{1F980}".repeat(jobcast::limits::JSON_BODY / 4), error_code: None };
    let event = jobcast::event::Event { id: EventId(1), attempt: 1, fact, origin: Default::default() };
    let stored = serde_json::to_string(&Notice::of(&created, &event)).expect("written");
    assert!(stored.len() < 32 * 1024, "{} bytes", stored.len());
}
