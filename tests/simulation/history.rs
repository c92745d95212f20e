//! What really happened, noted where it became durable: each job's log, the project's feed, the directory's rows. Much
//! of what must hold is held against it at once; the rest when everything has settled (`check`).

use crate::cloud::SqlStorageValue as Bound;
use crate::event::{Event, Fact, Origin, Shelf};
use crate::evolve::evolve;
use crate::id::{EventId, RequestId};
use crate::job::Job;
use crate::notice::Notice;
use crate::check::reading::Place;
use crate::people::Creation;
use crate::producer::Operation;
use crate::sql::{directory, feed, object};
use crate::{check, response};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use std::collections::BTreeMap;

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Ids of a log grow, and what is stored is never written anew.
    LogGrows,
    /// Job states change only by the moves of docs/STATE_MACHINE.md.
    LegalMoves,
    /// What was answered with 2xx is in the log, once; what was refused is not.
    Acknowledged,
    /// A repeat under the same key changes nothing and is answered alike.
    Idempotence,
    /// One producer holds an attempt; a report of another attempt is refused.
    Fencing,
    /// A subscriber sees every event after its cursor, once, in order; or a reset that is true.
    ReadersExact,
    /// The feed takes an event once, in its job's order, and nothing but overtaken progress is missing.
    FeedExact,
    /// A row of the directory is what the object was, and only goes forward.
    DirectoryForward,
    /// When faults stop, everything comes to rest: jobs ended, readers at the end, the feed told, the directory equal.
    Settles,
}

#[derive(Debug, Clone)]
pub struct Violation {
    pub invariant: Invariant,
    pub what: String,
}

pub fn broken(invariant: Invariant, what: impl Into<String>) -> Violation {
    Violation { invariant, what: what.into() }
}

/// A row that an object wrote.
#[derive(Debug, Clone)]
pub enum Row {
    Appended(Box<Event>),
    Trimmed(Shelf, EventId),
    Told(EventId, Box<Notice>),
    FeedThinned(EventId),
    FeedTrimmed(EventId),
}

impl Row {
    pub fn of(query: &str, bounds: &[Bound]) -> Option<Row> {
        let id = || EventId(bounds[0].number());
        Some(match query {
            object::append_event | object::append_checkpoint | object::append_logs => Row::Appended(Box::new(event(bounds))),
            object::trim_events => Row::Trimmed(Shelf::Events, id()),
            object::trim_checkpoints => Row::Trimmed(Shelf::Checkpoints, id()),
            object::trim_logs => Row::Trimmed(Shelf::Logs, id()),
            feed::append => Row::Told(id(), Box::new(serde_json::from_str(&bounds[5].text()).expect("a notice"))),
            feed::thin => Row::FeedThinned(id()),
            feed::trim => Row::FeedTrimmed(id()),
            _ => return None,
        })
    }

    pub fn is_write(query: &str) -> bool {
        let statement = query.lines().find(|line| !line.starts_with("--")).unwrap_or_default();
        !statement.starts_with("SELECT")
    }
}

fn event(bounds: &[Bound]) -> Event {
    let fact = Fact::read(&bounds[2].text()).expect("a fact");
    let with_origin = bounds.len() == 5;
    let request = bounds.get(3).filter(|_| with_origin).and_then(|bound| RequestId::parse(&bound.text()));
    let latency_ms = bounds.get(4).filter(|bound| **bound != Bound::Null).map(Bound::number);
    Event { id: EventId(bounds[0].number()), attempt: bounds[1].number() as u32, fact, origin: Origin { request, latency_ms } }
}

/// All that ever was in a job's log.
#[derive(Debug, Default)]
pub struct JobTruth {
    pub log: Vec<Event>,
    /// The job after each of them.
    pub folds: Vec<Job>,
    /// With which of the job's commits each was stored.
    pub commits: Vec<usize>,
    commit: usize,
    /// Everything newer is still stored, by shelf.
    pub floors: [EventId; 3],
    /// The directory's row was deleted.
    pub is_deleted: bool,
    pub row: Option<u64>,
}

impl JobTruth {
    pub fn job(&self) -> Option<&Job> {
        self.folds.last()
    }

    pub fn tail(&self) -> EventId {
        self.log.last().map(|event| event.id).unwrap_or_default()
    }

    fn append(&mut self, event: Event) -> Result<(), Violation> {
        if let Some(known) = self.log.iter().find(|known| known.id == event.id) {
            // An expired job's end is stored again when the job is revived.
            let same = known.fact.is_final() && known.id == event.id;
            return same.then_some(()).ok_or_else(|| broken(Invariant::LogGrows, format!("event {} was written twice", event.id)));
        }
        if event.id <= self.tail() {
            return Err(broken(Invariant::LogGrows, format!("event {} came after {}", event.id, self.tail())));
        }
        let before = self.job().cloned();
        check::moves::legal(before.as_ref(), &event)?;
        let Some(after) = evolve(before, &event) else {
            return Err(broken(Invariant::LegalMoves, "a log begins without a creation"));
        };
        self.log.push(event);
        self.folds.push(after);
        self.commits.push(self.commit);
        Ok(())
    }

    /// The job as it was when this was its newest event.
    pub fn fold_at(&self, tail: u64) -> Option<&Job> {
        let place = self.log.iter().position(|event| event.id.0 == tail)?;
        self.folds.get(place)
    }

    fn trimmed(&mut self, shelf: Shelf, floor: EventId) {
        let place = match shelf {
            Shelf::Events => 0,
            Shelf::Checkpoints => 1,
            Shelf::Logs => 2,
        };
        self.floors[place] = self.floors[place].max(floor);
    }
}

/// All that ever was in the feed.
#[derive(Debug, Default)]
pub struct FeedTruth {
    pub entries: Vec<(EventId, Notice)>,
    pub floor: EventId,
    pub thinned: EventId,
}

#[derive(Debug, Default)]
pub struct History {
    pub jobs: BTreeMap<String, JobTruth>,
    pub feed: FeedTruth,
    pub operations: Vec<Operation>,
    pub creations: Vec<Creation>,
    /// What polls were given.
    pub handed: Vec<Value>,
    /// Where each reader is.
    pub places: BTreeMap<usize, Place>,
    broken: Option<Violation>,
}

impl History {
    pub fn job(&mut self, id: &str) -> &mut JobTruth {
        self.jobs.entry(id.to_owned()).or_default()
    }

    /// The first that was broken counts.
    pub fn breaks(&mut self, violation: Violation) {
        self.broken.get_or_insert(violation);
    }

    pub fn verdict(&mut self) -> Result<(), Violation> {
        self.broken.take().map_or(Ok(()), Err)
    }

    fn hold(&mut self, outcome: Result<(), Violation>) {
        if let Err(violation) = outcome {
            self.breaks(violation);
        }
    }

    /// A commit of an object.
    pub fn stored(&mut self, object: &str, rows: Vec<Row>) {
        if object.starts_with("job_") {
            self.job(object).commit += 1;
        }
        for row in rows {
            let outcome = match row {
                Row::Appended(event) => {
                    crate::world::world().note(|| format!("{object} ← {} {}", event.id, serde_json::to_string(&event.fact).unwrap_or_default()));
                    let outcome = self.job(object).append(*event);
                    outcome.map_err(|violation| broken(violation.invariant, format!("{object}: {}", violation.what)))
                }
                Row::Trimmed(shelf, floor) => {
                    self.job(object).trimmed(shelf, floor);
                    Ok(())
                }
                Row::Told(id, notice) => self.told(id, *notice),
                Row::FeedThinned(until) => {
                    self.feed.thinned = self.feed.thinned.max(until);
                    Ok(())
                }
                Row::FeedTrimmed(floor) => {
                    self.feed.floor = self.feed.floor.max(floor);
                    Ok(())
                }
            };
            self.hold(outcome);
        }
    }

    fn told(&mut self, id: EventId, notice: Notice) -> Result<(), Violation> {
        crate::world::world().note(|| format!("feed ← {id} {} {}", notice.job, serde_json::to_string(&notice.news).unwrap_or_default()));
        let last = self.feed.entries.iter().rev().find(|(_, known)| known.job == notice.job).map(|(_, known)| known.event);
        if last.is_some_and(|last| notice.event <= last) {
            let what = format!("the feed took event {} of {} after {last:?}", notice.event, notice.job);
            return Err(broken(Invariant::FeedExact, what));
        }
        if self.feed.entries.last().is_some_and(|(tail, _)| id <= *tail) {
            return Err(broken(Invariant::LogGrows, format!("the feed's entry {id} came late")));
        }
        self.feed.entries.push((id, notice));
        Ok(())
    }

    /// An object's storage is empty: its job expired or was deleted.
    pub fn wiped(&mut self, object: &str) {
        let truth = self.job(object);
        let Some(job) = truth.job() else { return };
        let end = job.ended_by.map_or(job.tail, EventId::before);
        let floors = [end, job.tail, job.tail];
        truth.floors = floors;
    }

    pub fn directory_wrote(&mut self, db: &Connection, query: &str, bounds: &[Bound]) {
        let id = || bounds[0].text();
        match query {
            directory::upsert_job => {
                let outcome = self.row_changed(db, &id());
                self.hold(outcome);
            }
            directory::delete_job => {
                let truth = self.job(&id());
                (truth.is_deleted, truth.row) = (true, None);
            }
            _ => {}
        }
    }

    /// The row is what the object was at some time, and no earlier time than before.
    fn row_changed(&mut self, db: &Connection, id: &str) -> Result<(), Violation> {
        let row: Option<(u64, String)> = db
            .prepare_cached("SELECT last_event_id, document FROM jobs WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .expect("a readable directory");
        let Some((last, document)) = row else { return Ok(()) };
        let truth = self.job(id);
        let breaks = |what: &str| Err(broken(Invariant::DirectoryForward, format!("{id}: {what} (event {last})")));
        if truth.is_deleted {
            return breaks("the row of a deleted job came back");
        }
        if truth.row.is_some_and(|before| last < before) {
            return breaks("the row went back");
        }
        truth.row = Some(last);
        match truth.fold_at(last) {
            None => breaks("the row tells of an event that is not in the log"),
            Some(job) => {
                let shown = response::job(job).to_string();
                if shown == document { Ok(()) } else { breaks("the row is not what the job was") }
            }
        }
    }
}
