//! Owns `POST /jobs/poll`: candidates are leased in the directory, their objects decide.
//! Invariant: a job is handed out only by its object, so that two producers never hold one attempt.

use crate::call::{Answer, Order};
use crate::command::Command;
use crate::edge::directory::{Directory, number, text, time};
use crate::edge::platform::{IdentityTransformStream, now};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, body, gate, job_object};
use crate::id::{JobId, ProjectId, RequestId};
use crate::limits;
use crate::request::{self, Poll};
use crate::response::with_events_url;
use crate::sql::lease;
use futures_util::future::join_all;
use js_sys::Uint8Array;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::WritableStreamDefaultWriter;
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
    let desk = Desk {
        env: visit.env.clone(),
        project: grant.project,
        origin: visit.origin(),
        request: visit.id.clone(),
        poll,
    };
    let jobs = desk.take().await?;
    if !jobs.is_empty() || desk.poll.wait_seconds == 0 {
        return reply::json(200, &json!({ "jobs": jobs }));
    }
    wait(desk, &visit)
}

/// Answers at once with a body that is still to come. While it waits it writes line ends, which JSON allows before
/// a value: workerd tells that a caller hung up only by a write that fails, and a job that is given to nobody would
/// stand still until its delivery time-out.
fn wait(desk: Desk, visit: &Visit) -> reply::Answer {
    let pipe = IdentityTransformStream::new();
    let writer = pipe.writable().get_writer().map_err(worker::Error::from)?;
    visit.context.wait_until(async move {
        if let Some(jobs) = desk.wait(&writer).await {
            let _ = write(&writer, &json!({ "jobs": jobs }).to_string()).await;
            let _ = JsFuture::from(writer.close()).await;
        }
    });
    reply::json_stream(pipe.readable())
}

async fn write(writer: &WritableStreamDefaultWriter, text: &str) -> Result<JsValue, JsValue> {
    JsFuture::from(writer.write_with_chunk(&Uint8Array::from(text.as_bytes()))).await
}

/// Where a project's jobs are handed out to one poll.
struct Desk {
    env: Env,
    project: ProjectId,
    origin: String,
    request: RequestId,
    poll: Poll,
}

impl Desk {
    /// `None` when the caller hung up.
    async fn wait(&self, writer: &WritableStreamDefaultWriter) -> Option<Vec<Value>> {
        let until = now().plus(self.poll.wait_seconds * 1_000);
        let mut pause = LOOK_FIRST_MS;
        loop {
            Delay::from(Duration::from_millis(pause.min(until.since(now())).max(1))).await;
            pause = (pause * 2).min(LOOK_LAST_MS);
            write(writer, "\n").await.ok()?;
            // A directory that does not answer now may answer at the next look.
            let jobs = self.take().await.unwrap_or_default();
            if !jobs.is_empty() || now() >= until {
                return Some(jobs);
            }
        }
    }

    /// One look: candidates whose objects deny them (another producer was faster) are passed over, and while there
    /// are such, the next ones are asked.
    async fn take(&self) -> Result<Vec<Value>, Failure> {
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
        bounds.extend(names.iter().map(|name| text(name)));
        let mut leases: Vec<Lease> = Directory::open(&self.env)?.rows(&lease::statement(names), &bounds).await?;
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
