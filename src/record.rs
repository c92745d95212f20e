//! Owns what a job's object remembers between events: the fold, and how much of each log is still stored.
//! Invariant: a record is what `with` makes of its events, so a stored one that lags behind the log is caught up
//! by folding the newer events on. But for `claim` and `relays`, which no event has: a delivery always stores the record.

use crate::call::Once;
use crate::event::{Event, Fact, Shelf};
use crate::evolve::evolve;
use crate::id::EventId;
use crate::job::{Job, JobState};
use crate::limits;
use crate::problem::Problem;
use crate::relay::Relays;
use crate::replay::Bounds;
use crate::time::Timestamp;
use crate::view::Visibility;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub job: Job,
    pub events: Kept,
    pub checkpoints: Kept,
    pub logs: Kept,
    pub phase: Phase,
    /// As of when the record was stored; what came after is told again, and taken once.
    #[serde(default)]
    pub settled: Settled,
    /// The poll that the job was delivered to, if it came with a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Once>,
    /// Who else holds readers. No event has it either: who changes it stores the record.
    #[serde(default, skip_serializing_if = "Relays::are_none")]
    pub relays: Relays,
}

/// Up to which event the rest of the service knows of the job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    pub directory: EventId,
    pub feed: EventId,
}

/// How much of one of the three logs is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Rows; log lines for the log of lines.
    pub count: u64,
    /// Everything newer than this is stored; 0 while nothing was trimmed.
    pub floor: EventId,
}

/// How much of each of the logs a job keeps.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Events, and apart from them checkpoints.
    pub rows: u64,
    pub lines: u64,
}

impl Caps {
    fn of(self, shelf: Shelf) -> u64 {
        match shelf {
            Shelf::Events | Shelf::Checkpoints => self.rows,
            Shelf::Logs => self.lines,
        }
    }
}

/// Everything up to `floor` goes from one of the logs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trim {
    pub shelf: Shelf,
    pub floor: EventId,
}

/// Where the job's storage is in its own life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Kept,
    /// The log went when its retention was over; the directory keeps the rest. What is appended later begins a new one.
    Expired,
    /// Deleted for everybody; the directory's row may still be there for a moment.
    Deleting,
}

impl Record {
    /// Adds one event. `None` until the job is created.
    pub fn with(record: Option<Record>, event: &Event) -> Option<Record> {
        let mut record = match record {
            Some(record) => Record { job: evolve(Some(record.job), event)?, ..record },
            None => {
                let (events, checkpoints, logs, settled) = Default::default();
                Record {
                    job: evolve(None, event)?,
                    events,
                    checkpoints,
                    logs,
                    phase: Phase::Kept,
                    settled,
                    claim: None,
                    relays: Relays::default(),
                }
            }
        };
        record.shelf(event.fact.shelf()).count += event.fact.weight();
        if record.phase == Phase::Expired {
            record.phase = Phase::Kept;
        }
        Some(record)
    }

    pub fn shelf(&mut self, shelf: Shelf) -> &mut Kept {
        match shelf {
            Shelf::Events => &mut self.events,
            Shelf::Checkpoints => &mut self.checkpoints,
            Shelf::Logs => &mut self.logs,
        }
    }

    /// The logs that have grown so far over their caps that a trimming is worth its writes.
    pub fn overfull(&self, caps: Caps) -> impl Iterator<Item = Shelf> {
        let over = move |shelf, kept: Kept| kept.count > caps.of(shelf) + caps.of(shelf) / limits::TRIM_SLACK;
        let shelves = [(Shelf::Events, self.events), (Shelf::Checkpoints, self.checkpoints), (Shelf::Logs, self.logs)];
        shelves.into_iter().filter_map(move |(shelf, kept)| over(shelf, kept).then_some(shelf))
    }

    /// The bounds of the log as a reader of this visibility sees it.
    pub fn bounds(&self, visibility: Visibility) -> Bounds {
        let floor = match visibility {
            Visibility::Public => self.events.floor,
            Visibility::Full => self.events.floor.max(self.checkpoints.floor).max(self.logs.floor),
        };
        // The stream of a finished job ends with its terminal event, which is kept for good: lines that came (and
        // went) after it are none of the stream's.
        let floor = self.job.ended_by.map_or(floor, |end| floor.min(end.before()));
        Bounds { floor, tail: self.job.tail, ended_by: self.job.ended_by }
    }

    /// When the log's retention (ms) is over; `None` while the job lives. It counts from the newest event: lines may
    /// come after the end.
    pub fn expires_at(&self, retention: u64) -> Option<Timestamp> {
        let is_over = self.job.ended_by.is_some() && self.phase != Phase::Deleting;
        is_over.then(|| self.job.tail.time().plus(retention))
    }

    /// Whether there is a log that could expire.
    pub fn has_log(&self) -> bool {
        self.phase == Phase::Kept
    }

    /// Notes what goes of a log that was over its cap. Of lines a few more may stay than the count says, because
    /// chunks go whole; they count again with the next trimming.
    pub fn trim(&mut self, trim: Trim, caps: Caps) {
        *self.shelf(trim.shelf) = Kept { count: caps.of(trim.shelf), floor: trim.floor };
    }

    /// Notes that the retention is over, and says what goes: everything but the terminal event.
    pub fn expire(&mut self) -> [Trim; 3] {
        let tail = self.job.tail;
        let end = self.job.ended_by.map_or(tail, EventId::before);
        self.events = Kept { count: 1, floor: end };
        self.checkpoints = Kept { count: 0, floor: tail };
        self.logs = Kept { count: 0, floor: tail };
        self.phase = Phase::Expired;
        let trim = |shelf, floor| Trim { shelf, floor };
        [trim(Shelf::Events, end), trim(Shelf::Checkpoints, tail), trim(Shelf::Logs, tail)]
    }

    /// The poll that holds the job: it was delivered to it, and nobody has begun.
    pub fn holder(&self) -> Option<&Once> {
        self.claim.as_ref().filter(|_| self.job.state == JobState::Delivered)
    }

    /// Whether a poll asks for what it holds already, because its answer was lost.
    pub fn is_held_by(&self, poll: Option<&Once>) -> Result<bool, Problem> {
        match (self.holder(), poll) {
            (Some(holder), Some(poll)) if holder.key == poll.key && holder != poll => {
                Err(Problem::idempotency_conflict())
            }
            (Some(holder), Some(poll)) => Ok(holder == poll),
            _ => Ok(false),
        }
    }

    /// A job that everybody is told does not exist.
    pub fn is_deleting(&self) -> bool {
        self.phase == Phase::Deleting
    }
}

/// What the directory keeps of a job whose log has expired and whose object is empty: enough to show the job as it
/// ended, and to wake it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    pub record: Record,
    /// The terminal event, which ends the stream of whoever comes late.
    pub end: Option<Event>,
}

impl Archive {
    /// The result stands in the job already, and may be large.
    pub fn new(record: Record, mut end: Option<Event>) -> Archive {
        if let Some(Event { fact: Fact::Completed { result }, .. }) = &mut end {
            *result = None;
        }
        Archive { record, end }
    }

    /// The job as it ended, and the event that ended it.
    pub fn open(self) -> (Record, Option<Event>) {
        let Archive { mut record, mut end } = self;
        record.phase = Phase::Expired;
        if let Some(Event { fact: Fact::Completed { result }, .. }) = &mut end {
            result.clone_from(&record.job.result);
        }
        (record, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Created, Fact, Origin};
    use crate::id::{JobId, ProjectId};
    use serde_json::Map;

    fn poll(key: &str, fingerprint: &str) -> Once {
        Once { key: key.to_owned(), fingerprint: fingerprint.to_owned() }
    }

    fn after(facts: Vec<Fact>, claim: Option<Once>) -> Record {
        let created = Created {
            id: JobId::new(Timestamp(1), 1),
            project: ProjectId::new(Timestamp(1), 1),
            name: None,
            file_path: None,
            topic: None,
            priority: 2,
            payload: None,
            meta: Map::new(),
            stages: vec![],
            max_attempts: 3,
            timeout_seconds: 300,
            scheduled_for: None,
        };
        let facts = std::iter::once(Fact::Created(Box::new(created))).chain(facts).zip(1..);
        let event = |(fact, id)| Event { id: EventId(id), attempt: 1, fact, origin: Origin::default() };
        let record = facts.map(event).fold(None, |record, event| Record::with(record, &event));
        Record { claim, ..record.expect("a job") }
    }

    #[test]
    fn a_poll_that_comes_again_holds_its_job_until_somebody_has_begun() {
        let own = poll("key", "body");
        let delivered = after(vec![Fact::Delivered {}], Some(own.clone()));
        let is_held = |record: &Record, poll: Option<&Once>| record.is_held_by(poll).map_err(|problem| problem.code);
        assert_eq!(is_held(&delivered, Some(&own)), Ok(true));
        assert_eq!(is_held(&delivered, Some(&poll("another", "body"))), Ok(false));
        assert_eq!(is_held(&delivered, None), Ok(false));
        assert_eq!(is_held(&delivered, Some(&poll("key", "other"))), Err(crate::problem::Code::IdempotencyConflict));
        let begun = after(vec![Fact::Delivered {}, Fact::Started {}], Some(own.clone()));
        assert_eq!((is_held(&begun, Some(&own)), begun.holder()), (Ok(false), None));
        assert_eq!(is_held(&after(vec![Fact::Delivered {}], None), Some(&own)), Ok(false));
    }
}
