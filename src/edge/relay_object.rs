//! Owns the way to a job's relays, and theirs to the job.

use crate::call::{Ask, Call, RelaySubscription, Said};
use crate::edge::job_object;
use crate::edge::patience::ask_in_time;
use crate::edge::platform::join;
use crate::edge::reply::Failure;
use crate::id::{JobId, ProjectId};
use crate::limits;
use crate::relay::{Heard, News, Request, Telling, told_by};
use futures_util::future::try_join_all;
use worker::{Env, Response, Result};

/// The binding's name in wrangler.toml.
const BINDING: &str = "RELAY";

fn name(job: &JobId, relay: u32) -> String {
    format!("{job}/{relay}")
}

/// Asks to join the job's stream there: 101 with a socket, 204, or a problem as JSON.
pub async fn subscribe(env: &Env, subscription: &RelaySubscription) -> Result<Response> {
    let name = name(&subscription.subscription.job, subscription.relay);
    join(env, BINDING, &name, &serde_json::to_string(subscription)?).await
}

/// Whose readers a relay holds.
#[derive(Debug, Clone)]
pub struct Home {
    pub job: JobId,
    pub project: ProjectId,
}

/// Tells those whom `node` tells. Returns when all of them have heard, and who they are; when one has not, all are to be
/// told again.
pub async fn tell(env: &Env, home: &Home, node: u32, of: u32, news: &News) -> Result<Heard> {
    let heard =
        try_join_all(told_by(node, of, limits::BRANCHES).map(|relay| tell_one(env, home, relay, of, news))).await?;
    Ok(heard.into_iter().fold(Heard::default(), Heard::and))
}

async fn tell_one(env: &Env, home: &Home, relay: u32, of: u32, news: &News) -> Result<Heard> {
    let Home { job, project } = home.clone();
    let name = name(&job, relay);
    let telling = Telling { job, project, relay, of, news: news.clone() };
    Ok(serde_json::from_str(&ask_in_time(env, BINDING, &name, &serde_json::to_string(&telling)?).await?)?)
}

/// Asks the job for a reader.
pub async fn ask_job(env: &Env, home: &Home, request: Request) -> std::result::Result<Said, Failure> {
    let Home { job, project } = home.clone();
    job_object::call(env, Call { job, project, ask: Ask::Relay(request) }).await
}
