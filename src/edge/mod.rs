//! Everything that knows Cloudflare: it parses, calls and encodes; the rules are outside. No `unwrap` in here: a
//! panic resets the whole isolate (docs/ARCHITECTURE.md, “Traps”).
//!
//! A request's way: `fetch` → `gate` (who) → a handler (what) → `job_object` or `directory` → `reply`.

mod admin;
mod audience;
mod body;
mod complaint;
mod creation;
mod credentials;
mod d1;
mod desk;
mod directory;
mod errand;
mod expiry;
mod feed_journal;
mod feed_log;
mod feed_retention;
mod gate;
mod gathering;
mod head;
mod job_log;
mod job_object;
mod job_stream_do;
mod jobs;
mod joined;
mod journal;
mod lifeline;
mod listing;
mod meter;
mod metrics;
mod outbox;
mod pages;
mod patience;
mod platform;
mod polling;
mod project_feed;
mod project_feed_do;
mod projection;
mod pump;
mod queue;
mod rate;
mod reading;
mod reference;
mod relay_do;
mod relay_object;
mod relaying;
mod reply;
mod reports;
mod request_log;
mod sessions;
mod spreading;
mod sqlite;
mod sse_bridge;
mod subscribers;
mod turn;
mod warrant;
mod watching;

use crate::address::Address;
use crate::cors::{self, Reach};
use crate::id::RequestId;
use crate::limits;
use crate::problem::{Code, Problem};
use crate::route::{Action, Route, Row, route, rows_at};
use crate::session::Host;
use head::{Head, Name};
use reply::Reply;
use request_log::RequestLog;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use worker::{Context, Env, Result, console_error, worker_sys};

/// What every handler works with.
pub struct Visit {
    /// For its body; what else it says is in `head`.
    pub request: web_sys::Request,
    pub head: Head,
    pub route: Route,
    pub url: Address,
    pub env: Env,
    pub id: RequestId,
    pub log: Rc<RequestLog>,
    /// Shared with streams, which outlive their handler.
    pub context: Rc<Context>,
}

/// What the platform calls for each request (worker.js).
#[wasm_bindgen]
pub struct Front;

#[wasm_bindgen]
impl Front {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Front {
        console_error_panic_hook::set_once();
        Front
    }

    pub fn fetch(&self, request: web_sys::Request, env: Env, context: worker_sys::Context) -> errand::Outcome {
        errand::begun(async move {
            let answer = answered(request, env, Context::new(context)).await;
            Ok(answer.inspect_err(|error| console_error!("{error}"))?.into())
        })
    }
}

async fn answered(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    let head = Head::of(&request);
    let url = platform::address(head.address().to_owned())?;
    let (id, context) = (platform::request_id(), Rc::new(context));
    let log = Rc::new(RequestLog::new(id.clone(), head.method(), &env));
    let (rows, allowed) = (rows_at(url.path()), allowed_origins(&env));
    let (origin, reach) = (head.get(Name::Origin), Reach::of(rows));
    let mut headers = cors::headers(origin, reach, &allowed);
    let answer = match origin.filter(|_| is_preflight(&head, rows)) {
        Some(origin) => {
            headers.extend(cors::preflight(origin, reach, &allowed, rows));
            Ok(Reply::empty(204))
        }
        None => match route(head.method(), url.path()) {
            Ok(route) => {
                log.leads_to(&route);
                let (env, log, context) = (env.clone(), Rc::clone(&log), Rc::clone(&context));
                handle(Visit { request, head, route, url, env, id, log, context }).await
            }
            Err(problem) => Err(problem.into()),
        },
    };
    let answer = reply::finish(answer, &log, &headers);
    if let Some(telling) = meter::due(&env) {
        context.wait_until(telling);
    }
    answer
}

/// A browser asks what a page may send before the page sends it.
fn is_preflight(head: &Head, rows: &[&Row]) -> bool {
    head.method() == "OPTIONS" && !rows.is_empty() && head.get(Name::AccessControlRequestMethod).is_some()
}

fn allowed_origins(env: &Env) -> Vec<String> {
    cors::origins(&platform::setting(env, "ALLOWED_ORIGINS").unwrap_or_default())
}

async fn handle(visit: Visit) -> reply::Answer {
    match visit.route.action {
        Action::Health => reply::json(200, &serde_json::json!({ "status": "ok" })),
        Action::OpenApi => reference::document(&visit.env).await,
        Action::Reference => reference::page(&visit.env).await,
        Action::CreateJobs => jobs::create(visit).await,
        Action::ListJobs | Action::QueueJobs => listing::list(visit).await,
        Action::PollJobs => polling::poll(visit).await,
        Action::GetJob | Action::GetProgress | Action::ListCheckpoints | Action::ListLogs => jobs::ask(visit).await,
        Action::WatchJob => watching::job(visit).await,
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
        | Action::CancelJob
        | Action::QueueRetry
        | Action::QueueCancel
        | Action::QueueDelete => reports::report(visit).await,
        Action::CreateProject => admin::create_project(visit).await,
        Action::ListProjects => admin::list_projects(visit).await,
        Action::UpdateProject => admin::update_project(visit).await,
        Action::CreateKey => admin::create_key(visit).await,
        Action::ListKeys => admin::list_keys(visit).await,
        Action::RevokeKey => admin::revoke_key(visit).await,
        Action::RotateProjectKey => admin::rotate_project_key(visit).await,
        Action::ShowMetrics => metrics::show(visit).await,
        Action::QueueEvents => watching::queue(visit).await,
        Action::QueueStats => queue::stats(visit).await,
        Action::VideoStatus => queue::video_status(visit).await,
        Action::WatchPublicAsset => watching::public_asset(visit).await,
        Action::WatchAsset => watching::asset(visit).await,
        Action::WatchActivity => watching::activity(visit).await,
        Action::OpenSession => sessions::open(visit).await,
        Action::ShowSession => sessions::show(visit).await,
        Action::EndSession => sessions::end(visit).await,
    }
}

impl Visit {
    pub fn header(&self, name: Name) -> Option<&str> {
        self.head.get(name)
    }

    pub fn query(&self) -> crate::fields::Query {
        crate::fields::Query::parse(self.url.query())
    }

    /// The origins that the operator lets use credentials.
    pub fn allowed_origins(&self) -> Vec<String> {
        allowed_origins(&self.env)
    }

    /// Scheme and host under which the service was reached.
    pub fn origin(&self) -> String {
        self.url.origin()
    }
}

/// A secret that the operator has to set. One that can be guessed counts as none, but on one's own machine: whoever holds
/// a stream token can try `TOKEN_SECRET` without asking us.
fn operator_secret(visit: &Visit, name: &'static str) -> std::result::Result<String, Problem> {
    let is_local = Host::of(visit.url.host()) == Host::Local;
    let (event, error) = match platform::setting(&visit.env, name) {
        Some(secret) if secret.len() >= limits::OPERATOR_SECRET || is_local => return Ok(secret),
        Some(_) => ("setting.weak", "It is too short: set 32 random bytes."),
        None => ("setting.missing", "It is not set: set 32 random bytes."),
    };
    worker::console_error!("{}", serde_json::json!({ "event": event, "name": name, "error": error }));
    Err(Problem::new(Code::Unavailable, "The service is not set up for this yet: its operator must set a secret."))
}
