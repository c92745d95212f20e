//! Owns what one poll is given: candidates are leased in the directory, their objects decide.
//! Invariant: a job is handed out only by its object, so that two producers never hold one attempt. A poll that comes
//! again under its key, because its answer was lost, gets what it holds.

use crate::call::{Answer, Once, Order};
use crate::command::Command;
use crate::edge::d1::Row;
use crate::edge::directory::{Directory, number, optional_text, text, time};
use crate::edge::job_object;
use crate::edge::platform::now;
use crate::edge::reply::Failure;
use crate::id::{JobId, ProjectId, RequestId};
use crate::limits;
use crate::problem::Code;
use crate::request::Poll;
use crate::response::with_events_url;
use crate::sql::directory as sql;
use crate::sql::lease;
use futures_util::future::join_all;
use serde_json::Value;
use worker::Env;

struct Lease {
    id: JobId,
    priority: u64,
}

impl Lease {
    fn read(row: &Row) -> worker::Result<Lease> {
        Ok(Lease { id: JobId::stored(row.text("id")?), priority: row.number("priority")? })
    }

    fn turn(&self) -> (u64, &str) {
        (self.priority, self.id.as_str())
    }
}

/// The most urgent first: the directory promises no order. They are few, and the Worker sorts nothing else.
fn in_turn(rows: Vec<Row>) -> worker::Result<Vec<Lease>> {
    let mut leases: Vec<Lease> = vec![];
    for row in rows {
        let lease = Lease::read(&row)?;
        leases.insert(leases.partition_point(|earlier| earlier.turn() < lease.turn()), lease);
    }
    Ok(leases)
}

/// Where a project's jobs are handed out to one poll.
pub struct Desk {
    pub env: Env,
    pub project: ProjectId,
    pub origin: String,
    pub request: RequestId,
    pub poll: Poll,
    pub once: Option<Once>,
}

/// How often a job's object is asked for it: an answer that was lost on the way must not lose the job. The second time
/// helps a poll with a key; without one the object denies what it has delivered.
const TRIES: u32 = 2;

impl Desk {
    /// One look: what the poll holds already, else what is free.
    pub async fn take(&self) -> Result<Vec<Value>, Failure> {
        let held = self.claim_all(self.held().await?).await?;
        if held.is_empty() { self.take_free().await } else { Ok(held) }
    }

    /// Candidates whose objects deny them (another producer was faster) are passed over, and while there
    /// are such, the next ones are asked.
    async fn take_free(&self) -> Result<Vec<Value>, Failure> {
        let mut jobs: Vec<Value> = vec![];
        loop {
            let leases = match self.lease(self.poll.count - jobs.len() as u64).await {
                Ok(leases) => leases,
                Err(failure) if jobs.is_empty() => return Err(failure),
                // What was claimed is handed out, whatever the directory says now.
                Err(_) => return Ok(jobs),
            };
            if leases.is_empty() {
                return Ok(jobs);
            }
            match self.claim_all(leases).await {
                Ok(claimed) => jobs.extend(claimed),
                Err(failure) if jobs.is_empty() => return Err(failure),
                Err(_) => return Ok(jobs),
            }
            if jobs.len() as u64 == self.poll.count {
                return Ok(jobs);
            }
        }
    }

    async fn held(&self) -> Result<Vec<Lease>, Failure> {
        let Some(once) = &self.once else { return Ok(vec![]) };
        let bounds = [text(self.project.as_str()), text(&once.key), number(self.poll.count)];
        Ok(in_turn(Directory::of(&self.env).rows(sql::held_jobs, &bounds).await?)?)
    }

    async fn lease(&self, count: u64) -> Result<Vec<Lease>, Failure> {
        let names = &self.poll.names;
        let now = now();
        let until = now.plus(limits::LEASE_MS);
        let key = self.once.as_ref().map(|once| once.key.as_str());
        let mut bounds = vec![text(self.project.as_str()), time(now), time(until), number(count), optional_text(key)];
        bounds.extend(lease::bound(names).as_deref().map(text));
        Ok(in_turn(Directory::of(&self.env).rows(lease::statement(names), &bounds).await?)?)
    }

    /// A conflict of the poll's key counts only where nothing was claimed: what was must reach its producer.
    async fn claim_all(&self, leases: Vec<Lease>) -> Result<Vec<Value>, Failure> {
        let claims = join_all(leases.iter().map(|lease| self.claim(&lease.id))).await;
        let (claimed, conflicts): (Vec<_>, Vec<_>) = claims.into_iter().partition(Result::is_ok);
        let jobs: Vec<Value> = claimed.into_iter().flatten().flatten().collect();
        match conflicts.into_iter().find_map(Result::err).filter(|_| jobs.is_empty()) {
            Some(conflict) => Err(conflict),
            None => Ok(jobs),
        }
    }

    /// `None` when the object denies it or cannot be reached: the lease runs out, and the job is found again.
    async fn claim(&self, job: &JobId) -> Result<Option<Value>, Failure> {
        for _ in 0..TRIES {
            match job_object::command(&self.env, job, &self.project, self.order()).await {
                Ok(job) => return Ok(Some(with_events_url(job.value()?, &self.origin))),
                Err(Failure::Problem(problem)) if problem.code == Code::IdempotencyConflict => {
                    return Err(problem.into());
                }
                Err(Failure::Problem(problem)) if problem.status() < 500 => return Ok(None),
                Err(_) => {}
            }
        }
        Ok(None)
    }

    fn order(&self) -> Order {
        Order {
            command: Command::Claim,
            attempt: None,
            once: None,
            claim: self.once.clone(),
            request: Some(self.request.clone()),
            is_repeat: false,
            answer: Answer::Job,
        }
    }
}
