//! Owns `POST /jobs/poll`: candidates are leased in the directory, their objects decide.
//! Invariant: a job is handed out only by its object, so that two producers never hold one attempt.

use crate::call::{Answer, Order};
use crate::command::Command;
use crate::edge::directory::{Directory, number, optional_text, text, time};
use crate::edge::platform::now;
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, body, gate, job_object};
use crate::id::{JobId, ProjectId};
use crate::limits;
use crate::request::{self, Poll};
use crate::response::with_events_url;
use crate::sql::directory as sql;
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use worker::{Delay, Env};

/// Between two looks of a poll that waits, ms: the first is soon, because jobs are often created just before.
const LOOK_FIRST_MS: u64 = 100;
const LOOK_LAST_MS: u64 = 1_000;

#[derive(Deserialize)]
struct Lease {
    id: JobId,
    priority: u8,
}

pub async fn poll(mut visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let (asked, _) = body::json(&mut visit).await?;
    let poll = request::poll(&asked)?;
    let until = now().plus(poll.wait_seconds * 1_000);
    let mut pause = LOOK_FIRST_MS;
    loop {
        if visit.request.inner().signal().aborted() {
            // The producer hung up: a job that it cannot hear of would wait for its delivery time-out.
            return reply::json(200, &json!({ "jobs": [] }));
        }
        let jobs = take(&visit.env, &grant.project, &poll, &visit.origin()).await?;
        if !jobs.is_empty() || now() >= until {
            return reply::json(200, &json!({ "jobs": jobs }));
        }
        Delay::from(Duration::from_millis(pause.min(until.since(now())).max(1))).await;
        pause = (pause * 2).min(LOOK_LAST_MS);
    }
}

/// One look: candidates whose objects deny them (another producer was faster) are passed over, and while there
/// are such, the next ones are asked.
async fn take(env: &Env, project: &ProjectId, poll: &Poll, origin: &str) -> Result<Vec<Value>, Failure> {
    let mut jobs: Vec<Value> = vec![];
    loop {
        let wanted = poll.count - jobs.len() as u64;
        let leases = lease(env, project, poll, wanted).await?;
        if leases.is_empty() {
            return Ok(jobs);
        }
        let claims = leases.iter().map(|lease| claim(env, project, &lease.id));
        let claimed = join_all(claims).await;
        jobs.extend(claimed.into_iter().flatten().map(|job| with_events_url(job, origin)));
        if jobs.len() as u64 == poll.count {
            return Ok(jobs);
        }
    }
}

async fn lease(env: &Env, project: &ProjectId, poll: &Poll, count: u64) -> Result<Vec<Lease>, Failure> {
    let names = (!poll.names.is_empty()).then(|| json!(poll.names).to_string());
    let now = now();
    let bounds = [
        text(project.as_str()),
        time(now),
        time(now.plus(limits::LEASE_MS)),
        optional_text(names.as_deref()),
        number(count),
    ];
    let mut leases: Vec<Lease> = Directory::open(env)?.rows(sql::lease_jobs, &bounds).await?;
    // RETURNING promises no order.
    leases.sort_by(|a, b| (a.priority, a.id.as_str()).cmp(&(b.priority, b.id.as_str())));
    Ok(leases)
}

/// `None` when the object denies it or cannot be reached: the lease runs out, and the job is found again.
async fn claim(env: &Env, project: &ProjectId, job: &JobId) -> Option<Value> {
    let order = Order { command: Command::Claim, attempt: None, once: None, answer: Answer::Job };
    job_object::command(env, job, project, order).await.ok()
}
