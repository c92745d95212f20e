//! Owns a feed object's SQLite: loading the feed, appending entries, reading them back, trimming.
//! Refuses to decide anything. Invariant: a commit is kept whole or not at all.

use crate::edge::sqlite::{Sqlite, Statement, id, number, text};
use crate::feed::{Channel, Entry, Feed};
use crate::id::{EventId, JobId};
use crate::limits;
use crate::sql::feed as sql;
use std::collections::HashMap;
use std::ops::ControlFlow;
use worker::{Result, SqlStorageValue as Bound, State};

pub struct FeedJournal {
    sqlite: Sqlite,
}

/// What a feed knows when it wakes.
pub struct Loaded {
    pub feed: Feed,
    pub entries: u64,
    /// The last event of each job that has an entry.
    pub last_events: HashMap<JobId, EventId>,
}

/// A page of entries, and whether more follow.
pub struct Read {
    pub entries: Vec<Entry>,
    pub is_last: bool,
}

impl FeedJournal {
    pub fn new(state: &State) -> FeedJournal {
        FeedJournal { sqlite: Sqlite::new(state) }
    }

    /// `None` for a feed that never took a notice.
    pub fn load(&self) -> Result<Option<Loaded>> {
        if self.sqlite.first(sql::is_created, vec![])?.is_none() {
            return Ok(None);
        }
        let Some(row) = self.sqlite.first(sql::load, vec![])? else { return Ok(None) };
        let mut feed: Feed = serde_json::from_str(&text(&row, 0)?)?;
        let Some(extent) = self.sqlite.first(sql::extent, vec![])? else { return Ok(None) };
        feed.tail = feed.tail.max(EventId(number(&extent, 1)?));
        Ok(Some(Loaded { feed, entries: number(&extent, 0)?, last_events: self.last_events()? }))
    }

    fn last_events(&self) -> Result<HashMap<JobId, EventId>> {
        let known = |row: Vec<Bound>| Ok(JobId::parse(&text(&row, 0)?).zip(Some(EventId(number(&row, 1)?))));
        let rows = self.sqlite.exec(sql::last_events, vec![])?.raw().map(|row| known(row?));
        rows.filter_map(Result::transpose).collect()
    }

    /// The last event of a job whose entries have gone.
    pub fn last_seen(&self, job: &JobId) -> Result<Option<EventId>> {
        self.id_of(sql::last_seen, vec![job.as_str().into()])
    }

    /// The first commit of a feed makes its tables.
    pub fn create(&self, feed: &Feed) -> Result<()> {
        self.sqlite.exec(sql::schema, vec![])?;
        self.sqlite.exec(sql::save, vec![serde_json::to_string(feed)?.into()]).map(|_| ())
    }

    pub fn append(&self, entries: &[Entry]) -> Result<()> {
        self.sqlite.run(entries.iter().map(append).collect::<Result<_>>()?)
    }

    /// Entries newer than `after` that the channel shows, as far as one page carries them.
    pub fn read(&self, after: EventId, channel: Channel) -> Result<Read> {
        let bounds = |after, piece| vec![id(after), views(channel), piece];
        let (mut entries, mut size) = (vec![], 0);
        // One more tells whether there are more.
        let is_last = self.sqlite.walk(sql::read, after, limits::REPLAY_ROWS + 1, bounds, |row| {
            if entries.len() as u64 == limits::REPLAY_ROWS || size >= limits::REPLAY_PAGE {
                return Ok(ControlFlow::Break(()));
            }
            let notice = text(row, 1)?;
            size += notice.len();
            entries.push(Entry { id: EventId(number(row, 0)?), notice: serde_json::from_str(&notice)? });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Read { entries, is_last })
    }

    pub fn is_stored(&self, wanted: EventId) -> Result<bool> {
        Ok(self.sqlite.first(sql::is_stored, vec![id(wanted)])?.is_some())
    }

    /// The entry before the newest `count` of a channel, if there are more.
    pub fn before_newest(&self, channel: Channel, count: u64) -> Result<Option<EventId>> {
        self.id_of(sql::before_newest, vec![views(channel), Bound::Float(count as f64)])
    }

    pub fn oldest(&self) -> Result<Option<EventId>> {
        self.id_of(sql::oldest, vec![])
    }

    /// The newest entry that has to go for `count` to stay.
    pub fn oldest_kept(&self, count: u64) -> Result<Option<EventId>> {
        self.id_of(sql::oldest_kept, vec![Bound::Float(count as f64)])
    }

    pub fn newest_until(&self, until: EventId) -> Result<Option<EventId>> {
        self.id_of(sql::newest_until, vec![id(until)])
    }

    /// Drops progress that was overtaken, up to `until`; gives how many entries are left.
    pub fn thin(&self, feed: &Feed, until: EventId) -> Result<u64> {
        self.sqlite.run(vec![Statement(sql::thin, vec![id(until)]), save(feed)?])?;
        let extent = self.sqlite.first(sql::extent, vec![])?;
        number(&extent.unwrap_or_default(), 0)
    }

    /// Drops everything up to `feed.floor`.
    pub fn trim(&self, feed: &Feed) -> Result<()> {
        let gone = vec![id(feed.floor)];
        self.sqlite.run(vec![Statement(sql::note_seen, gone.clone()), Statement(sql::trim, gone), save(feed)?])
    }

    pub fn is_any_seen(&self) -> Result<bool> {
        Ok(self.sqlite.first(sql::is_seen, vec![])?.is_some())
    }

    pub fn forget_seen(&self, until: EventId) -> Result<()> {
        self.sqlite.exec(sql::forget_seen, vec![id(until)]).map(|_| ())
    }

    fn id_of(&self, query: &str, bounds: Vec<Bound>) -> Result<Option<EventId>> {
        self.sqlite.first(query, bounds)?.map(|row| Ok(EventId(number(&row, 0)?))).transpose()
    }
}

fn append(entry: &Entry) -> Result<Statement> {
    let notice = &entry.notice;
    let bounds = vec![
        id(entry.id),
        notice.job.as_str().into(),
        id(notice.event),
        Bound::Integer(notice.views().bits().into()),
        Bound::Integer(notice.is_progress().into()),
        serde_json::to_string(notice)?.into(),
    ];
    Ok(Statement(sql::append, bounds))
}

fn save(feed: &Feed) -> Result<Statement> {
    Ok(Statement(sql::save, vec![serde_json::to_string(feed)?.into()]))
}

fn views(channel: Channel) -> Bound {
    Bound::Integer(channel.views().bits().into())
}
