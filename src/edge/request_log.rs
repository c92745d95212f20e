//! Owns the lines of the log that tell of one request: how it was answered, and how its stream ended.
//! Invariant: a line has ids, the route as the table writes it, and codes; never a path, a query, a header or a body, in
//! which secrets and people's data travel.

use crate::edge::platform::{now, setting};
use crate::id::{JobId, ProjectId, RequestId};
use crate::metrics::Ending;
use crate::problem::Code;
use crate::route::Route;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use worker::{Env, console_error, console_log, console_warn};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

thread_local! {
    /// Whether the operator wants a line of each request, or only of those that were refused or failed.
    static LOGS_ALL: OnceCell<bool> = const { OnceCell::new() };
}

pub struct RequestLog {
    pub id: RequestId,
    /// A word of ours: a caller may send any.
    pub method: &'static str,
    began: Timestamp,
    route: OnceCell<&'static str>,
    job: OnceCell<JobId>,
    project: OnceCell<ProjectId>,
}

impl RequestLog {
    pub fn new(id: RequestId, method: &str, env: &Env) -> RequestLog {
        LOGS_ALL.with(|all| *all.get_or_init(|| setting(env, "LOG_REQUESTS").as_deref() == Some("all")));
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let (route, job, project) = Default::default();
        RequestLog { id, method, began: now(), route, job, project }
    }

    pub fn leads_to(&self, route: &Route) {
        self.route.get_or_init(|| route.path);
        if let Ok(job) = route.job() {
            self.job.get_or_init(|| job);
        }
    }

    pub fn is_of(&self, project: &ProjectId) {
        self.project.get_or_init(|| project.clone());
    }

    /// `error` is the platform's, of a request that failed for its sake.
    pub fn answered(&self, status: u16, code: Option<Code>, error: Option<&str>) {
        if status < 400 && !logs_all() {
            return;
        }
        let event = match status {
            ..400 => "request.answered",
            400..500 => "request.refused",
            _ => "request.failed",
        };
        let mut line = self.line(event);
        line.insert("status".to_owned(), status.into());
        line.extend(code.map(|code| ("code".to_owned(), json!(code))));
        line.extend(error.map(|error| ("error".to_owned(), error.into())));
        let line = Value::Object(line);
        match status {
            ..400 => console_log!("{line}"),
            400..500 => console_warn!("{line}"),
            _ => console_error!("{line}"),
        }
    }

    pub fn stream_ended(&self, ending: Ending) {
        let is_trouble = matches!(ending, Ending::SlowReader | Ending::Failed | Ending::LostObject);
        if is_trouble || logs_all() {
            let mut line = self.line("stream.ended");
            line.insert("reason".to_owned(), ending.word().into());
            let line = Value::Object(line);
            if is_trouble { console_warn!("{line}") } else { console_log!("{line}") }
        }
    }

    fn line(&self, event: &str) -> Map<String, Value> {
        let mut line = Map::new();
        let mut tell = |part: &str, value: Option<Value>| line.extend(value.map(|value| (part.to_owned(), value)));
        tell("event", Some(event.into()));
        tell("request", Some(self.id.as_str().into()));
        tell("method", Some(self.method.into()));
        tell("route", self.route.get().map(|route| (*route).into()));
        tell("job", self.job.get().map(|job| job.as_str().into()));
        tell("project", self.project.get().map(|project| project.as_str().into()));
        tell("ms", Some(now().since(self.began).into()));
        line
    }
}

fn logs_all() -> bool {
    LOGS_ALL.with(|all| all.get().copied().unwrap_or_default())
}
