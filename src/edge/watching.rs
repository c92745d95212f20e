//! Owns `GET /jobs/{id}/events`: the stream, or a page of the log for who asks for JSON.

use crate::access::Grant;
use crate::call::{Question, Subscription};
use crate::edge::gate::Warrant;
use crate::edge::platform::{jitter, now, setting};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, gate, job_object, jobs, sse_bridge};
use crate::id::JobId;
use crate::limits;
use crate::problem::Problem;
use crate::sse;
use crate::view::pipeline::{Lens, Narrowing};
use worker::{Headers, Response};

pub async fn watch(visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let grant = gate::enter_job(&visit, &job).await?;
    if wants_json(visit.header("accept")?.as_deref()) {
        return page(&visit, &job, &grant).await;
    }
    stream(&visit, &job, grant).await
}

/// `curl` (`*/*`) and `EventSource` (`text/event-stream`) get the stream.
fn wants_json(accept: Option<&str>) -> bool {
    let accept = accept.unwrap_or_default().to_ascii_lowercase();
    accept.contains("application/json") && !accept.contains("text/event-stream")
}

async fn page(visit: &Visit, job: &JobId, grant: &Grant) -> reply::Answer {
    let question = Question::Events { page: jobs::page(&visit.query())?, visibility: grant.visibility() };
    reply::json(200, &job_object::question(visit, job, &grant.project, question).await?)
}

async fn stream(visit: &Visit, job: &JobId, grant: Grant) -> reply::Answer {
    let query = visit.query();
    let subscription = Subscription {
        cursor: sse::cursor(visit.header("last-event-id")?.as_deref(), query.get("lastEventId"))?,
        lens: Lens { visibility: grant.visibility(), narrowing: Narrowing::parse(query.get("events"))? },
        project: grant.project.clone(),
    };
    if visit.request.method() == worker::Method::Head {
        job_object::question(visit, job, &grant.project, Question::Progress).await?;
        return Ok(Response::empty()?.with_headers(stream_headers()?));
    }
    let mut answer = job_object::subscribe(&visit.env, job, &subscription).await?;
    match answer.status_code() {
        101 => {
            let socket = answer.websocket().ok_or_else(|| worker::Error::from("101 without a socket"))?;
            let stream = sse_bridge::stream(socket, life(visit, &grant), Warrant::of(visit)?, &visit.context)?;
            Ok(stream.with_headers(stream_headers()?))
        }
        204 => Ok(Response::empty()?.with_status(204)),
        _ => Err(answer.json::<Problem>().await?.into()),
    }
}

/// The cap, a little less at random so that readers do not come back together; never beyond the credential's end.
fn life(visit: &Visit, grant: &Grant) -> u64 {
    let seconds = setting(&visit.env, "STREAM_CAP_SECONDS").and_then(|text| text.parse::<u64>().ok());
    let cap = seconds.map_or(limits::STREAM_CAP_MS, |seconds| seconds * 1_000).min(limits::STREAM_CAP_MS);
    let jittered = cap - (cap as f64 * 0.02 * jitter()) as u64;
    grant.expires_at.map_or(jittered, |end| jittered.min(end.since(now())))
}

fn stream_headers() -> Result<Headers, Failure> {
    let headers = Headers::new();
    headers.set("content-type", "text/event-stream")?;
    headers.set("cache-control", "no-cache")?;
    headers.set("connection", "keep-alive")?;
    headers.set("x-accel-buffering", "no")?;
    Ok(headers)
}
