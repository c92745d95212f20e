//! Owns what a job tells its project: everything in its log that the project's streams show, in order, at least once.
//! The log itself is the outbox, and `settled.feed` how far it was taken.
//! Invariant: one telling is under way at a time, and the place moves on only when the feed has taken what came before.

use crate::call::Telling;
use crate::edge::job_stream_do::JobObject;
use crate::edge::meter;
use crate::edge::platform::{now, request_id};
use crate::edge::project_feed;
use crate::event::{Event, Fact};
use crate::id::EventId;
use crate::limits;
use crate::metrics::Count;
use crate::notice::{Notice, conflate};
use crate::record::Record;
use crate::time::Timestamp;
use crate::view::Visibility;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

#[derive(Default)]
pub struct Outbox {
    pub is_under_way: bool,
    /// Something came in the meantime that must not wait.
    is_wanted_again: bool,
    /// Progress waits until the feed may be told of it.
    is_waiting: bool,
    last_told: Timestamp,
    /// How long the feed, when it was told, asked to be left alone with progress, ms.
    asked_for: u64,
}

impl Outbox {
    /// Between two tellings of progress, ms.
    pub fn pause(&self) -> u64 {
        self.asked_for.max(limits::FEED_PROGRESS_MS)
    }
}

/// How soon the feed is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// With the next round: only progress.
    Soon,
    Now,
}

impl Urgency {
    /// `None` where nothing is for the feed.
    pub fn of(events: &[Event]) -> Option<Urgency> {
        let urgency = |event: &Event| match &event.fact {
            Fact::Progress(_) => Some(Urgency::Soon),
            Fact::Checkpoint(_)
            | Fact::Custom(_)
            | Fact::Keepalive {}
            | Fact::Logs(_)
            | Fact::Delivered {}
            | Fact::Queued { .. } => None,
            Fact::Created(_)
            | Fact::Started {}
            | Fact::StageStarted(_)
            | Fact::StageCompleted(_)
            | Fact::StageSkipped(_)
            | Fact::StageFailed(_)
            | Fact::StageReported(_)
            | Fact::RetryScheduled { .. }
            | Fact::Completed { .. }
            | Fact::Failed { .. }
            | Fact::Cancelled { .. }
            | Fact::Retried { .. } => Some(Urgency::Now),
        };
        let mut found = events.iter().filter_map(urgency);
        let first = found.next()?;
        Some(if found.any(|urgency| urgency == Urgency::Now) { Urgency::Now } else { first })
    }
}

impl JobObject {
    /// Tells the feed behind the answer: of progress the first at once, and then at most one in a while.
    pub fn tell_feed(self: Rc<Self>, urgency: Urgency) {
        let wait = match urgency {
            Urgency::Now => 0,
            Urgency::Soon => {
                let mut memory = self.memory.borrow_mut();
                let since = now().since(memory.outbox.last_told);
                let pause = memory.outbox.pause();
                if since < pause && std::mem::replace(&mut memory.outbox.is_waiting, true) {
                    return;
                }
                pause.saturating_sub(since)
            }
        };
        let object = Rc::clone(&self);
        self.state.wait_until(async move {
            if wait > 0 {
                Delay::from(Duration::from_millis(wait)).await;
                object.memory.borrow_mut().outbox.is_waiting = false;
            }
            object.tell_feed_now().await;
        });
    }

    /// Tells all that the feed has not heard. What cannot be told now is told by the alarm.
    pub async fn tell_feed_now(&self) {
        {
            let mut memory = self.memory.borrow_mut();
            if memory.outbox.is_under_way {
                memory.outbox.is_wanted_again = true;
                return;
            }
            memory.outbox.is_under_way = true;
        }
        let outcome = self.tell_until_heard().await;
        self.memory.borrow_mut().outbox.is_under_way = false;
        if let Err(error) = outcome {
            meter::count(Count::FeedRefused, 1);
            self.subject.complain("feed.refused", &error.to_string());
            self.arm(Some(self.check_directory_at())).await;
        }
    }

    async fn tell_until_heard(&self) -> Result<()> {
        loop {
            self.memory.borrow_mut().outbox.is_wanted_again = false;
            let is_all = self.tell_page().await?;
            if is_all && !self.memory.borrow().outbox.is_wanted_again {
                return Ok(());
            }
        }
    }

    /// Whether the feed has heard everything up to the tail as it was.
    async fn tell_page(&self) -> Result<bool> {
        let (telling, until, is_last) = {
            let mut memory = self.memory.borrow_mut();
            let Some(record) = &memory.record else { return Ok(true) };
            let (after, tail) = (memory.settled.feed, record.job.tail);
            let read =
                self.journal.read(after, tail, Visibility::Public, limits::FEED_BATCH, limits::PAGE_BYTES as usize)?;
            let created = &record.job.created;
            let notices = conflate(read.events.iter().filter_map(|event| Notice::of(created, event)).collect());
            let telling = Telling { project: created.project.clone(), notices, asks_for: None };
            memory.outbox.last_told = now();
            (telling, read.next().unwrap_or(tail), read.is_last)
        };
        let asked_for = match telling.notices.is_empty() {
            true => None,
            false => Some(project_feed::tell(&self.env, &telling).await?),
        };
        let mut memory = self.memory.borrow_mut();
        asked_for.into_iter().for_each(|pause| memory.outbox.asked_for = pause);
        memory.settled.feed = memory.settled.feed.max(until);
        Ok(is_last)
    }

    /// The last that a project hears of a job, after everything else of it.
    pub async fn tell_deletion(&self, record: &Record) -> Result<()> {
        self.tell_until_heard().await?;
        let created = &record.job.created;
        let place = EventId(record.job.tail.0 + 1);
        let notice = Notice::deleted(created, place, record.job.attempt, Some(request_id()));
        let telling = Telling { project: created.project.clone(), notices: vec![notice], asks_for: None };
        project_feed::tell(&self.env, &telling).await.map(|_| ())
    }
}
