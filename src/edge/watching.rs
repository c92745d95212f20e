//! Owns the streams: of a job (pipeline view, asset view) and of a project (queue view, activity); and the page of
//! the log for who asks for JSON.

use crate::access::Grant;
use crate::call::{FeedSubscription, Question, RelaySubscription, Subscription};
use crate::edge::gate::Pass;
use crate::edge::head::Name;
use crate::edge::platform::{jitter, now, setting};
use crate::edge::reply::{self, Failure, Reply};
use crate::edge::sse_bridge::{self, Beat};
use crate::edge::{Visit, gate, job_object, jobs, project_feed, relay_object};
use crate::feed::Channel;
use crate::id::{EventId, JobId};
use crate::limits;
use crate::problem::Problem;
use crate::relay::{self, Seat};
use crate::remembered::Remembered;
use crate::sse;
use crate::view::JobLens;
use crate::view::pipeline::{Lens, Narrowing};
use std::cell::RefCell;
use worker::{Env, Response};

/// `GET /api/v1/jobs/{id}/events`.
pub async fn job(visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let pass = gate::enter_job_to_stay(&visit, &job).await?;
    if wants_json(visit.header(Name::Accept)) {
        return page(&visit, &job, &pass.grant).await;
    }
    let narrowing = Narrowing::parse(visit.query().get("events"))?;
    let lens = JobLens::Pipeline(Lens { visibility: pass.grant.visibility(), narrowing });
    job_stream(&visit, job, pass, lens).await
}

/// `GET /api/assets/{id}/events`.
pub async fn asset(visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let pass = gate::enter_job_to_stay(&visit, &job).await?;
    job_stream(&visit, job, pass, JobLens::Asset).await
}

/// `GET /v1/{projectKey}/events/{assetId}`.
pub async fn public_asset(visit: Visit) -> reply::Answer {
    let pass = gate::enter_by_path(&visit).await?;
    job_stream(&visit, visit.route.job()?, pass, JobLens::Asset).await
}

/// `GET /queue/events`.
pub async fn queue(visit: Visit) -> reply::Answer {
    let pass = gate::enter_project(&visit).await?;
    project_stream(&visit, pass, Channel::Queue).await
}

/// `GET /api/projects/{id}/activity`.
pub async fn activity(visit: Visit) -> reply::Answer {
    let pass = gate::enter_to_stay(&visit).await?;
    if visit.route.project()? != pass.grant.project {
        return Err(Problem::project_not_found().into());
    }
    project_stream(&visit, pass, Channel::Activity).await
}

/// `curl` (`*/*`) and `EventSource` (`text/event-stream`) get the stream.
fn wants_json(accept: Option<&str>) -> bool {
    let accept = accept.unwrap_or_default().to_ascii_lowercase();
    accept.contains("application/json") && !accept.contains("text/event-stream")
}

async fn page(visit: &Visit, job: &JobId, grant: &Grant) -> reply::Answer {
    let question = Question::Events { page: jobs::page(&visit.query())?, visibility: grant.visibility() };
    Ok(reply::json_text(200, job_object::question(visit, job, &grant.project, question).await?.text()))
}

async fn job_stream(visit: &Visit, job: JobId, pass: Pass, lens: JobLens) -> reply::Answer {
    let (cursor, project) = (cursor(visit)?, pass.grant.project.clone());
    if visit.head.method() == "HEAD" {
        job_object::question(visit, &job, &project, Question::Progress).await?;
        return Ok(as_stream(Reply::empty(200)));
    }
    let subscription = Subscription { job, project, lens, cursor };
    stream(visit, join(&visit.env, subscription).await?, &pass, Beat::Comment).await
}

thread_local! {
    /// The jobs whose readers are held by relays, and how many these are: who comes is not sent by the job each time.
    static RELAYED: RefCell<Remembered<JobId, u32>> = RefCell::default();
}

/// Joins the job's stream where its readers are held.
async fn join(env: &Env, subscription: Subscription) -> Result<Response, Failure> {
    let job = subscription.job.clone();
    let known = RELAYED.with_borrow_mut(|relayed| relayed.get(&job, now()));
    let of = match known {
        Some(of) => of,
        None => {
            let mut answer = job_object::subscribe(env, &subscription).await?;
            if answer.status_code() != 200 {
                return Ok(answer);
            }
            let Seat::AtARelay { of } = answer.json().await? else { return Err(Problem::unavailable().into()) };
            RELAYED.with_borrow_mut(|relayed| relayed.note(job, of, now()));
            of
        }
    };
    let relay = relay::drawn(of, jitter());
    Ok(relay_object::subscribe(env, &RelaySubscription { relay, of, subscription }).await?)
}

async fn project_stream(visit: &Visit, pass: Pass, channel: Channel) -> reply::Answer {
    let subscription = FeedSubscription { project: pass.grant.project.clone(), channel, cursor: cursor(visit)? };
    if visit.head.method() == "HEAD" {
        return Ok(as_stream(Reply::empty(200)));
    }
    let answer = project_feed::subscribe(&visit.env, &subscription).await?;
    let beat = match channel {
        Channel::Queue => Beat::Named,
        Channel::Activity => Beat::Comment,
    };
    stream(visit, answer, &pass, beat).await
}

fn cursor(visit: &Visit) -> Result<Option<EventId>, Failure> {
    Ok(sse::cursor(visit.header(Name::LastEventId), visit.query().get("lastEventId"))?)
}

/// Turns an object's answer to a subscription into the reader's.
async fn stream(visit: &Visit, mut answer: Response, pass: &Pass, beat: Beat) -> reply::Answer {
    match answer.status_code() {
        101 => {
            let socket = answer.websocket().ok_or_else(|| worker::Error::from("101 without a socket"))?;
            let (life, warrant) = (life(visit, &pass.grant), pass.warrant(visit));
            Ok(as_stream(Reply::stream(sse_bridge::stream(visit, socket, life, beat, warrant)?)))
        }
        204 => Ok(Reply::empty(204)),
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

fn as_stream(reply: Reply) -> Reply {
    reply
        .with("content-type", "text/event-stream")
        .with("cache-control", "no-cache")
        .with("connection", "keep-alive")
        .with("x-accel-buffering", "no")
}
