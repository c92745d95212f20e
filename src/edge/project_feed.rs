//! Owns the way to a project's feed: from a job that tells it something, and from the edge that joins its streams.

use crate::call::{FeedSubscription, Telling};
use crate::edge::platform::{ask, join};
use crate::id::{JobId, ProjectId};
use worker::{Env, Error, Response, Result};

/// The binding's name in wrangler.toml.
const BINDING: &str = "PROJECT_FEED";
/// What the object answers when it has taken what it was told: who watches it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    BySomebody,
    ByNobody,
}

impl Heard {
    pub fn word(self) -> &'static str {
        match self {
            // The release before has only this one.
            Heard::BySomebody => "heard",
            Heard::ByNobody => "heard by nobody",
        }
    }
}

/// Returns when the feed has it on disk.
pub async fn tell(env: &Env, telling: &Telling) -> Result<Heard> {
    match ask(env, BINDING, telling.project.as_str(), &serde_json::to_string(telling)?).await? {
        answer if answer == Heard::BySomebody.word() => Ok(Heard::BySomebody),
        answer if answer == Heard::ByNobody.word() => Ok(Heard::ByNobody),
        answer => Err(Error::from(answer)),
    }
}

/// What a feed answers that has heard of the job it was asked for.
pub const KNOWN: &str = "known";

/// Whether the feed has ever heard of the job. It remembers those that are gone for a week.
pub async fn knows(env: &Env, project: &ProjectId, job: &JobId) -> Result<bool> {
    let telling = Telling { project: project.clone(), notices: vec![], asks_for: Some(job.clone()) };
    Ok(ask(env, BINDING, project.as_str(), &serde_json::to_string(&telling)?).await? == KNOWN)
}

/// Asks to join a stream: 101 with a socket, or a problem as JSON.
pub async fn subscribe(env: &Env, subscription: &FeedSubscription) -> Result<Response> {
    join(env, BINDING, subscription.project.as_str(), &serde_json::to_string(subscription)?).await
}
