//! Owns what one poll is given: candidates are leased in the directory, their objects decide.
//! Invariant: a job is handed out only by its object, so that two producers never hold one attempt.

use crate::call::{Answer, Order};
use crate::command::Command;
use crate::edge::directory::{Directory, number, text, time};
use crate::edge::job_object;
use crate::edge::platform::now;
use crate::edge::reply::Failure;
use crate::id::{JobId, ProjectId, RequestId};
use crate::limits;
use crate::request::Poll;
use crate::response::with_events_url;
use crate::sql::lease;
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::Value;
use worker::Env;

#[derive(Deserialize)]
struct Lease {
    id: JobId,
    priority: u8,
}

/// Where a project's jobs are handed out to one poll.
pub struct Desk {
    pub env: Env,
    pub project: ProjectId,
    pub origin: String,
    pub request: RequestId,
    pub poll: Poll,
}

impl Desk {
    /// One look: candidates whose objects deny them (another producer was faster) are passed over, and while there
    /// are such, the next ones are asked.
    pub async fn take(&self) -> Result<Vec<Value>, Failure> {
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
            let claimed = join_all(leases.iter().map(|lease| self.claim(&lease.id))).await;
            jobs.extend(claimed.into_iter().flatten());
            if jobs.len() as u64 == self.poll.count {
                return Ok(jobs);
            }
        }
    }

    async fn lease(&self, count: u64) -> Result<Vec<Lease>, Failure> {
        let names = &self.poll.names;
        let now = now();
        let mut bounds = vec![text(self.project.as_str()), time(now), time(now.plus(limits::LEASE_MS)), number(count)];
        bounds.extend(lease::bound(names).as_deref().map(text));
        let mut leases: Vec<Lease> = Directory::open(&self.env)?.rows(lease::statement(names), &bounds).await?;
        // RETURNING promises no order.
        leases.sort_by(|a, b| (a.priority, a.id.as_str()).cmp(&(b.priority, b.id.as_str())));
        Ok(leases)
    }

    /// `None` when the object denies it or cannot be reached: the lease runs out, and the job is found again.
    async fn claim(&self, job: &JobId) -> Option<Value> {
        let order = Order {
            command: Command::Claim,
            attempt: None,
            once: None,
            request: Some(self.request.clone()),
            is_repeat: false,
            answer: Answer::Job,
        };
        let job = job_object::command(&self.env, job, &self.project, order).await.ok()?;
        Some(with_events_url(job, &self.origin))
    }
}
