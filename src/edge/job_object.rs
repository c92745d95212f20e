//! Owns the way from the edge to a job's object and back.

use crate::call::{Ask, Call, Order, Question, Said, Subscription};
use crate::edge::Visit;
use crate::edge::platform;
use crate::edge::reply::Failure;
use crate::id::{JobId, ProjectId};
use worker::{Env, Response, Result};

/// The binding's name in wrangler.toml.
const BINDING: &str = "JOB_STREAM";

pub async fn command(env: &Env, job: &JobId, project: &ProjectId, order: Order) -> std::result::Result<Said, Failure> {
    ask(env, job, project, Ask::Command(order)).await
}

pub async fn question(
    visit: &Visit,
    job: &JobId,
    project: &ProjectId,
    question: Question,
) -> std::result::Result<Said, Failure> {
    ask(&visit.env, job, project, Ask::Question(question)).await
}

async fn ask(env: &Env, job: &JobId, project: &ProjectId, ask: Ask) -> std::result::Result<Said, Failure> {
    call(env, Call { job: job.clone(), project: project.clone(), ask }).await
}

pub async fn call(env: &Env, call: Call) -> std::result::Result<Said, Failure> {
    let job = call.job.clone();
    let call = call.text().map_err(worker::Error::from)?;
    Ok(Said::heard(platform::ask(env, BINDING, job.as_str(), &call).await?)??)
}

/// Asks to join the job's stream: 101 with a socket, 200 with the `Seat` of a reader who is to be held elsewhere, 204, or a
/// problem as JSON.
pub async fn subscribe(env: &Env, subscription: &Subscription) -> Result<Response> {
    platform::join(env, BINDING, subscription.job.as_str(), &serde_json::to_string(subscription)?).await
}
