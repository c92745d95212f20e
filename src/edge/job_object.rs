//! Owns the way from the edge to a job's object and back.

use crate::call::{Ask, Call, Order, Question, Reply, Subscription};
use crate::edge::Visit;
use crate::edge::reply::Failure;
use crate::id::{JobId, ProjectId};
use serde_json::Value;
use worker::{Env, Headers, Method, Request, RequestInit, Response, Result, Stub};

/// The binding's name in wrangler.toml.
const BINDING: &str = "JOB_STREAM";

fn stub(env: &Env, job: &JobId) -> Result<Stub> {
    env.durable_object(BINDING)?.get_by_name(job.as_str())
}

pub async fn command(env: &Env, job: &JobId, project: &ProjectId, order: Order) -> std::result::Result<Value, Failure> {
    call(env, job, project, Ask::Command(order)).await
}

pub async fn question(
    visit: &Visit,
    job: &JobId,
    project: &ProjectId,
    question: Question,
) -> std::result::Result<Value, Failure> {
    call(&visit.env, job, project, Ask::Question(question)).await
}

async fn call(env: &Env, job: &JobId, project: &ProjectId, ask: Ask) -> std::result::Result<Value, Failure> {
    let call = serde_json::to_string(&Call { project: project.clone(), ask }).map_err(worker::Error::from)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(call.into()));
    let request = Request::new_with_init("https://job/", &init)?;
    let text = stub(env, job)?.fetch_with_request(request).await?.text().await?;
    let reply: Reply = serde_json::from_str(&text).map_err(worker::Error::from)?;
    Ok(reply?)
}

/// Asks to join the job's stream: 101 with a socket, 204, or a problem as JSON.
pub async fn subscribe(env: &Env, job: &JobId, subscription: &Subscription) -> Result<Response> {
    let mut url = url::Url::parse("https://job/").map_err(|error| worker::Error::from(error.to_string()))?;
    url.query_pairs_mut().append_pair("subscription", &serde_json::to_string(subscription)?);
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    let mut init = RequestInit::new();
    init.with_headers(headers);
    stub(env, job)?.fetch_with_request(Request::new_with_init(url.as_str(), &init)?).await
}
