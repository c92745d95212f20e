//! Owns what follows a commit: the job's row in the directory, the alarm, deletion.
//! Invariant: whatever D1 refuses is tried again by the alarm until D1 has it, across evictions and restarts.

use crate::call::{Answer, Order};
use crate::command::Command;
use crate::edge::directory::Directory;
use crate::edge::job_stream_do::JobObject;
use crate::edge::journal::Commit;
use crate::edge::meter;
use crate::edge::platform::{now, request_id};
use crate::id::EventId;
use crate::metrics::{Count, Lag};
use crate::record::{Record, Settled};
use crate::time::Timestamp;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Progress reaches the directory so soon, ms, because more may follow at once; and then at most so often: who watches
/// has the streams, and a row written for each second of each job would be most of what a job costs (docs/SCALE.md). Of many
/// jobs each waits longer, as their project's feed asks them to.
const BEHIND_MS: u64 = 1_000;
const BEHIND_AGAIN_MS: u64 = 5_000;
/// How soon the alarm looks whether the directory has what it should, ms.
const CHECK_MS: u64 = 5_000;
/// A deadline that the alarm could not carry out is tried again so much later, ms.
const OVERDUE_MS: u64 = 1_000;

impl JobObject {
    pub fn wakes_at(&self) -> Option<Timestamp> {
        let deadline = self.memory.borrow().record.as_ref()?.job.deadline;
        deadline.or_else(|| self.expires_at())
    }

    /// What a panic interrupted between its commit and its alarm has nobody who would look after it: no alarm, though
    /// there is something to do. Whoever wakes the object sets it.
    pub async fn arm_anew(&self) {
        if self.memory.borrow().alarm_at.is_some() {
            return;
        }
        let is_deleting = self.memory.borrow().record.as_ref().is_some_and(Record::is_deleting);
        let is_soon = is_deleting || self.is_behind();
        self.arm(if is_soon { Some(self.check_directory_at()) } else { self.wakes_at() }).await;
    }

    pub fn check_directory_at(&self) -> Timestamp {
        let soon = now().plus(CHECK_MS);
        self.wakes_at().map_or(soon, |wakes| wakes.min(soon))
    }

    /// Brings the directory's row forward. A refusal is logged; the alarm that is set tries again.
    pub async fn project(&self) {
        let record = match &self.memory.borrow().record {
            Some(record) if !record.is_deleting() => record.clone(),
            _ => return,
        };
        let owed_since = {
            let mut memory = self.memory.borrow_mut();
            memory.in_flight += 1;
            memory.projected_at = now();
            memory.owed_since.take()
        };
        let written = Directory::of(&self.env).upsert_job(&record).await;
        if let Err(error) = self.note_projected(&record, owed_since, written) {
            meter::count(Count::DirectoryRefused, 1);
            self.subject.complain("directory.refused", &error.to_string());
            // Progress comes here without an alarm that would look.
            self.arm(Some(self.check_directory_at())).await;
        }
    }

    fn note_projected(
        &self,
        record: &Record,
        owed_since: Option<Timestamp>,
        written: Result<Option<u64>>,
    ) -> Result<()> {
        let mut memory = self.memory.borrow_mut();
        memory.in_flight = memory.in_flight.saturating_sub(1);
        if written.is_err() {
            memory.owed_since = owed_since.or(memory.owed_since);
        }
        memory.retention_hours = written?.or(memory.retention_hours);
        memory.settled.directory = memory.settled.directory.max(record.job.tail);
        owed_since.into_iter().for_each(|since| meter::late(Lag::Directory, since));
        Ok(())
    }

    /// Progress follows behind: many reports, one write.
    pub fn project_behind(self: Rc<Self>) {
        if std::mem::replace(&mut self.memory.borrow_mut().projecting, true) {
            return;
        }
        let wait = {
            let memory = self.memory.borrow();
            let pause = BEHIND_AGAIN_MS.max(memory.outbox.pause());
            BEHIND_MS.max(pause.saturating_sub(now().since(memory.projected_at)))
        };
        let object = Rc::clone(&self);
        self.state.wait_until(async move {
            Delay::from(Duration::from_millis(wait)).await;
            object.memory.borrow_mut().projecting = false;
            object.project().await;
        });
    }

    /// Takes a deleted job out of the directory and the project's streams, then out of the object. A projection under
    /// way would bring the row back, so it is waited for.
    pub async fn erase(&self) {
        while self.is_busy() {
            Delay::from(Duration::from_millis(20)).await;
        }
        let Some(record) = self.memory.borrow().record.clone() else { return };
        match self.erase_everywhere(&record).await {
            Ok(()) => {
                let mut memory = self.memory.borrow_mut();
                memory.record = None;
                memory.alarm_at = None;
                self.journal.forget(None);
            }
            Err(error) => self.subject.complain("deletion.refused", &error.to_string()),
        }
    }

    fn is_busy(&self) -> bool {
        let memory = self.memory.borrow();
        memory.in_flight > 0 || memory.outbox.is_under_way
    }

    async fn erase_everywhere(&self, record: &Record) -> Result<()> {
        Directory::of(&self.env).delete_job(record.job.created.id.as_str()).await?;
        self.tell_deletion(record).await?;
        self.wipe().await
    }

    /// In this order: an alarm that outlives the data finds an empty object and does nothing.
    pub async fn wipe(&self) -> Result<()> {
        self.state.storage().delete_all().await?;
        self.state.storage().delete_alarm().await
    }

    /// The one alarm: deadlines, what the directory lacks, retention, forgotten keys. It may fire early, late or
    /// twice; each part looks at the state and not at why it was woken.
    pub async fn alarm(self: Rc<Self>) {
        self.memory.borrow_mut().alarm_at = None;
        let Some(record) = self.memory.borrow().record.clone() else { return };
        if record.is_deleting() {
            // The object may have died before they heard of it.
            self.memory.borrow_mut().relaying.dismiss(&record);
            self.tell_relays();
            self.erase().await;
            return self.arm_if_deleting().await;
        }
        self.learn_retention_once().await;
        let order = Order {
            command: Command::Tick,
            attempt: None,
            once: None,
            claim: None,
            request: Some(request_id()),
            is_repeat: false,
            answer: Answer::EventId,
        };
        let overdue = record.job.deadline.filter(|deadline| *deadline <= now());
        match Rc::clone(&self).order(&record.job.created.project, order).await {
            Ok(_) => overdue.into_iter().for_each(|deadline| meter::late(Lag::Deadline, deadline)),
            Err(problem) => self.subject.complain("tick.refused", &problem.message),
        }
        self.catch_up().await;
        self.expire().await;
    }

    async fn arm_if_deleting(&self) {
        if self.memory.borrow().record.is_some() {
            self.arm(Some(now().plus(CHECK_MS))).await;
        }
    }

    async fn catch_up(self: &Rc<Self>) {
        self.tell_relays();
        if self.lacks(|settled| settled.directory) {
            self.project().await;
        }
        if self.lacks(|settled| settled.feed) {
            self.tell_feed_now().await;
        }
        let is_behind = self.is_behind();
        let next = if is_behind { Some(self.check_directory_at()) } else { self.wakes_at() };
        if let Err(error) = self.forget_requests_and_settle(is_behind) {
            self.subject.complain("settling.failed", &error.to_string());
        }
        // A deadline that has passed and is still there was not carried out: it is tried again in a moment.
        self.arm(next.map(|time| time.max(now().plus(OVERDUE_MS)))).await;
    }

    /// Whether somebody has not been told of everything.
    fn is_behind(&self) -> bool {
        self.lacks(|settled| settled.directory) || self.lacks(|settled| settled.feed)
    }

    fn lacks(&self, part: impl Fn(&Settled) -> EventId) -> bool {
        let memory = self.memory.borrow();
        memory.record.as_ref().is_some_and(|record| record.job.tail > part(&memory.settled))
    }

    /// Notes what everybody knows, so that the next wake, which may come after a feed has forgotten what it was told,
    /// tells nobody again.
    fn forget_requests_and_settle(&self, is_behind: bool) -> Result<()> {
        if !self.journal.is_stored() {
            return Ok(());
        }
        self.journal.forget_requests()?;
        let mut memory = self.memory.borrow_mut();
        let settled = memory.settled;
        let Some(record) = &mut memory.record else { return Ok(()) };
        if !is_behind && record.settled != settled {
            record.settled = settled;
            self.journal.commit(&Commit { events: &[], record: Some(record), once: None, trims: &[] })?;
            memory.unsaved = 0;
        }
        Ok(())
    }
}
