//! Owns creating jobs, reading one, and minting a token for one.

use crate::access::{Grant, Scope, Scopes};
use crate::call::{Answer, LogFilter, Once, Order, Page, Question};
use crate::command::Command;
use crate::edge::directory::{Directory, text, time};
use crate::edge::platform::{job_ids, now};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, body, gate, job_object};
use crate::event::Created;
use crate::fields::{Fields, Query};
use crate::id::{JobId, ProjectId};
use crate::limits;
use crate::logs::parse_level;
use crate::problem::Problem;
use crate::request::{self, Creation};
use crate::response::{events_url, with_events_url};
use crate::route::Action;
use crate::secret::fingerprint;
use crate::sql::directory as sql;
use crate::token::{self, Claims};
use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::{Value, json};

pub async fn create(mut visit: Visit) -> reply::Answer {
    let grant = gate::enter(&visit).await?;
    let key = request::idempotency_key(visit.header("idempotency-key")?.as_deref())?;
    let (asked, bytes) = body::json(&mut visit).await?;
    let creation = request::create(&asked, &grant.project, job_ids())?;
    let Some(key) = key else { return reply::json(201, &store(&visit, creation, false).await?) };
    let once = Once { key, fingerprint: fingerprint(&[&bytes]) };
    let directory = Directory::open(&visit.env)?;
    let first = first_creation(&directory, &grant.project, &once, &ids(&creation)).await?;
    if let Some(answer) = first.answer {
        return reply::json(201, &serde_json::from_str(&answer).map_err(worker::Error::from)?);
    }
    // New, or a repeat of a request that died half way: the objects that have these ids create nothing twice.
    let first_ids: Vec<JobId> = serde_json::from_str(&first.job_ids).map_err(worker::Error::from)?;
    let is_repeat = first_ids != ids(&creation);
    let answer = store(&visit, adopt(creation, first_ids), is_repeat).await?;
    let bounds = [text(grant.project.as_str()), text(&once.key), text(&answer.to_string())];
    directory.run(sql::answer_creation, &bounds).await?;
    reply::json(201, &answer)
}

async fn store(visit: &Visit, creation: Creation, is_repeat: bool) -> Result<Value, Failure> {
    match creation {
        Creation::One(created) => store_one(visit, created, is_repeat).await,
        Creation::Many(many) => {
            let jobs = try_join_all(many.into_iter().map(|created| store_one(visit, created, is_repeat))).await?;
            Ok(json!({ "jobs": jobs }))
        }
    }
}

async fn store_one(visit: &Visit, created: Created, is_repeat: bool) -> Result<Value, Failure> {
    let (id, project) = (created.id.clone(), created.project.clone());
    let command = Command::Create(Box::new(created));
    let order =
        Order { command, attempt: None, once: None, request: Some(visit.id.clone()), is_repeat, answer: Answer::Job };
    let job = job_object::command(&visit.env, &id, &project, order).await?;
    Ok(with_events_url(job, &visit.origin()))
}

#[derive(Deserialize)]
struct CreationRow {
    fingerprint: String,
    job_ids: String,
    answer: Option<String>,
}

/// The first request with this key, which may be this one.
async fn first_creation(
    directory: &Directory,
    project: &ProjectId,
    once: &Once,
    ids: &[JobId],
) -> Result<CreationRow, Failure> {
    let forget_before = now().minus(limits::IDEMPOTENCY_MS);
    let ids = serde_json::to_string(ids).map_err(worker::Error::from)?;
    let (project, key) = (text(project.as_str()), text(&once.key));
    let found: Vec<CreationRow> = directory
        .batch(vec![
            directory.statement(sql::forget_creations, &[time(forget_before)])?,
            directory.statement(
                sql::remember_creation,
                &[project.clone(), key.clone(), text(&once.fingerprint), text(&ids), time(now())],
            )?,
            directory.statement(sql::find_creation, &[project, key])?,
        ])
        .await?;
    match found.into_iter().next() {
        Some(row) if row.fingerprint == once.fingerprint => Ok(row),
        Some(_) => Err(Problem::idempotency_conflict().into()),
        None => Err(Problem::unavailable().into()),
    }
}

fn ids(creation: &Creation) -> Vec<JobId> {
    match creation {
        Creation::One(created) => vec![created.id.clone()],
        Creation::Many(many) => many.iter().map(|created| created.id.clone()).collect(),
    }
}

/// The same creation under the ids that were made for its first request.
fn adopt(creation: Creation, ids: Vec<JobId>) -> Creation {
    let with_id = |(created, id)| Created { id, ..created };
    match creation {
        Creation::One(created) => match ids.into_iter().next() {
            Some(id) => Creation::One(with_id((created, id))),
            None => Creation::One(created),
        },
        Creation::Many(many) => Creation::Many(many.into_iter().zip(ids).map(with_id).collect()),
    }
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
    reply::json(200, &if is_job { with_events_url(found, &visit.origin()) } else { found })
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
pub async fn mint_token(mut visit: Visit) -> reply::Answer {
    let job = visit.route.job()?;
    let grant = gate::enter_job(&visit, &job).await?;
    let (asked, _) = body::json(&mut visit).await?;
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
