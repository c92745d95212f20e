//! Owns creating jobs, reading one, and minting a token for one: what callers ask and how they are answered.

use crate::access::{Grant, Scope, Scopes};
use crate::call::{LogFilter, Once, Page, Question};
use crate::edge::creation::Counter;
use crate::edge::head::Name;
use crate::edge::platform::{job_ids, now};
use crate::edge::reply;
use crate::edge::{Visit, body, gate, job_object};
use crate::fields::{Fields, Query};
use crate::limits;
use crate::logs::parse_level;
use crate::problem::Problem;
use crate::request;
use crate::response::{events_url, with_events_url};
use crate::route::Action;
use crate::secret::fingerprint;
use crate::token::{self, Claims};
use serde_json::{Value, json};

pub async fn create(visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let key = request::idempotency_key(visit.header(Name::IdempotencyKey))?;
    let (asked, bytes) = body::json(&visit).await?;
    let creation = request::create(&asked, &grant.project, job_ids())?;
    let once = key.map(|key| Once { key, fingerprint: fingerprint(&[&bytes]) });
    let counter =
        Counter { env: visit.env.clone(), project: grant.project, origin: visit.origin(), request: visit.id.clone() };
    reply::json(201, &counter.create(creation, once).await?)
}

/// The reading routes of one job.
pub async fn ask(visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let grant = gate::enter_job(&visit, &job).await?;
    let query = visit.query();
    let question = match visit.route.action {
        Action::GetJob => Question::Job,
        Action::GetProgress => Question::Progress,
        Action::ListCheckpoints => Question::Checkpoints { page: page(&query)? },
        _ => Question::Logs { page: page(&query)?, filter: log_filter(&query)? },
    };
    let is_job = visit.route.action == Action::GetJob;
    let found = job_object::question(&visit, &job, &grant.project, question).await?;
    if !is_job {
        return Ok(reply::json_text(200, found.text()));
    }
    reply::json(200, &with_events_url(found.value()?, &visit.origin()))
}

pub fn page(query: &Query) -> Result<Page, Problem> {
    Ok(Page {
        after: query.whole("after", 0)?.unwrap_or(0),
        limit: query.limit(limits::PAGE_DEFAULT, limits::PAGE_LOG)?,
    })
}

/// `level` takes one level or several, `q` a piece of the message.
fn log_filter(query: &Query) -> Result<LogFilter, Problem> {
    let refuse =
        || Problem::field("level", "level must be trace, debug, info, warn, error or fatal, or several with commas.");
    let words = query.text("level").into_iter().flat_map(|list| list.split(','));
    let levels = words.map(|word| parse_level(word.trim()).ok_or_else(refuse)).collect::<Result<_, _>>()?;
    Ok(LogFilter { levels, text: query.text("q").map(str::to_lowercase) })
}

/// `POST /jobs/{id}/tokens`: a link for a plain `EventSource`.
pub async fn mint_token(visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let grant = gate::enter_job(&visit, &job).await?;
    let (asked, _) = body::json(&visit).await?;
    let (ttl, scopes) = token_request(&asked, &grant)?;
    // The job must exist, and be the caller's.
    job_object::question(&visit, &job, &grant.project, Question::Progress).await?;
    let expires_at = now().plus(ttl * 1_000);
    let claims = Claims { job: job.clone(), project: grant.project, scopes, expires_at };
    let token = token::sign(&claims, gate::token_secret(&visit)?.as_bytes());
    let url = format!("{}?token={token}", events_url(&visit.origin(), job.as_str()));
    reply::json(201, &json!({ "token": token, "expiresAt": expires_at.iso(), "url": url }))
}

/// A token only reads, because it stands in links; and a key cannot give what it lacks.
fn token_request(asked: &Value, grant: &Grant) -> Result<(u64, Scopes), Problem> {
    let fields = Fields::of(asked, "")?;
    let ttl = fields.whole("ttlSeconds", limits::TOKEN_TTL_SECONDS)?.unwrap_or(limits::TOKEN_TTL_DEFAULT);
    let asked = fields.texts("scopes")?.map(|words| Scopes::parse(&words)).transpose()?;
    let scopes = asked.unwrap_or_else(|| Scopes::of(&[Scope::ReadProgress]));
    let readable = [Scope::Read.word(), Scope::ReadProgress.word()];
    if scopes.is_empty() || scopes.words().iter().any(|word| !readable.contains(word)) {
        return Err(Problem::field("scopes", "A stream token takes jobs:read or jobs:read:progress."));
    }
    grant.check_gives(scopes)?;
    Ok((ttl, scopes))
}
