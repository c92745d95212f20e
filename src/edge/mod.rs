//! Everything that knows Cloudflare: it parses, calls and encodes; the rules are outside. No `unwrap` in here: a
//! panic resets the whole isolate (docs/ARCHITECTURE.md, “Traps”).
//!
//! A request's way: `fetch` → `gate` (who) → a handler (what) → `job_object` or `directory` → `reply`.

mod admin;
mod body;
mod directory;
mod gate;
mod job_object;
mod job_stream_do;
mod jobs;
mod journal;
mod listing;
mod platform;
mod polling;
mod projection;
mod reading;
mod reply;
mod reports;
mod sse_bridge;
mod subscribers;
mod turn;
mod watching;

use crate::problem::{Code, Problem};
use crate::route::{Action, Route, route};
use reply::Failure;
use std::rc::Rc;
use worker::{Context, Env, Request, Response, Result, event};

/// What every handler works with.
pub struct Visit {
    pub request: Request,
    pub route: Route,
    pub url: url::Url,
    pub env: Env,
    /// Shared with streams, which outlive their handler.
    pub context: Rc<Context>,
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    console_error_panic_hook::set_once();
    let id = platform::request_id();
    let method = request.method();
    let answer = match visit(request, env, context) {
        Ok(visit) => handle(visit).await,
        Err(failure) => Err(failure),
    };
    reply::finish(answer, &id, &method)
}

fn visit(request: Request, env: Env, context: Context) -> std::result::Result<Visit, Failure> {
    let url = request.url()?;
    // Not `request.method()`: it takes methods that it does not know for GET.
    let route = route(&request.inner().method(), url.path())?;
    Ok(Visit { request, route, url, env, context: Rc::new(context) })
}

async fn handle(visit: Visit) -> std::result::Result<Response, Failure> {
    match visit.route.action {
        Action::Health => reply::json(200, &serde_json::json!({ "status": "ok" })),
        Action::CreateJobs => jobs::create(visit).await,
        Action::ListJobs => listing::list(visit).await,
        Action::PollJobs => polling::poll(visit).await,
        Action::GetJob | Action::GetProgress | Action::ListCheckpoints | Action::ListLogs => jobs::ask(visit).await,
        Action::WatchJob => watching::watch(visit).await,
        Action::MintToken => jobs::mint_token(visit).await,
        Action::DeleteJob
        | Action::ClaimJob
        | Action::AckJob
        | Action::ReportProgress
        | Action::SaveCheckpoint
        | Action::EmitEvent
        | Action::KeepAlive
        | Action::AppendLogs
        | Action::ReportStage
        | Action::CompleteJob
        | Action::FailJob
        | Action::KillJob
        | Action::RetryJob
        | Action::CancelJob => reports::report(visit).await,
        Action::CreateProject => admin::create_project(visit).await,
        Action::ListProjects => admin::list_projects(visit).await,
        Action::UpdateProject => admin::update_project(visit).await,
        Action::CreateKey => admin::create_key(visit).await,
        Action::ListKeys => admin::list_keys(visit).await,
        Action::RevokeKey => admin::revoke_key(visit).await,
        Action::RotateProjectKey => admin::rotate_project_key(visit).await,
    }
}

impl Visit {
    pub fn header(&self, name: &str) -> std::result::Result<Option<String>, Failure> {
        Ok(self.request.headers().get(name)?)
    }

    pub fn query(&self) -> crate::fields::Query {
        crate::fields::Query::parse(self.url.query())
    }

    /// Scheme and host under which the service was reached.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

/// A binding or a secret that the operator has to set.
fn missing_setting(name: &str) -> Problem {
    worker::console_error!("{}", serde_json::json!({ "event": "setting.missing", "name": name }));
    Problem::new(Code::Unavailable, "The service is not set up for this yet: its operator must set a secret.")
}
