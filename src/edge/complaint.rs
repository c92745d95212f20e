//! Owns how something that failed is told to the operator: one line of JSON, with what it is about.
//! Invariant: a line names ids and errors of the platform, never what a caller sent.

use crate::id::{JobId, ProjectId, RequestId};
use crate::problem::Problem;
use serde_json::{Map, Value};
use std::cell::{OnceCell, RefCell};
use worker::{Error, console_error};

/// What an object's complaints are about. It learns who it is with what it is asked.
#[derive(Default)]
pub struct Subject {
    job: OnceCell<JobId>,
    project: OnceCell<ProjectId>,
    /// The request that is carried out now, in one go.
    request: RefCell<Option<RequestId>>,
}

impl Subject {
    pub fn is_job(&self, job: &JobId) {
        self.job.get_or_init(|| job.clone());
    }

    /// As the object itself has it, not as a caller says.
    pub fn is_of(&self, project: &ProjectId) {
        self.project.get_or_init(|| project.clone());
    }

    /// Does `work` for this request. It must not wait for anything.
    pub fn during<T>(&self, request: Option<&RequestId>, work: impl FnOnce() -> T) -> T {
        *self.request.borrow_mut() = request.cloned();
        let outcome = work();
        *self.request.borrow_mut() = None;
        outcome
    }

    /// Something failed that nobody else is told of.
    pub fn complain(&self, event: &str, error: &str) {
        let mut line = line(event, error);
        let mut name = |part: &str, id: Option<String>| id.map(|id| line.insert(part.to_owned(), id.into()));
        name("request", self.request.borrow().as_ref().map(RequestId::to_string));
        name("job", self.job.get().map(JobId::to_string));
        name("project", self.project.get().map(ProjectId::to_string));
        write(line);
    }

    /// The platform failed us: told to the operator in full, to the caller as a problem of ours.
    pub fn internal(&self, error: Error) -> Problem {
        self.complain("object.failed", &error.to_string());
        Problem::internal()
    }
}

/// Something failed in the edge Worker, while it answered this request.
pub fn complain(event: &str, error: &str, request: Option<&RequestId>) {
    let mut line = line(event, error);
    if let Some(request) = request {
        line.insert("request".to_owned(), request.as_str().into());
    }
    write(line);
}

fn line(event: &str, error: &str) -> Map<String, Value> {
    [("event", event), ("error", error)].map(|(part, text)| (part.to_owned(), text.into())).into_iter().collect()
}

fn write(line: Map<String, Value>) {
    console_error!("{}", Value::Object(line));
}
