//! Owns administration: projects and keys, by the admin token.
//! Invariant: a secret leaves the service once, in the answer that made it.

use crate::access::Scopes;
use crate::edge::d1::Row;
use crate::edge::directory::{Directory, number, optional_time, text, time};
use crate::edge::platform::{key_id, now, project_id, random};
use crate::edge::reply::{self, Failure};
use crate::edge::{Visit, body, gate};
use crate::fields::Fields;
use crate::id::ProjectId;
use crate::limits;
use crate::problem::{Code, Problem};
use crate::secret::{api_key, hash_secret, prefix_of, project_key};
use crate::sql::directory as sql;
use crate::time::Timestamp;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;

fn project_json(row: &Row) -> Result<Value, Failure> {
    Ok(json!({
        "id": row.text("id")?, "name": row.text("name")?, "publicRead": row.flag("public_read")?,
        "projectKey": row.text("project_key")?, "retentionHours": row.number("retention_hours")?,
        "isDefault": row.flag("is_default")?, "createdAt": Timestamp(row.number("created_at")?).iso(),
    }))
}

pub async fn create_project(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let (asked, _) = body::json(&visit).await?;
    let fields = Fields::of(&asked, "")?;
    let required = || Problem::field("name", "name is required.");
    let name = fields.text("name", limits::SHORT_TEXT)?.ok_or_else(required)?;
    let public_read = fields.flag("publicRead")?.unwrap_or(false);
    let (id, key) = (project_id(), project_key(&random()));
    let directory = Directory::of(&visit.env);
    let project = [
        text(id.as_str()),
        text(&name),
        number(public_read.into()),
        text(&key),
        number(limits::RETENTION_HOURS_DEFAULT),
        time(now()),
    ];
    let new = NewKey::new("first key", Scopes::every(), None);
    directory
        .batch(vec![
            directory.statement(sql::insert_project, &project)?,
            directory.statement(sql::insert_key, &new.bounds(&id))?,
        ])
        .await?;
    reply::json(
        201,
        &json!({
            "id": id, "name": name, "publicRead": public_read, "projectKey": key, "apiKey": new.secret,
        }),
    )
}

pub async fn list_projects(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let rows = Directory::of(&visit.env).rows(sql::list_projects, &[]).await?;
    let projects = rows.iter().map(project_json).collect::<Result<Vec<_>, _>>()?;
    reply::json(200, &json!({ "projects": projects }))
}

pub async fn update_project(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let id = visit.route.project()?;
    let (asked, _) = body::json(&visit).await?;
    let fields = Fields::of(&asked, "")?;
    let name = fields.text("name", limits::SHORT_TEXT)?;
    let public_read = fields.flag("publicRead")?;
    let retention = fields.whole("retentionHours", limits::RETENTION_HOURS)?;
    let is_default = match fields.flag("isDefault")? {
        Some(false) => return Err(Problem::field("isDefault", "Make another project the default one instead.").into()),
        is_default => is_default,
    };
    let optional = |value: Option<u64>| value.map_or(JsValue::NULL, number);
    let bounds = [
        text(id.as_str()),
        name.as_deref().map_or(JsValue::NULL, text),
        optional(public_read.map(u64::from)),
        optional(retention),
        optional(is_default.map(u64::from)),
    ];
    let directory = Directory::of(&visit.env);
    let mut statements = vec![directory.statement(sql::update_project, &bounds)?];
    if is_default.is_some() {
        statements.insert(0, directory.statement(sql::unset_default, &bounds[..1])?);
    }
    let row = directory.batch(statements).await?.pop();
    reply::json(200, &project_json(&row.ok_or_else(Problem::project_not_found)?)?)
}

pub async fn rotate_project_key(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let bounds = [text(visit.route.project()?.as_str()), text(&project_key(&random()))];
    let row = Directory::of(&visit.env).first(sql::rotate_project_key, &bounds).await?;
    let key = row.ok_or_else(Problem::project_not_found)?.text("project_key")?;
    reply::json(200, &json!({ "projectKey": key }))
}

/// A key before it is stored: the only moment at which its secret is known.
struct NewKey {
    id: String,
    name: String,
    secret: String,
    scopes: Scopes,
    expires_at: Option<Timestamp>,
}

impl NewKey {
    fn new(name: &str, scopes: Scopes, expires_at: Option<Timestamp>) -> NewKey {
        NewKey { id: key_id().to_string(), name: name.to_owned(), secret: api_key(&random()), scopes, expires_at }
    }

    fn bounds(&self, project: &ProjectId) -> [JsValue; 8] {
        [
            text(&self.id),
            text(project.as_str()),
            text(&self.name),
            text(&hash_secret(&self.secret)),
            text(&prefix_of(&self.secret)),
            number(self.scopes.bits().into()),
            time(now()),
            optional_time(self.expires_at),
        ]
    }
}

pub async fn create_key(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let project = visit.route.project()?;
    let (asked, _) = body::json(&visit).await?;
    let fields = Fields::of(&asked, "")?;
    let name = fields.text("name", limits::SHORT_TEXT)?.unwrap_or_else(|| "key".to_owned());
    let scopes = match fields.texts("scopes")? {
        Some(words) if !words.is_empty() => Scopes::parse(&words)?,
        // Never by default: a misspelt field would make a key for everything.
        _ => return Err(Problem::field("scopes", "Name at least one scope.").into()),
    };
    let life = fields.whole("expiresInSeconds", 1..=limits::KEY_LIFE_SECONDS)?;
    let new = NewKey::new(&name, scopes, life.map(|seconds| now().plus(seconds * 1_000)));
    let stored = Directory::of(&visit.env).first(sql::insert_key, &new.bounds(&project)).await?;
    stored.ok_or_else(Problem::project_not_found)?;
    reply::json(
        201,
        &json!({
            "id": new.id, "name": new.name, "key": new.secret, "prefix": prefix_of(&new.secret),
            "scopes": scopes.words(), "expiresAt": new.expires_at.map(Timestamp::iso),
        }),
    )
}

fn key_json(row: &Row) -> Result<Value, Failure> {
    let iso = |column| -> worker::Result<_> { Ok(row.optional_number(column)?.map(|time| Timestamp(time).iso())) };
    Ok(json!({
        "id": row.text("id")?, "name": row.text("name")?, "prefix": row.text("prefix")?,
        "scopes": Scopes::from_bits(row.number("scopes")? as u32).words(), "createdAt": iso("created_at")?,
        "expiresAt": iso("expires_at")?, "revokedAt": iso("revoked_at")?, "lastUsedAt": iso("last_used_at")?,
    }))
}

pub async fn list_keys(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let project = text(visit.route.project()?.as_str());
    let directory = Directory::of(&visit.env);
    known(&directory, &project).await?;
    let rows = directory.rows(sql::list_keys, &[project]).await?;
    let keys = rows.iter().map(key_json).collect::<Result<Vec<_>, _>>()?;
    reply::json(200, &json!({ "keys": keys }))
}

async fn known(directory: &Directory<'_>, project: &JsValue) -> Result<(), Failure> {
    let row = directory.first(sql::get_project, std::slice::from_ref(project)).await?;
    row.map(|_| ()).ok_or_else(|| Problem::project_not_found().into())
}

pub async fn revoke_key(visit: Visit) -> reply::Answer {
    gate::enter_admin(&visit).await?;
    let bounds = [text(visit.route.project()?.as_str()), text(visit.route.key()?.as_str()), time(now())];
    let row = Directory::of(&visit.env).first(sql::revoke_key, &bounds).await?;
    row.ok_or_else(|| Problem::new(Code::KeyNotFound, "No such key in this project: check both ids."))?;
    reply::json(200, &json!({ "success": true }))
}
