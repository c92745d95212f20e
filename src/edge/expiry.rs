//! Owns the end of a log: when retention is over, the object is emptied, and the directory keeps the job as it ended.
//! Invariant: nothing goes before the directory has what replaces it; an empty object shows the job from there.

use crate::edge::directory::{Directory, text};
use crate::edge::job_stream_do::JobObject;
use crate::edge::journal::Commit;
use crate::edge::platform::{now, setting};
use crate::id::{EventId, JobId};
use crate::limits;
use crate::record::{Archive, Record};
use crate::sql::directory as sql;
use crate::time::Timestamp;
use worker::{Env, Result};

/// What is waited for while it is not known how long the project keeps logs: the shortest that can be set, hours.
const SHORTEST_RETENTION: u64 = 1;
/// How soon it is tried again when the directory did not answer, ms.
pub const AGAIN_MS: u64 = 600_000;

/// How long an hour of retention lasts, ms. Operators leave it alone; tests cannot wait for an hour.
pub fn hour_ms(env: &Env) -> u64 {
    let seconds = setting(env, "RETENTION_HOUR_SECONDS").and_then(|text| text.parse::<u64>().ok());
    seconds.unwrap_or(3_600).max(1) * 1_000
}

/// How long the project keeps logs and its feed, ms.
pub async fn retention_ms(env: &Env, project: &str) -> Result<u64> {
    let hours = match Directory::of(env).first(sql::get_project, &[text(project)]).await? {
        Some(project) => project.number("retention_hours")?,
        None => limits::RETENTION_HOURS_DEFAULT,
    };
    Ok(hours * hour_ms(env))
}

impl JobObject {
    /// When the alarm is to look whether the log has expired.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let due = self.expiry_due()?;
        match due > now() {
            true => Some(due),
            // A log that went already, and a key that came after: the key is waited for.
            false => self.journal.is_stored().then(|| now().plus(limits::IDEMPOTENCY_MS)),
        }
    }

    fn expiry_due(&self) -> Option<Timestamp> {
        let memory = self.memory.borrow();
        let hours = memory.retention_hours.unwrap_or(SHORTEST_RETENTION);
        memory.record.as_ref()?.expires_at(hours * hour_ms(&self.env))
    }

    /// Empties the object of a job that ended long enough ago.
    pub async fn expire(&self) {
        let due = self.expiry_due();
        if !self.journal.is_stored() || due.is_none_or(|due| due > now()) {
            return;
        }
        if let Err(error) = self.expire_if_due().await {
            // Nothing is dropped on a guess.
            self.subject.complain("expiry.failed", &error.to_string());
            self.arm(Some(now().plus(AGAIN_MS))).await;
        }
    }

    async fn expire_if_due(&self) -> Result<()> {
        let Some(record) = self.memory.borrow().record.clone() else { return Ok(()) };
        let retention = self.learn_retention(&record).await?;
        if !self.may_go(record.job.tail) {
            self.arm(Some(now().plus(AGAIN_MS))).await;
            return Ok(());
        }
        match (record.expires_at(retention), self.journal.keys_forgotten_at()?) {
            (None, _) => {}
            (Some(due), _) if due > now() => self.arm(Some(due)).await,
            // A request may still be repeated: only the log goes.
            (Some(_), Some(keys)) if keys > now() => {
                self.drop_log()?;
                self.arm(Some(keys)).await;
            }
            (Some(_), _) => self.empty(record).await?,
        }
        Ok(())
    }

    /// How long the project keeps logs, ms, as the directory says now.
    async fn learn_retention(&self, record: &Record) -> Result<u64> {
        let retention = retention_ms(&self.env, record.job.created.project.as_str()).await?;
        self.memory.borrow_mut().retention_hours = Some(retention / hour_ms(&self.env));
        Ok(retention)
    }

    /// A job that has ended must know it before its alarm is set for its end.
    pub async fn learn_retention_once(&self) {
        let Some(record) = self.ended_unknown() else { return };
        if let Err(error) = self.learn_retention(&record).await {
            self.subject.complain("retention.unknown", &error.to_string());
        }
    }

    /// The record of a job that has ended, while nobody knows how long its log is kept.
    fn ended_unknown(&self) -> Option<Record> {
        let memory = self.memory.borrow();
        let has_ended = |record: &&Record| record.job.ended_by.is_some() && memory.retention_hours.is_none();
        memory.record.as_ref().filter(has_ended).cloned()
    }

    fn drop_log(&self) -> Result<()> {
        let mut memory = self.memory.borrow_mut();
        let Some(mut record) = memory.record.clone().filter(Record::has_log) else { return Ok(()) };
        let trims = record.expire();
        self.journal.commit(&Commit { events: &[], record: Some(&record), once: None, trims: &trims })?;
        memory.record = Some(record);
        Ok(())
    }

    async fn empty(&self, mut record: Record) -> Result<()> {
        let tail = record.job.tail;
        record.expire();
        record.settled = self.memory.borrow().settled;
        let end = self.journal.end(&record)?;
        let archive = Archive::new(record.clone(), end.clone());
        let body = serde_json::to_string(&archive)?;
        Directory::of(&self.env).run(sql::save_archive, &[text(record.job.created.id.as_str()), text(&body)]).await?;
        if !self.may_go(tail) {
            self.arm(Some(now().plus(AGAIN_MS))).await;
            return Ok(());
        }
        self.wipe().await?;
        self.journal.forget(end);
        let mut memory = self.memory.borrow_mut();
        // Readers may have come to relays meanwhile.
        if let Some(now) = &memory.record {
            record.relays = now.relays.clone();
        }
        (memory.record, memory.alarm_at, memory.unsaved) = (Some(record), None, 0);
        Ok(())
    }

    /// Whether everybody has been told of the job, and nothing came in while the directory was written to.
    fn may_go(&self, tail: EventId) -> bool {
        let memory = self.memory.borrow();
        let is_settled = memory.settled.feed >= tail && memory.settled.directory >= tail;
        let is_idle = memory.in_flight == 0 && !memory.outbox.is_under_way;
        let is_as_it_was =
            memory.record.as_ref().is_some_and(|record| record.job.tail == tail && !record.is_deleting());
        is_settled && is_idle && is_as_it_was
    }

    /// Wakes an empty object from what the directory keeps of its job; for a job that never was, it stays empty.
    pub async fn restore(&self, job: &JobId) -> Result<()> {
        if self.memory.borrow().record.is_some() || self.journal.is_stored() {
            return Ok(());
        }
        let row = Directory::of(&self.env).first(sql::find_archive, &[text(job.as_str())]).await?;
        let Some(row) = row else { return Ok(()) };
        let archive: Archive = serde_json::from_str(&row.text("body")?)?;
        let mut memory = self.memory.borrow_mut();
        if memory.record.is_none() && !self.journal.is_stored() {
            let (record, end) = archive.open();
            self.journal.forget(end);
            memory.settled = record.settled;
            memory.record = Some(record);
        }
        Ok(())
    }
}
