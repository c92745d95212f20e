//! Owns the look-up of credentials in the directory, and what an isolate remembers of them for a moment.
//! Invariant: what was revoked stops within `REMEMBERED_MS` + `LOOKING_MS` in every isolate, and its streams two
//! heartbeats later: under the contract's 60 s.

use crate::access::{Grant, Scopes, bad_credential};
use crate::edge::directory::{Directory, text, time};
use crate::edge::platform::now;
use crate::edge::reply::Failure;
use crate::id::ProjectId;
use crate::remembered::Remembered;
use crate::secret::hash_secret;
use crate::sql::directory as sql;
use crate::time::Timestamp;
use std::cell::RefCell;
use worker::{Context, Env, Result};

thread_local! {
    /// What a secret grants.
    static GRANTS: RefCell<Remembered<Secret, Grant>> = RefCell::default();
    /// Whether a project's readers without a key of their own may go on.
    static STANDINGS: RefCell<Remembered<Standing, bool>> = RefCell::default();
}

/// A secret that stands in the directory, by its hash. A key is no session, and a session no key: each is looked at only
/// where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Secret {
    Key(String),
    Session(String),
}

impl Secret {
    pub fn key(secret: &str) -> Secret {
        Secret::Key(hash_secret(secret))
    }

    pub fn session(token: &str) -> Secret {
        Secret::Session(hash_secret(token))
    }

    pub fn hash(&self) -> &str {
        match self {
            Secret::Key(hash) | Secret::Session(hash) => hash,
        }
    }

    fn unknown(&self) -> &'static str {
        match self {
            Secret::Key(_) => "This key is unknown, revoked or expired: use another.",
            Secret::Session(_) => "This session is over: sign in again.",
        }
    }
}

/// By what somebody reads who has no key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Standing {
    ProjectKey(String),
    /// The project's `publicRead`.
    Nobody(ProjectId),
}

/// A key as it is looked up, and which one it is.
pub struct Found {
    pub key_id: String,
    pub grant: Grant,
}

/// What a secret grants, as remembered or looked up.
pub async fn grant(env: &Env, context: &Context, secret: &Secret) -> std::result::Result<Grant, Failure> {
    let now = now();
    let remembered = GRANTS.with_borrow_mut(|known| known.get(secret, now));
    if let Some(grant) = remembered.filter(|grant| grant.expires_at.is_none_or(|end| end > now)) {
        return Ok(grant);
    }
    let found = match find(env, secret).await {
        Ok(found) => found,
        Err(failure) => {
            if matches!(failure, Failure::Problem(_)) {
                forget(secret);
            }
            return Err(failure);
        }
    };
    touch(env, context, found.key_id);
    GRANTS.with_borrow_mut(|known| known.note(secret.clone(), found.grant.clone(), now));
    Ok(found.grant)
}

/// What a secret grants, as the directory has it now.
pub async fn find(env: &Env, secret: &Secret) -> std::result::Result<Found, Failure> {
    let query = match secret {
        Secret::Key(_) => sql::find_key,
        Secret::Session(_) => sql::find_session,
    };
    let unknown = || bad_credential(secret.unknown());
    let row = Directory::of(env).first(query, &[text(secret.hash())]).await?.ok_or_else(unknown)?;
    let expires_at = row.optional_number("expires_at")?.map(Timestamp);
    if row.optional_number("revoked_at")?.is_some() || expires_at.is_some_and(|end| end <= now()) {
        return Err(unknown().into());
    }
    let project = ProjectId::stored(row.text("project_id")?);
    let scopes = Scopes::from_bits(row.number("scopes")? as u32);
    Ok(Found { key_id: row.text("id")?, grant: Grant { project, scopes, job: None, expires_at } })
}

/// A session that has ended here is not remembered here.
pub fn forget(secret: &Secret) {
    GRANTS.with_borrow_mut(|known| known.forget(secret));
}

/// Notes the key's use behind the answer.
fn touch(env: &Env, context: &Context, id: String) {
    let env = env.clone();
    context.wait_until(async move {
        let _ = Directory::of(&env).run(sql::touch_key, &[text(&id), time(now())]).await;
    });
}

/// Whose project key this is.
pub async fn project_of(env: &Env, project_key: &str) -> Result<Option<ProjectId>> {
    let row = Directory::of(env).first(sql::find_project_key, &[text(project_key)]).await?;
    row.map(|row| Ok(ProjectId::stored(row.text("id")?))).transpose()
}

/// The project that the queue routes show to nobody's name, where it lets them.
pub async fn default_project(env: &Env) -> Result<Option<ProjectId>> {
    match Directory::of(env).first(sql::default_project, &[]).await? {
        Some(row) if row.flag("public_read")? => Ok(Some(ProjectId::stored(row.text("id")?))),
        _ => Ok(None),
    }
}

/// Whether a stream that was opened so may go on.
pub async fn stands(env: &Env, standing: &Standing) -> Result<bool> {
    let now = now();
    if let Some(stands) = STANDINGS.with_borrow_mut(|known| known.get(standing, now)) {
        return Ok(stands);
    }
    let (query, bound) = match standing {
        Standing::ProjectKey(key) => (sql::find_project_key, text(key)),
        Standing::Nobody(project) => (sql::public_project, text(project.as_str())),
    };
    let row = Directory::of(env).first(query, &[bound]).await?;
    STANDINGS.with_borrow_mut(|known| known.note(standing.clone(), row.is_some(), now));
    Ok(row.is_some())
}
