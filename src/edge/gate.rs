//! Owns who is calling: finds the credential, looks it up, remembers good keys for a moment.
//! Invariant: a revoked key stops within `REMEMBERED_MS` in every isolate, and its streams two heartbeats later:
//! under the contract's 60 s.

use crate::access::{Credential, Grant, Scope, Scopes, bad_credential, hash_secret, missing_credential};
use crate::edge::directory::{Directory, text, time};
use crate::edge::platform::{now, setting};
use crate::edge::reply::Failure;
use crate::edge::{Visit, missing_setting};
use crate::id::{JobId, ProjectId};
use crate::problem::Problem;
use crate::route::Door;
use crate::sql::directory as sql;
use crate::time::Timestamp;
use crate::token;
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use worker::{Context, Env, Method};

/// How long an isolate trusts what it looked up, ms.
const REMEMBERED_MS: u64 = 20_000;
/// Keys that one isolate remembers; beyond that it starts anew.
const REMEMBERED_KEYS: usize = 10_000;

thread_local! {
    /// By the hash of the secret: what it grants, and until when that is trusted.
    static REMEMBERED: RefCell<HashMap<String, (Grant, Timestamp)>> = RefCell::default();
}

#[derive(Deserialize)]
struct KeyRow {
    id: String,
    project_id: ProjectId,
    scopes: u32,
    expires_at: Option<u64>,
    revoked_at: Option<u64>,
}

#[derive(Deserialize)]
struct ProjectRow {}

#[derive(Deserialize)]
struct ReaderRow {
    project_id: ProjectId,
    public_read: u8,
    project_key: String,
}

/// The grant of whoever calls, checked against what the route's door asks for.
pub async fn enter(visit: &Visit) -> Result<Grant, Failure> {
    let credential = credential(visit)?;
    let Door::Scoped(scope) = visit.route.door else { return Err(Problem::internal().into()) };
    let grant = granted(visit, credential, None).await?;
    grant.check(scope)?;
    Ok(grant)
}

/// As `enter`, for one job, which is also all that a stream token opens.
pub async fn enter_job(visit: &Visit, job: &JobId) -> Result<Grant, Failure> {
    let credential = credential(visit)?;
    let scope = match visit.route.door {
        Door::Scoped(scope) => scope,
        Door::Public => Scope::ReadProgress,
        Door::Open | Door::Admin => return Err(Problem::internal().into()),
    };
    let grant = match credential {
        Credential::ProjectKey(_) | Credential::None if visit.route.door == Door::Public => {
            public_reader(visit, credential, job).await?
        }
        credential => granted(visit, credential, Some(job)).await?,
    };
    grant.check_job(job)?;
    grant.check(scope)?;
    Ok(grant)
}

/// The admin token, compared by hash so that the time taken tells nothing.
pub fn enter_admin(visit: &Visit) -> Result<(), Failure> {
    let expected = setting(&visit.env, "ADMIN_TOKEN").ok_or_else(|| missing_setting("ADMIN_TOKEN"))?;
    match credential(visit)? {
        Credential::Bearer(secret) if hash_secret(&secret) == hash_secret(&expected) => Ok(()),
        Credential::None => Err(missing_credential().into()),
        Credential::Bearer(_) | Credential::StreamToken(_) | Credential::ProjectKey(_) => {
            Err(bad_credential("This needs the admin token, as “Authorization: Bearer <token>”.").into())
        }
    }
}

fn credential(visit: &Visit) -> Result<Credential, Failure> {
    let authorization = visit.header("authorization")?;
    let api_key = visit.header("x-api-key")?;
    Ok(Credential::find(authorization.as_deref(), api_key.as_deref(), &visit.query())?)
}

async fn granted(visit: &Visit, credential: Credential, job: Option<&JobId>) -> Result<Grant, Failure> {
    match (credential, job) {
        (Credential::Bearer(secret), _) => key(visit, &secret).await,
        // What a token opens is read with GET only: it stands in links.
        (Credential::StreamToken(text), Some(_)) if matches!(visit.request.method(), Method::Get | Method::Head) => {
            Ok(token::verify(&text, token_secret(visit)?.as_bytes(), now())?)
        }
        (Credential::StreamToken(_), _) => {
            Err(bad_credential("A stream token only reads its job: use an API key.").into())
        }
        (Credential::ProjectKey(_) | Credential::None, _) => Err(missing_credential().into()),
    }
}

pub fn token_secret(visit: &Visit) -> Result<String, Failure> {
    setting(&visit.env, "TOKEN_SECRET").ok_or_else(|| missing_setting("TOKEN_SECRET").into())
}

async fn key(visit: &Visit, secret: &str) -> Result<Grant, Failure> {
    look_up(&visit.env, &visit.context, hash_secret(secret)).await
}

/// The API key behind a stream: while somebody reads, it must go on being good.
pub struct Warrant {
    env: Env,
    context: Rc<Context>,
    hash: String,
    revoked: Rc<Cell<bool>>,
}

impl Warrant {
    /// `None` for credentials that cannot be revoked: they end by time, or not at all.
    pub fn of(visit: &Visit) -> Result<Option<Warrant>, Failure> {
        Ok(match credential(visit)? {
            Credential::Bearer(secret) => {
                let (env, context) = (visit.env.clone(), Rc::clone(&visit.context));
                Some(Warrant { env, context, hash: hash_secret(&secret), revoked: Rc::default() })
            }
            Credential::StreamToken(_) | Credential::ProjectKey(_) | Credential::None => None,
        })
    }

    /// What the last look found; and looks again, beside the stream, which must not wait for the directory. A
    /// directory that does not answer revokes nothing.
    pub fn is_revoked(&self) -> bool {
        let (env, context, hash) = (self.env.clone(), Rc::clone(&self.context), self.hash.clone());
        let revoked = Rc::clone(&self.revoked);
        self.context.wait_until(async move {
            revoked.set(matches!(look_up(&env, &context, hash).await, Err(Failure::Problem(_))));
        });
        self.revoked.get()
    }
}

async fn look_up(env: &Env, context: &Context, hash: String) -> Result<Grant, Failure> {
    let now = now();
    let remembered = REMEMBERED.with_borrow(|keys| keys.get(&hash).filter(|(_, until)| *until > now).cloned());
    if let Some((grant, _)) = remembered.filter(|(grant, _)| grant.expires_at.is_none_or(|end| end > now)) {
        return Ok(grant);
    }
    let row: Option<KeyRow> = Directory::open(env)?.first(sql::find_key, &[text(&hash)]).await?;
    let expires_at = row.as_ref().and_then(|row| row.expires_at).map(Timestamp);
    let good = row.filter(|row| row.revoked_at.is_none() && expires_at.is_none_or(|end| end > now));
    let row = good.ok_or_else(|| bad_credential("This key is unknown, revoked or expired: use another."))?;
    touch(env, context, &row.id);
    let grant = Grant { project: row.project_id, scopes: Scopes::from_bits(row.scopes), job: None, expires_at };
    REMEMBERED.with_borrow_mut(|keys| {
        if keys.len() >= REMEMBERED_KEYS {
            keys.clear();
        }
        keys.insert(hash, (grant.clone(), now.plus(REMEMBERED_MS)));
    });
    Ok(grant)
}

/// Notes the key's use behind the answer.
fn touch(env: &Env, context: &Context, id: &str) {
    let (env, id) = (env.clone(), id.to_owned());
    context.wait_until(async move {
        if let Ok(directory) = Directory::open(&env) {
            let _ = directory.run(sql::touch_key, &[text(&id), time(now())]).await;
        }
    });
}

/// A project key opens the public part of its own project's jobs; nobody's name, where the project allows it.
async fn public_reader(visit: &Visit, credential: Credential, job: &JobId) -> Result<Grant, Failure> {
    let row: Option<ReaderRow> = Directory::open(&visit.env)?.first(sql::reader_of_job, &[text(job.as_str())]).await?;
    match (credential, row) {
        (Credential::ProjectKey(key), Some(row)) if row.project_key == key => Ok(Grant::public(row.project_id)),
        (Credential::ProjectKey(key), _) => Err(stranger(visit, &key).await?.into()),
        (_, Some(row)) if row.public_read == 1 => Ok(Grant::public(row.project_id)),
        (_, Some(_)) => Err(missing_credential().into()),
        (_, None) => Err(Problem::job_not_found().into()),
    }
}

/// A good project key of another project learns nothing of the job; one that is no project's is a bad credential.
async fn stranger(visit: &Visit, key: &str) -> Result<Problem, Failure> {
    let known: Option<ProjectRow> = Directory::open(&visit.env)?.first(sql::find_project_key, &[text(key)]).await?;
    Ok(match known {
        Some(_) => Problem::job_not_found(),
        None => bad_credential("This project key is unknown or was rotated: use another."),
    })
}
