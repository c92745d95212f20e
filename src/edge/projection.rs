//! Owns what follows a commit: the job's row in the directory, the alarm, the end of retention, deletion.
//! Invariant: whatever D1 refuses is tried again by the alarm until D1 has it, across evictions and restarts.

use crate::call::{Answer, Order};
use crate::command::Command;
use crate::edge::directory::{Directory, text};
use crate::edge::job_stream_do::JobObject;
use crate::edge::journal::Commit;
use crate::edge::platform::now;
use crate::limits;
use crate::sql::directory as sql;
use crate::time::Timestamp;
use serde::Deserialize;
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result, console_error};

/// Progress reaches the directory at most so often, ms.
const BEHIND_MS: u64 = 1_000;
/// How soon the alarm looks whether the directory has what it should, ms.
const CHECK_MS: u64 = 5_000;
/// A deadline that the alarm could not carry out is tried again so much later, ms.
const OVERDUE_MS: u64 = 1_000;
/// A finished job looks up its project's retention so long after its end, in hours: the shortest that can be set.
const FIRST_RETENTION_CHECK_HOURS: u64 = 1;
/// How soon it is looked up again when the directory did not answer, ms.
const RETENTION_AGAIN_MS: u64 = 600_000;

#[derive(Deserialize)]
struct Retention {
    retention_hours: u64,
}

impl JobObject {
    pub fn wakes_at(&self) -> Option<Timestamp> {
        let memory = self.memory.borrow();
        let record = memory.record.as_ref()?;
        let retention = || record.expires_at(FIRST_RETENTION_CHECK_HOURS).filter(|first| *first > now());
        record.job.deadline.or_else(retention)
    }

    pub fn check_directory_at(&self) -> Timestamp {
        let soon = now().plus(CHECK_MS);
        self.wakes_at().map_or(soon, |wakes| wakes.min(soon))
    }

    /// Brings the directory's row forward. A refusal is logged; the alarm that is set tries again.
    pub async fn project(&self) {
        let job = match &self.memory.borrow().record {
            Some(record) if !record.is_deleting() => record.job.clone(),
            _ => return,
        };
        self.memory.borrow_mut().in_flight += 1;
        let written = match Directory::open(&self.env) {
            Ok(directory) => directory.upsert_job(&job).await,
            Err(error) => Err(error),
        };
        let mut memory = self.memory.borrow_mut();
        memory.in_flight = memory.in_flight.saturating_sub(1);
        match written {
            Ok(()) => memory.projected = memory.projected.max(job.tail),
            Err(error) => complain("directory.refused", &error.to_string()),
        }
    }

    /// Progress follows behind: many reports, one write.
    pub fn project_behind(self: Rc<Self>) {
        if std::mem::replace(&mut self.memory.borrow_mut().projecting, true) {
            return;
        }
        let object = Rc::clone(&self);
        self.state.wait_until(async move {
            Delay::from(Duration::from_millis(BEHIND_MS)).await;
            object.memory.borrow_mut().projecting = false;
            object.project().await;
        });
    }

    /// Takes a deleted job out of the directory, then out of the object. A projection under way would bring the
    /// row back, so it is waited for.
    pub async fn erase(&self) {
        while self.memory.borrow().in_flight > 0 {
            Delay::from(Duration::from_millis(20)).await;
        }
        let Some(id) = self.memory.borrow().record.as_ref().map(|record| record.job.created.id.clone()) else { return };
        match self.erase_everywhere(id.as_str()).await {
            Ok(()) => {
                let mut memory = self.memory.borrow_mut();
                memory.record = None;
                memory.alarm_at = None;
            }
            Err(error) => complain("deletion.refused", &error.to_string()),
        }
    }

    async fn erase_everywhere(&self, id: &str) -> Result<()> {
        Directory::open(&self.env)?.delete_job(id).await?;
        // In this order: an alarm that outlives the data finds an empty object and does nothing.
        self.state.storage().delete_all().await?;
        self.state.storage().delete_alarm().await
    }

    /// The one alarm: deadlines, what the directory lacks, retention, forgotten keys. It may fire early, late or
    /// twice; each part looks at the state and not at why it was woken.
    pub async fn alarm(self: Rc<Self>) {
        self.memory.borrow_mut().alarm_at = None;
        let Some(record) = self.memory.borrow().record.clone() else { return };
        if record.is_deleting() {
            self.erase().await;
            return self.arm_if_deleting().await;
        }
        let order = Order { command: Command::Tick, attempt: None, once: None, answer: Answer::EventId };
        if let Err(problem) = Rc::clone(&self).order(&record.job.created.project, order).await {
            complain("tick.refused", &problem.message);
        }
        self.catch_up().await;
        self.expire().await;
    }

    async fn arm_if_deleting(&self) {
        if self.memory.borrow().record.is_some() {
            self.arm(Some(now().plus(CHECK_MS))).await;
        }
    }

    async fn catch_up(&self) {
        let behind = |object: &JobObject| {
            let memory = object.memory.borrow();
            memory.record.as_ref().is_some_and(|record| record.job.tail > memory.projected)
        };
        if behind(self) {
            self.project().await;
        }
        let next = if behind(self) { Some(self.check_directory_at()) } else { self.wakes_at() };
        if let Err(error) = self.journal.forget_requests() {
            complain("keys.kept", &error.to_string());
        }
        // A deadline that has passed and is still there was not carried out: it is tried again in a moment.
        self.arm(next.map(|time| time.max(now().plus(OVERDUE_MS)))).await;
    }

    /// Drops the log of a job that ended long enough ago; the state and the directory's row stay.
    async fn expire(&self) {
        let Some(record) = self.memory.borrow().record.clone() else { return };
        if record.expires_at(FIRST_RETENTION_CHECK_HOURS).is_none_or(|first| first > now()) {
            return;
        }
        match self.retention_hours(record.job.created.project.as_str()).await.map(|hours| record.expires_at(hours)) {
            Ok(Some(due)) if due <= now() => self.drop_log(),
            Ok(due) => self.arm(due).await,
            // Nothing is dropped on a guess.
            Err(error) => {
                complain("retention.unknown", &error.to_string());
                self.arm(Some(now().plus(RETENTION_AGAIN_MS))).await;
            }
        }
    }

    async fn retention_hours(&self, project: &str) -> Result<u64> {
        let directory = Directory::open(&self.env)?;
        let found: Option<Retention> = directory.first(sql::get_project, &[text(project)]).await?;
        Ok(found.map_or(limits::RETENTION_HOURS_DEFAULT, |project| project.retention_hours))
    }

    fn drop_log(&self) {
        let mut memory = self.memory.borrow_mut();
        let Some(mut record) = memory.record.clone() else { return };
        let trims = record.expire();
        match self.journal.commit(&Commit { events: &[], record: Some(&record), once: None, trims: &trims }) {
            Ok(()) => memory.record = Some(record),
            Err(error) => complain("retention.failed", &error.to_string()),
        }
    }
}

fn complain(event: &str, error: &str) {
    console_error!("{}", json!({ "event": event, "error": error }));
}
