//! Owns how the document tells who may call a route: each `Door` in the words of OpenAPI.

use crate::access::Scope;
use crate::route::{Door, Row};
use crate::session;
use serde_json::{Value, json};

pub fn schemes() -> Value {
    json!({
        "bearerKey": {
            "type": "http", "scheme": "bearer", "bearerFormat": "jc_…",
            "description": "An API key: what its scopes allow, in its project. A header wins over the query, the query over the cookie.",
        },
        "headerKey": {
            "type": "apiKey", "in": "header", "name": "x-api-key", "description": "The same API key, as a header of its own.",
        },
        "session": {
            "type": "apiKey", "in": "cookie", "name": session::COOKIE,
            "description": "A session, opened by `POST /api/session`: what its key allows. What changes something is refused from \
                pages of other sites (403 `cross_site`).",
        },
        "streamToken": {
            "type": "apiKey", "in": "query", "name": "token",
            "description": "A stream token (`jct_…`), minted by `POST /api/v1/jobs/{job}/tokens`: it reads one job until it expires.",
        },
        "projectKey": {
            "type": "apiKey", "in": "query", "name": "key",
            "description": "A project's publishable key (`pk_…`): it reads the public part of its project's streams.",
        },
        "adminToken": {
            "type": "http", "scheme": "bearer", "description": "The operator's admin token: projects and keys.",
        },
        "metricsToken": {
            "type": "http", "scheme": "bearer", "description": "The operator's metrics token: it opens `/api/metrics` and nothing else.",
        },
    })
}

/// The alternatives, of which one is enough. The words in a list are the scopes that the key, session or token needs.
pub fn of(row: &Row) -> Value {
    let keys = |scope: Scope| {
        let mut keys = ["bearerKey", "headerKey", "session"].map(|scheme| json!({ scheme: [scope.word()] })).to_vec();
        // What a stream token opens is one job, and reading.
        if row.method == "GET" && row.path.contains("{job}") {
            keys.push(json!({ "streamToken": [scope.word()] }));
        }
        keys
    };
    match row.door {
        Door::Open | Door::ProjectKey => json!([]),
        Door::Scoped(scope) => keys(scope).into(),
        Door::Public => {
            let mut anybody = keys(Scope::ReadProgress);
            anybody.extend([json!({ "projectKey": [] }), json!({})]);
            anybody.into()
        }
        Door::Session => session_alternatives(row.method),
        Door::Admin => json!([{ "adminToken": [] }]),
        Door::Metrics => json!([{ "adminToken": [] }, { "metricsToken": [] }]),
    }
}

/// Opening takes a key in the body; ending nothing is no mistake.
fn session_alternatives(method: &str) -> Value {
    match method {
        "POST" => json!([]),
        "DELETE" => json!([{ "session": [] }, {}]),
        _ => json!([{ "session": [] }, { "bearerKey": [] }, { "headerKey": [] }]),
    }
}

/// The same for a person.
pub fn sentence(row: &Row) -> String {
    match row.door {
        Door::Open => "Open to anybody.".to_owned(),
        Door::Scoped(scope) => format!("Needs the scope `{}`.", scope.word()),
        Door::Public if row.path.contains("{job}") => "Public: where the project's `publicRead` is on, anybody reads the public \
            part (lifecycle, stages, progress), and whoever has its project key always does. Checkpoints, custom events, logs \
            and the payload need `jobs:read`."
            .to_owned(),
        Door::Public => "Public: a key or a project key reads its own project, and nobody's name the default project where its \
            `publicRead` is on."
            .to_owned(),
        Door::ProjectKey => "Open to whoever has the project key that stands in the path.".to_owned(),
        Door::Session => "For a dashboard's own pages.".to_owned(),
        Door::Admin => "Needs the admin token.".to_owned(),
        Door::Metrics => "Needs the metrics token, or the admin token.".to_owned(),
    }
}
