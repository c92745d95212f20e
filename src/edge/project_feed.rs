//! Owns the way to a project's feed: from a job that tells it something, and from the edge that joins its streams.

use crate::call::{FeedSubscription, Telling};
use crate::edge::patience::ask_in_time;
use crate::edge::platform::join;
use crate::id::{JobId, ProjectId};
use worker::{Env, Error, Response, Result};

/// The binding's name in wrangler.toml.
const BINDING: &str = "PROJECT_FEED";

/// Returns when the feed has it on disk: how long the job waits before it tells of progress again, ms.
pub async fn tell(env: &Env, telling: &Telling) -> Result<u64> {
    let answer = ask_in_time(env, BINDING, telling.project.as_str(), &serde_json::to_string(telling)?).await?;
    answer.parse().map_err(|_| Error::from(answer))
}

/// What a feed answers that has heard of the job it was asked for.
pub const KNOWN: &str = "known";

/// Whether the feed has ever heard of the job. It remembers those that are gone for a week.
pub async fn knows(env: &Env, project: &ProjectId, job: &JobId) -> Result<bool> {
    let telling = Telling { project: project.clone(), notices: vec![], asks_for: Some(job.clone()) };
    Ok(ask_in_time(env, BINDING, project.as_str(), &serde_json::to_string(&telling)?).await? == KNOWN)
}

/// Asks to join a stream: 101 with a socket, or a problem as JSON.
pub async fn subscribe(env: &Env, subscription: &FeedSubscription) -> Result<Response> {
    join(env, BINDING, subscription.project.as_str(), &serde_json::to_string(subscription)?).await
}
