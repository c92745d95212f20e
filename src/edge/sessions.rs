//! Owns `/api/session`: an API key is turned into a cookie, which stands for it until it ends.
//! Invariant: a session is never better than its key, and ends with it.

use crate::access::{Credential, Grant, missing_credential};
use crate::edge::credentials::{self, Secret};
use crate::edge::directory::{Directory, text, time};
use crate::edge::head::Name;
use crate::edge::platform::{now, random};
use crate::edge::rate::{self, Caller};
use crate::edge::reply;
use crate::edge::{Visit, body, gate};
use crate::fields::Fields;
use crate::limits;
use crate::problem::Problem;
use crate::secret::session_token;
use crate::session::{self, Host};
use crate::sql::directory as sql;
use crate::time::Timestamp;
use serde_json::{Value, json};

pub async fn open(visit: Visit) -> reply::Answer {
    gate::check_sender(&visit)?;
    rate::count(&visit, Caller::Address).await?;
    let (asked, _) = body::json(&visit).await?;
    let required = || Problem::field("apiKey", "apiKey is required: the key that the session stands for.");
    let key = Fields::of(&asked, "")?.text("apiKey", limits::SHORT_TEXT)?.ok_or_else(required)?;
    let found = credentials::find(&visit.env, &Secret::key(&key)).await?;
    let (now, token) = (now(), session_token(&random()));
    let longest = now.plus(limits::SESSION_MS);
    let ends = found.grant.expires_at.map_or(longest, |end| end.min(longest));
    let directory = Directory::of(&visit.env);
    let session = [text(Secret::session(&token).hash()), text(&found.key_id), time(now), time(ends)];
    directory
        .batch(vec![
            directory.statement(sql::forget_sessions, &[time(now)])?,
            directory.statement(sql::insert_session, &session)?,
        ])
        .await?;
    let cookie = session::set_cookie(&token, ends.since(now) / 1_000, host(&visit));
    Ok(reply::json(201, &shown(&found.grant, Some(ends)))?.with("set-cookie", cookie))
}

/// Who is signed in; also for a key.
pub async fn show(visit: Visit) -> reply::Answer {
    let secret = match gate::credential(&visit).await? {
        Credential::Session(token) => Secret::session(&token),
        Credential::Bearer(key) => Secret::key(&key),
        Credential::StreamToken(_) | Credential::ProjectKey(_) | Credential::None => {
            return Err(gate::refused(&visit, missing_credential()).await);
        }
    };
    let grant = gate::by_secret(&visit, secret).await?.grant;
    reply::json(200, &shown(&grant, grant.expires_at))
}

/// Ends the session of the cookie. Without one there is nothing to end, and the cookie goes all the same.
pub async fn end(visit: Visit) -> reply::Answer {
    gate::check_sender(&visit)?;
    rate::count(&visit, Caller::Address).await?;
    if let Some(token) = visit.header(Name::Cookie).and_then(session::find) {
        let secret = Secret::session(token);
        Directory::of(&visit.env).run(sql::end_session, &[text(secret.hash())]).await?;
        credentials::forget(&secret);
    }
    Ok(reply::json(200, &json!({ "success": true }))?.with("set-cookie", session::clear_cookie(host(&visit))))
}

fn shown(grant: &Grant, ends: Option<Timestamp>) -> Value {
    json!({ "projectId": grant.project, "scopes": grant.scopes.words(), "expiresAt": ends.map(Timestamp::iso) })
}

fn host(visit: &Visit) -> Host {
    Host::of(visit.url.host())
}
