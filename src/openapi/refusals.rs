//! Owns what the document says of refusals: which codes a route can answer with, and one example of each.

use crate::access;
use crate::openapi::answer::header_map;
use crate::openapi::examples::{request_id, word_of};
use crate::openapi::operation::Operation;
use crate::openapi::operations::operation;
use crate::openapi::placeholders;
use crate::problem::{Code, Problem};
use crate::route::{Action, Door, Row, TABLE};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The codes that share a status on a route.
#[derive(Debug, PartialEq)]
pub struct Group {
    pub status: u16,
    codes: Vec<Code>,
}

/// Every group of refusals that the route has.
pub fn of(row: &Row, operation: &Operation) -> Vec<Group> {
    let codes = codes(row, operation);
    let mut groups: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.into_iter().filter(|code| codes.contains(code)) {
        groups.entry(status(row.action, code)).or_default().push(code);
    }
    groups.into_iter().map(|(status, codes)| Group { status, codes }).collect()
}

/// The queue view calls a conflict a bad request (seed 002).
fn status(action: Action, code: Code) -> u16 {
    let is_queue = matches!(action, Action::QueueRetry | Action::QueueCancel | Action::QueueDelete);
    if is_queue && code.status() == 409 { 400 } else { code.status() }
}

fn codes(row: &Row, operation: &Operation) -> Vec<Code> {
    let mut codes = operation.refusals.clone();
    codes.extend(of_door(row));
    for name in placeholders(row) {
        codes.extend(of_placeholder(name));
    }
    for name in &operation.parameters {
        codes.extend(of_parameter(name));
    }
    // Commands read a body also where they take nothing from it.
    if operation.body.is_some() || operation.parameters.contains(&"JobAttempt") {
        codes.extend([Code::InvalidRequest, Code::InvalidJson, Code::TooLarge, Code::UnsupportedMediaType]);
    }
    codes
}

fn of_door(row: &Row) -> Vec<Code> {
    let mut codes = match row.door {
        Door::Open => return vec![],
        Door::Scoped(_) | Door::Public => vec![Code::MissingCredential, Code::InvalidCredential, Code::MissingScope],
        Door::Admin | Door::Metrics => vec![Code::MissingCredential, Code::InvalidCredential],
        Door::ProjectKey | Door::Session => vec![],
    };
    // Browsers send the session's cookie by themselves.
    if row.method != "GET" {
        codes.push(Code::CrossSite);
    }
    codes.extend([Code::RateLimited, Code::Internal, Code::Unavailable]);
    codes
}

/// A malformed id is simply unknown.
fn of_placeholder(name: &str) -> &'static [Code] {
    match name {
        "job" | "projectKey" => &[Code::JobNotFound],
        "project" => &[Code::ProjectNotFound],
        "key" => &[Code::KeyNotFound],
        _ => &[],
    }
}

fn of_parameter(name: &str) -> &'static [Code] {
    match name {
        "LastEventId" | "LastEventIdQuery" => &[Code::InvalidCursor],
        "Cursor" => &[Code::InvalidCursor],
        "JobAttempt" => &[Code::InvalidRequest, Code::AttemptSuperseded],
        "IdempotencyKey" => &[Code::InvalidRequest, Code::IdempotencyConflict],
        "Name" | "FilePath" | "LogText" => &[],
        _ => &[Code::InvalidRequest],
    }
}

/// All groups that some route has, by name.
pub fn responses() -> Value {
    let groups = TABLE.iter().flat_map(|row| of(row, &operation(row.action)));
    let by_name: BTreeMap<String, Value> = groups.map(|group| (group.name(), group.describe())).collect();
    by_name.into_iter().collect::<Map<_, _>>().into()
}

/// One example of each code, as its body is answered.
pub fn examples() -> Value {
    let example = |code: Code| (word_of(code), json!({ "value": sample(code).body(&request_id()) }));
    Code::ALL.into_iter().map(example).collect::<Map<_, _>>().into()
}

impl Group {
    pub fn name(&self) -> String {
        let names: Vec<String> = self.codes.iter().map(|code| format!("{code:?}")).collect();
        // On `/queue` the conflicts are 400, and their groups are others.
        names.join("Or")
    }

    fn describe(&self) -> Value {
        let words: Vec<String> = self.codes.iter().map(|code| word_of(*code)).collect();
        let meaning = |code: &Code| format!("`{}`: {}", word_of(*code), about(*code));
        let is_everywhere = |header: &&str| self.codes.iter().all(|code| code_headers(*code).contains(header));
        let headers: Vec<&str> = self
            .codes
            .first()
            .map_or(vec![], |code| code_headers(*code).iter().copied().filter(is_everywhere).collect());
        let examples: Map<String, Value> = words
            .iter()
            .map(|word| (word.clone(), json!({ "$ref": format!("#/components/examples/{word}") })))
            .collect();
        let schema = json!({
            "allOf": [{ "$ref": "#/components/schemas/Problem" }, { "properties": { "code": { "enum": words } } }],
        });
        json!({
            "description": self.codes.iter().map(meaning).collect::<Vec<_>>().join(" "),
            "headers": header_map(&headers),
            "content": { "application/json": { "schema": schema, "examples": examples } },
        })
    }
}

/// The headers that always come with it; of codes that share a status, those are told that all have.
fn code_headers(code: Code) -> &'static [&'static str] {
    match code {
        Code::MissingCredential | Code::InvalidCredential | Code::MissingScope => &["WWWAuthenticate"],
        Code::RateLimited => &["RetryAfter", "XRateLimitLimit", "XRateLimitRemaining", "XRateLimitReset"],
        Code::Unavailable => &["RetryAfter"],
        _ => &[],
    }
}

/// When a route answers with it.
pub fn about(code: Code) -> &'static str {
    match code {
        Code::InvalidRequest => "a field, parameter or header is not what it must be; `details.field` names it.",
        Code::InvalidJson => "the body is no JSON; `details.field` names where.",
        Code::InvalidCursor => "the cursor is none of this list or stream.",
        Code::MissingCredential => "this needs a credential.",
        Code::InvalidCredential => "the credential is unknown, expired, revoked, or of the wrong kind.",
        Code::MissingScope => {
            "the credential is good and lacks the scope in `details.scope`; `WWW-Authenticate` names it too."
        }
        Code::CrossSite => "a page of another site used the session's cookie.",
        Code::NotFound => "there is nothing at this path.",
        Code::JobNotFound => "no such job in the caller's project.",
        Code::ProjectNotFound => "no such project, or not the caller's.",
        Code::KeyNotFound => "no such key in this project.",
        Code::MethodNotAllowed => "the path takes other methods; `Allow` lists them.",
        Code::JobNotPending => "the job is not to be taken.",
        Code::JobNotRunning => "the job is not running.",
        Code::JobNotFailed => "only a failed job can be retried.",
        Code::JobNotCancellable => "the job runs or has ended.",
        Code::JobActive => "a producer holds the job: kill it first.",
        Code::JobFinished => "the job has ended.",
        Code::JobCancelled => "the job was cancelled or killed: stop working on it.",
        Code::AttemptSuperseded => "the named attempt is not the current one: stop working on it.",
        Code::IdempotencyConflict => "the same `Idempotency-Key` stood for another request.",
        Code::TooLarge => "the body or a field is larger than its cap; `details.field` names it.",
        Code::UnsupportedMediaType => "the body's `Content-Type` or `Content-Encoding` is none that this route takes.",
        Code::RateLimited => "too many requests.",
        Code::Internal => "something failed on our side.",
        Code::Unavailable => "the service cannot answer right now.",
    }
}

fn sample(code: Code) -> Problem {
    let field = |field: &str, message: &str| Problem::new(code, message).with("field", field);
    let in_state = |state: &str, message: &str| Problem::new(code, message).with("status", state);
    match code {
        Code::InvalidRequest => field("percent", "percent must be a number from 0 to 100."),
        Code::InvalidJson => field("percent", "The body is not valid JSON: expected value at line 1 column 13."),
        Code::InvalidCursor => field(
            "lastEventId",
            "lastEventId must be the id of an event of this stream: send back the last one that you saw.",
        ),
        Code::MissingCredential => access::missing_credential(),
        Code::InvalidCredential => access::bad_credential("This API key is unknown, expired or revoked: use another."),
        Code::MissingScope => {
            Problem::new(code, "This needs the scope jobs:read: use a key that has it.").with("scope", "jobs:read")
        }
        Code::CrossSite => Problem::new(
            code,
            "A page of another site must not use this session: use an API key, or have the operator list the page's origin.",
        ),
        Code::NotFound => Problem::new(code, "There is nothing at this path."),
        Code::JobNotFound => Problem::job_not_found(),
        Code::ProjectNotFound => Problem::project_not_found(),
        Code::KeyNotFound => Problem::new(code, "No such key in this project: check both ids."),
        Code::MethodNotAllowed => Problem::new(code, "This path takes POST, GET.").with("allow", "POST, GET"),
        Code::JobNotPending => in_state("running", "Only a pending or delivered job can be acknowledged."),
        Code::JobNotRunning => in_state("pending", "The job is not running: ack it first."),
        Code::JobNotFailed => in_state("completed", "Only a failed job can be retried."),
        Code::JobNotCancellable => in_state("running", "The job is running: kill it instead of cancelling it."),
        Code::JobActive => in_state("running", "A producer holds the job: kill it before you delete it."),
        Code::JobFinished => in_state("completed", "The job has ended: there is nothing to kill."),
        Code::JobCancelled => in_state("cancelled", "The job was cancelled: stop working on it."),
        Code::AttemptSuperseded => {
            in_state("running", "Attempt 1 is not the current one (2): stop working on it.").with("attempt", 2)
        }
        Code::IdempotencyConflict => Problem::idempotency_conflict(),
        Code::TooLarge => Problem::too_large("body", "The body is larger than 262144 bytes."),
        Code::UnsupportedMediaType => Problem::new(code, "Send the body as application/json."),
        Code::RateLimited => Problem::rate_limited(5_000, 10),
        Code::Internal => Problem::internal(),
        Code::Unavailable => Problem::unavailable(),
    }
}
