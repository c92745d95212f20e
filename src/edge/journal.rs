//! Owns a job object's SQLite: loading the record, committing events, reading them back.
//! Refuses to decide anything. Invariant: a commit is kept whole or not at all.

use crate::call::Once;
use crate::edge::pages::Pages;
use crate::edge::platform::now;
use crate::edge::sqlite::{Sqlite, Statement, id, number, text};
use crate::event::{Event, Fact, LogLine, Origin, Shelf};
use crate::id::{EventId, RequestId};
use crate::limits;
use crate::record::{Caps, Record, Trim};
use crate::sql::object as sql;
use crate::time::Timestamp;
use crate::view::Visibility;
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use worker::{Error, Result, SqlStorageValue as Bound, State};

/// How much of the logs is kept.
pub const CAPS: Caps = Caps { rows: limits::EVENTS_KEPT, lines: limits::LINES_KEPT };

pub struct Journal {
    sqlite: Sqlite,
    pages: Pages,
    /// Whether there is anything stored: an object that was only asked about stores nothing.
    is_stored: Cell<bool>,
    /// The terminal event of a job whose log has expired; it is read as if it were stored.
    archived: RefCell<Option<Event>>,
}

/// A remembered answer to an `Idempotency-Key`.
#[derive(Deserialize)]
pub struct Remembered {
    pub fingerprint: String,
    pub answer: String,
}

/// What one turn writes.
pub struct Commit<'a> {
    pub events: &'a [Event],
    /// Stored with transitions, so that waking folds few events.
    pub record: Option<&'a Record>,
    pub once: Option<(&'a Once, &'a str)>,
    /// The record knows of them already.
    pub trims: &'a [Trim],
}

/// A page of events, and whether more follow.
pub struct Read {
    pub events: Vec<Event>,
    pub is_last: bool,
}

impl Read {
    /// Where the next page begins; `None` at the end.
    pub fn next(&self) -> Option<EventId> {
        self.events.last().map(|event| event.id).filter(|_| !self.is_last)
    }
}

impl Journal {
    pub fn new(state: &State) -> Journal {
        Journal {
            sqlite: Sqlite::new(state),
            pages: Pages::default(),
            is_stored: Cell::default(),
            archived: RefCell::default(),
        }
    }

    /// The record as of the newest event, and how many events were folded on that it did not have when it was
    /// stored; `None` for an object that holds no job.
    pub fn load(&self) -> Result<Option<(Record, u32)>> {
        let Some(row) = self.sqlite.first(sql::is_created, vec![])? else { return Ok(None) };
        if number(&row, 0)? == 0 {
            self.sqlite.exec(sql::upgrade, vec![])?;
        }
        // Tables without a record are a first commit that failed: nothing is stored.
        let Some(row) = self.sqlite.first(sql::load_record, vec![])? else { return Ok(None) };
        self.is_stored.set(true);
        let stored: Record = serde_json::from_str(&text(&row, 0)?)?;
        self.catch_up(stored).map(Some)
    }

    pub fn sqlite(&self) -> &Sqlite {
        &self.sqlite
    }

    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    pub fn is_stored(&self) -> bool {
        self.is_stored.get()
    }

    /// The terminal event, which is what is left of an expired log.
    pub fn end(&self, record: &Record) -> Result<Option<Event>> {
        Ok(record.job.ended_by.map(|end| self.event(end)).transpose()?.flatten())
    }

    /// The storage is empty, or about to be; what is left of the log is in the directory.
    pub fn forget(&self, end: Option<Event>) {
        self.is_stored.set(false);
        self.pages.forget();
        *self.archived.borrow_mut() = end;
    }

    /// Folds on what was appended since the record was stored.
    fn catch_up(&self, stored: Record) -> Result<(Record, u32)> {
        let from = stored.job.tail;
        let rows = self.sqlite.exec(sql::read_all, vec![id(from), Bound::Float(MAX_ID), Bound::Float(MAX_ID)])?;
        rows.raw().try_fold((stored, 0), |(record, folded), row| {
            let event = event(&row?)?;
            let record = Record::with(Some(record), &event).ok_or_else(|| Error::from("a record cannot vanish"))?;
            Ok((record, folded + 1))
        })
    }

    pub fn commit(&self, commit: &Commit<'_>) -> Result<()> {
        let revived = self.archived.borrow().clone();
        let mut statements = revived.iter().chain(commit.events).map(append).collect::<Result<Vec<_>>>()?;
        if let Some(record) = commit.record {
            statements.push(Statement(sql::save_record, vec![serde_json::to_string(record)?.into()]));
        }
        if let Some((once, answer)) = commit.once {
            let bounds = vec![once.key.as_str().into(), once.fingerprint.as_str().into(), answer.into(), ms(now())];
            statements.push(Statement(sql::remember_request, bounds));
        }
        statements.extend(commit.trims.iter().map(trim));
        if !self.is_stored() {
            self.sqlite.exec(sql::schema, vec![])?;
        }
        self.sqlite.run(statements)?;
        self.is_stored.set(true);
        self.archived.take();
        Ok(())
    }

    /// Events newer than `after`, up to `until`, as far as the reader may see them; at most `rows` of them or
    /// `bytes` of stored text.
    pub fn read(
        &self,
        after: EventId,
        until: EventId,
        visibility: Visibility,
        rows: u64,
        bytes: usize,
    ) -> Result<Read> {
        if !self.is_stored() {
            let archived = self.archived.borrow();
            let events = archived.iter().filter(|end| end.id > after && end.id <= until).cloned().collect();
            return Ok(Read { events, is_last: true });
        }
        let query = match visibility {
            Visibility::Public => sql::read_events,
            Visibility::Full => sql::read_all,
        };
        self.collect(query, after, rows, bytes, |after, piece| vec![id(after), id(until), piece])
    }

    pub fn checkpoints(&self, after: EventId, rows: u64, bytes: usize) -> Result<Read> {
        if !self.is_stored() {
            return Ok(Read { events: vec![], is_last: true });
        }
        self.collect(sql::read_checkpoints, after, rows, bytes, |after, piece| vec![id(after), piece])
    }

    /// Reads until `rows` events or `bytes` of stored text are there.
    fn collect(
        &self,
        query: &str,
        after: EventId,
        rows: u64,
        bytes: usize,
        bounds: impl Fn(EventId, Bound) -> Vec<Bound>,
    ) -> Result<Read> {
        let (mut events, mut size) = (vec![], 0);
        // One more tells whether there are more.
        let is_last = self.sqlite.walk(query, after, rows + 1, bounds, |row| {
            if events.len() as u64 == rows || size >= bytes {
                return Ok(ControlFlow::Break(()));
            }
            size += text(row, 2)?.len();
            events.push(event(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Read { events, is_last })
    }

    /// Hands over lines after `seq`, in order, until `take` says stop.
    pub fn lines(&self, seq: u64, mut take: impl FnMut(LogLine) -> ControlFlow<()>) -> Result<()> {
        if !self.is_stored() {
            return Ok(());
        }
        let bounds = |after, piece| vec![Bound::Float(seq as f64), id(after), piece];
        let take_chunk = |row: &[Bound]| {
            let Fact::Logs(chunk) = event(row)?.fact else { return Ok(ControlFlow::Continue(())) };
            Ok(chunk.lines()?.into_iter().filter(|line| line.seq > seq).try_for_each(&mut take))
        };
        self.sqlite.walk(sql::read_logs, EventId(0), u64::MAX, bounds, take_chunk).map(|_| ())
    }

    /// One event by its id, if it is still stored.
    pub fn event(&self, wanted: EventId) -> Result<Option<Event>> {
        if !self.is_stored() {
            return Ok(self.archived.borrow().clone().filter(|end| end.id == wanted));
        }
        self.sqlite.first(sql::event, vec![id(wanted)])?.map(|row| event(&row)).transpose()
    }

    pub fn remembered(&self, key: &str) -> Result<Option<Remembered>> {
        if !self.is_stored() {
            return Ok(None);
        }
        let since = now().minus(limits::IDEMPOTENCY_MS);
        let rows = self.sqlite.exec(sql::find_request, vec![key.into(), ms(since)])?;
        Ok(rows.to_array::<Remembered>()?.pop())
    }

    /// Forgets keys older than a day.
    pub fn forget_requests(&self) -> Result<()> {
        let since = now().minus(limits::IDEMPOTENCY_MS);
        self.sqlite.exec(sql::forget_requests, vec![ms(since)]).map(|_| ())
    }

    /// When the newest key that may still be repeated is forgotten.
    pub fn keys_forgotten_at(&self) -> Result<Option<Timestamp>> {
        let Some(row) = self.sqlite.first(sql::newest_request, vec![])? else { return Ok(None) };
        Ok(number(&row, 0).ok().map(|at| Timestamp(at).plus(limits::IDEMPOTENCY_MS)))
    }

    /// What has to go of the logs that are over their caps.
    pub fn overfull(&self, record: &Record) -> Result<Vec<Trim>> {
        let mut trims = vec![];
        for shelf in record.overfull(CAPS) {
            let (find, offset) = match shelf {
                Shelf::Events => (sql::oldest_kept_event, CAPS.rows),
                Shelf::Checkpoints => (sql::oldest_kept_checkpoint, CAPS.rows),
                Shelf::Logs => (sql::oldest_kept_logs, record.job.last_seq.saturating_sub(CAPS.lines)),
            };
            if let Some(row) = self.sqlite.first(find, vec![Bound::Float(offset as f64)])? {
                trims.push(Trim { shelf, floor: EventId(number(&row, 0)?) });
            }
        }
        Ok(trims)
    }
}

/// Above every id: ids stay below 2^53.
const MAX_ID: f64 = 9_007_199_254_740_992.0;

fn append(event: &Event) -> Result<Statement> {
    let Origin { request, latency_ms } = &event.origin;
    let mut bounds = vec![id(event.id), Bound::Integer(event.attempt.into()), event.fact.stored()?.into()];
    let query = match &event.fact {
        Fact::Logs(chunk) => {
            bounds.push(Bound::Float(chunk.to_seq as f64));
            sql::append_logs
        }
        fact => match fact.shelf() {
            Shelf::Checkpoints => sql::append_checkpoint,
            Shelf::Events | Shelf::Logs => {
                bounds.push(request.as_ref().map_or(Bound::Null, |request| request.as_str().into()));
                bounds.push(latency_ms.map_or(Bound::Null, |latency| Bound::Float(latency as f64)));
                sql::append_event
            }
        },
    };
    Ok(Statement(query, bounds))
}

fn trim(trim: &Trim) -> Statement {
    let query = match trim.shelf {
        Shelf::Events => sql::trim_events,
        Shelf::Checkpoints => sql::trim_checkpoints,
        Shelf::Logs => sql::trim_logs,
    };
    Statement(query, vec![id(trim.floor)])
}

fn ms(time: Timestamp) -> Bound {
    Bound::Float(time.0 as f64)
}

/// A row of `id, attempt, fact`, and of the log of events `request, latency_ms`.
fn event(row: &[Bound]) -> Result<Event> {
    let attempt = number(row, 1)? as u32;
    let request = text(row, 3).ok().as_deref().and_then(RequestId::parse);
    let origin = Origin { request, latency_ms: number(row, 4).ok() };
    Ok(Event { id: EventId(number(row, 0)?), attempt, fact: Fact::read(&text(row, 2)?)?, origin })
}
