//! Owns a command's way through the object: look, decide, commit, fan out, answer; then the alarm and the directory.
//! Invariant: the sockets hear of an event only through the commit that made it durable (the platform's output
//! gate holds both back until then).

use crate::call::{Answer, Once, Order, Reply};
use crate::command::{Circumstances, Command};
use crate::decide::{attempt_of, attribute, decide, number};
use crate::edge::gathering::Outcome;
use crate::edge::job_log::JobLog;
use crate::edge::job_stream_do::{JobObject, Memory, visible};
use crate::edge::journal::{CAPS, Commit};
use crate::edge::meter;
use crate::edge::outbox::Urgency;
use crate::edge::platform::{jitter, now};
use crate::edge::project_feed;
use crate::event::{Event, Fact, Shelf};
use crate::evolve::evolve;
use crate::id::{EventId, JobId, ProjectId};
use crate::limits;
use crate::metrics::Count;
use crate::problem::Problem;
use crate::record::{Phase, Record, Trim};
use crate::response;
use serde_json::Value;
use std::rc::Rc;
use worker::Result;

/// Lighter events between two stored records: what waking has to fold at the most.
const RECORD_EVERY: u32 = 256;

/// What follows once a command is committed.
pub struct Turn {
    answer: Value,
    after: After,
    /// How soon the project's feed hears of it, if it is anything for the feed.
    news: Option<Urgency>,
}

#[derive(Clone, Copy, PartialEq)]
enum After {
    Nothing,
    /// The row in the directory may follow behind.
    ProjectBehind,
    /// The answer waits for the row.
    ProjectNow,
    Delete,
}

impl Turn {
    /// A repeat adds nothing; what its first try left undone, because it died there, is done.
    fn again(answer: Value, memory: &Memory) -> Turn {
        let tail = memory.record.as_ref().map(|record| record.job.tail).unwrap_or_default();
        let after = if memory.settled.directory < tail { After::ProjectNow } else { After::Nothing };
        let news = (memory.settled.feed < tail).then_some(Urgency::Now);
        Turn { answer, after, news }
    }
}

impl JobObject {
    pub async fn order(self: Rc<Self>, project: &ProjectId, order: Order) -> Reply {
        let turn = match self.in_turn(project, order).await {
            Ok(turn) => turn,
            Err(problem) => {
                // Whoever meets a conflict may have been misled by the directory: one that was restored from a backup
                // would offer the job for ever.
                if problem.status() == 409 {
                    self.project_behind();
                }
                return Err(problem);
            }
        };
        // In the same turn as the commit: a process killed after it finds the alarm set.
        self.arm_after(turn.after).await;
        if let Some(urgency) = turn.news {
            Rc::clone(&self).tell_feed(urgency);
        }
        if matches!(turn.after, After::ProjectBehind | After::ProjectNow) {
            self.memory.borrow_mut().owed_since.get_or_insert(now());
        }
        match turn.after {
            After::Nothing => {}
            After::ProjectBehind => self.project_behind(),
            After::ProjectNow => self.project().await,
            After::Delete => self.erase().await,
        }
        Ok(turn.answer)
    }

    /// Whether a creation comes again for a job that somebody has deleted since: its first try made it, and nobody
    /// heard the answer.
    pub async fn is_gone(&self, job: &JobId, project: &ProjectId, order: &Order) -> Result<bool> {
        let may_be = order.is_repeat && self.memory.borrow().record.is_none();
        Ok(may_be && project_feed::knows(&self.env, project, job).await?)
    }

    /// What the first try of a creation answered; nothing is made.
    pub fn answer_as_created(&self, order: &Order) -> Reply {
        let around = Circumstances { now: now(), attempt: order.attempt, jitter: jitter() };
        let facts = decide(None, &order.command, around)?;
        let attempt = attempt_of(None, &order.command, around);
        let events = number(facts, EventId::default(), attempt, around.now);
        let record = events.iter().fold(None, Record::with).ok_or_else(Problem::job_not_found)?;
        self.phrase(order, &record, &events)
    }

    async fn arm_after(&self, after: After) {
        match after {
            After::Nothing | After::ProjectBehind => self.arm(self.wakes_at()).await,
            After::ProjectNow | After::Delete => self.arm(Some(self.check_directory_at())).await,
        }
    }

    /// Looks, decides and commits. What subscribers see of it waits in `memory.fresh` (`spreading`).
    pub fn turn(&self, project: &ProjectId, order: &Order) -> Outcome {
        self.subject.during(order.request.as_ref(), || self.taken(project, order))
    }

    fn taken(&self, project: &ProjectId, order: &Order) -> Outcome {
        let mut memory = self.memory.borrow_mut();
        if !memory.woken {
            // The storage failed one that came together with this one, and what it left could not be read.
            return Err(Problem::unavailable());
        }
        if !matches!(order.command, Command::Create(_)) {
            visible(&memory.record, project)?;
        }
        if let Some(answer) = self.remembered(order.once.as_ref())? {
            return Ok(Turn::again(answer, &memory));
        }
        if let Some(answer) = held(&memory.record, order)? {
            return Ok(Turn::again(answer, &memory));
        }
        let around = Circumstances { now: now(), attempt: order.attempt, jitter: jitter() };
        let job = memory.record.as_ref().map(|record| &record.job);
        let facts = decide(job, &order.command, around)?;
        let attempt = attempt_of(job, &order.command, around);
        let tail = job.map(|job| job.tail).unwrap_or_default();
        let mut events = number(facts, tail, attempt, around.now);
        attribute(&mut events, job, order.request.as_ref());
        let turn = self.carry_out(&mut memory, order, events);
        if turn.is_err() {
            // Nothing was written: what was folded on in memory is forgotten. Should the storage fail once more, the
            // next request wakes the object anew.
            memory.woken = false;
            let loaded = self.journal.load().map_err(|error| self.subject.internal(error));
            if loaded.is_err() {
                // Without a record nothing is encoded: who has not got what was committed before is cut, and comes back.
                self.publish_to(&mut memory);
            }
            let (record, unsaved) = loaded?.unzip();
            (memory.record, memory.unsaved, memory.woken) = (record, unsaved.unwrap_or_default(), true);
        }
        turn
    }

    fn carry_out(&self, memory: &mut Memory, order: &Order, events: Vec<Event>) -> Outcome {
        let mut record = memory.record.take();
        for event in &events {
            record = Record::with(record, event);
        }
        let Some(mut record) = record else { return Err(Problem::job_not_found()) };
        self.subject.is_of(&record.job.created.project);
        let after = after(&order.command, &events);
        if after == After::Delete {
            record.phase = Phase::Deleting;
        }
        if order.command == Command::Claim {
            record.claim = order.claim.clone();
        }
        let answer = self.phrase(order, &record, &events)?;
        let changes_nothing = events.is_empty() && order.once.is_none() && after == After::Nothing;
        if !changes_nothing {
            self.commit(memory, order.once.as_ref(), &mut record, &events, after, &answer)
                .map_err(|error| self.subject.internal(error))?;
        }
        memory.record = Some(record);
        let urgency = Urgency::of(&events);
        memory.fresh.extend(events);
        if after == After::Delete {
            self.publish_to(memory);
            memory.subscribers.dismiss();
            memory.record.as_ref().into_iter().for_each(|record| memory.relaying.dismiss(record));
        }
        if changes_nothing && order.command != Command::Tick {
            return Ok(Turn::again(answer, memory));
        }
        // A log that is over its cap is trimmed as far as the project has been told.
        let is_full = memory.record.as_ref().is_some_and(|record| record.events.count > limits::EVENTS_KEPT);
        let news = urgency.or(is_full.then_some(Urgency::Soon));
        Ok(Turn { answer, after, news })
    }

    /// Hands over what the turns since the last time brought, to those who watch here and to the relays.
    pub fn publish(self: &Rc<Self>) {
        self.publish_to(&mut self.memory.borrow_mut());
        self.tell_relays();
    }

    fn publish_to(&self, memory: &mut Memory) {
        let fresh = std::mem::take(&mut memory.fresh);
        match memory {
            Memory { record: Some(record), subscribers, relaying, .. } => {
                let log = JobLog { journal: &self.journal, record };
                subscribers.publish(&fresh, &log);
                relaying.publish(&fresh, &log);
            }
            // The storage failed after it had taken these: readers come back with their cursors.
            Memory { record: None, subscribers, .. } if !fresh.is_empty() => subscribers.cut(),
            Memory { record: None, .. } => {}
        }
    }

    fn commit(
        &self,
        memory: &mut Memory,
        once: Option<&Once>,
        record: &mut Record,
        events: &[Event],
        after: After,
        answer: &Value,
    ) -> Result<()> {
        let trims = if self.journal.is_stored() { self.journal.overfull(record)? } else { vec![] };
        // What the project has not been told yet must not go.
        let may_go = |trim: &Trim| trim.shelf != Shelf::Events || trim.floor <= memory.settled.feed;
        let trims: Vec<_> = trims.into_iter().filter(may_go).collect();
        trims.iter().for_each(|trim| record.trim(*trim, CAPS));
        record.settled = memory.settled;
        let due = memory.unsaved + events.len() as u32 >= RECORD_EVERY || !self.journal.is_stored();
        let saves = due || !trims.is_empty() || matches!(after, After::ProjectNow | After::Delete);
        let answer = once.map(|once| (once, answer.to_string()));
        self.journal.commit(&Commit {
            events,
            record: saves.then_some(&*record),
            once: answer.as_ref().map(|(once, answer)| (*once, answer.as_str())),
            trims: &trims,
        })?;
        meter::count(Count::Event, events.len());
        memory.unsaved = if saves { 0 } else { memory.unsaved + events.len() as u32 };
        Ok(())
    }

    /// The first answer to this key, if the key was seen.
    fn remembered(&self, once: Option<&Once>) -> std::result::Result<Option<Value>, Problem> {
        let Some(once) = once else { return Ok(None) };
        match self.journal.remembered(&once.key).map_err(|error| self.subject.internal(error))? {
            None => Ok(None),
            Some(first) if first.fingerprint == once.fingerprint => {
                Ok(Some(serde_json::from_str(&first.answer).unwrap_or_default()))
            }
            Some(_) => Err(Problem::idempotency_conflict()),
        }
    }

    fn phrase(&self, order: &Order, record: &Record, events: &[Event]) -> std::result::Result<Value, Problem> {
        let job = &record.job;
        Ok(match order.answer {
            // A repeated creation is answered as the first one was, whatever has happened since.
            Answer::Job if events.is_empty() && matches!(order.command, Command::Create(_)) => {
                let first = self.journal.event(job.created_at).map_err(|error| self.subject.internal(error))?;
                let as_created = first.and_then(|event| evolve(None, &event));
                response::job(as_created.as_ref().unwrap_or(job))
            }
            Answer::Job => response::job(job),
            Answer::EventId => response::reported(events.last().map_or(job.tail, |event| event.id)),
            Answer::Deadline => response::kept_alive(job.deadline),
            Answer::LogRange => log_range(events),
            Answer::Retried => response::done("Job queued for retry"),
            Answer::Cancelled => response::done("Job cancelled"),
            Answer::Deleted => response::done("Job deleted"),
        })
    }
}

/// The job, for a poll that comes again for what it holds.
fn held(record: &Option<Record>, order: &Order) -> std::result::Result<Option<Value>, Problem> {
    let Some(record) = record.as_ref().filter(|_| order.command == Command::Claim) else { return Ok(None) };
    Ok(record.is_held_by(order.claim.as_ref())?.then(|| response::job(&record.job)))
}

fn after(command: &Command, events: &[Event]) -> After {
    let fact = |test: fn(&Fact) -> bool| events.iter().any(|event| test(&event.fact));
    match command {
        Command::Delete => After::Delete,
        _ if fact(Fact::is_transition) => After::ProjectNow,
        // Lines change nothing that the directory shows.
        _ if fact(|fact| fact.shelf() != Shelf::Logs) => After::ProjectBehind,
        _ => After::Nothing,
    }
}

fn log_range(events: &[Event]) -> Value {
    let chunks = || {
        events.iter().filter_map(|event| match &event.fact {
            Fact::Logs(chunk) => Some(chunk),
            _ => None,
        })
    };
    let from = chunks().next().map_or(0, |chunk| chunk.from_seq);
    response::logs_appended(from, chunks().next_back().map_or(0, |chunk| chunk.to_seq))
}
