//! Owns the making of HTTP answers: JSON, problems with their headers, and the request id on each of them.

use crate::cors::Header;
use crate::edge::meter;
use crate::edge::request_log::RequestLog;
use crate::id::RequestId;
use crate::metrics::Count;
use crate::problem::{Code, Problem};
use serde_json::Value;
use worker::{Error, Headers, Response, ResponseBody, Result};

/// Why a handler did not answer: it refused, or the platform failed it.
pub enum Failure {
    Problem(Problem),
    /// A conflict on a route of the queue view, which calls it a bad request (seed 002).
    QueueProblem(Problem),
    Platform(Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(problem)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Platform(error)
    }
}

pub type Answer = std::result::Result<Response, Failure>;

pub fn json(status: u16, body: &Value) -> Answer {
    Ok(json_body(ResponseBody::Body(body.to_string().into_bytes()), status)?)
}

/// 200, with a body that is still being written. Nobody on the way may compress it: a compressor keeps small writes to
/// itself, so that they neither reach the caller nor fail when it is gone.
pub fn json_stream(body: web_sys::ReadableStream) -> Answer {
    let mut response = json_body(ResponseBody::Stream(body), 200)?;
    let headers = response.headers_mut();
    headers.set("cache-control", "no-store, no-transform")?;
    headers.set("content-encoding", "identity")?;
    Ok(response)
}

/// 200, with a text that is true now.
pub fn plain(content_type: &str, text: String) -> Answer {
    let mut response = Response::from_body(ResponseBody::Body(text.into_bytes()))?;
    let headers = response.headers_mut();
    headers.set("content-type", content_type)?;
    headers.set("cache-control", "no-store")?;
    Ok(response)
}

/// 200, with a text that is part of the release: a copy may serve for a while.
pub fn fixed(content_type: &str, body: ResponseBody) -> Answer {
    let mut response = Response::from_body(body)?;
    let headers = response.headers_mut();
    headers.set("content-type", content_type)?;
    headers.set("cache-control", "public, max-age=300")?;
    Ok(response)
}

fn json_body(body: ResponseBody, status: u16) -> Result<Response> {
    let mut response = Response::from_body(body)?.with_status(status);
    let headers = response.headers_mut();
    headers.set("content-type", "application/json")?;
    headers.set("cache-control", "no-store")?;
    Ok(response)
}

/// Every answer leaves through here.
pub fn finish(answer: Answer, log: &RequestLog, cors: &[Header]) -> Result<Response> {
    let (mut response, code, error) = match answer {
        Ok(response) => (response, None, None),
        Err(Failure::Problem(problem)) => (refuse(&problem, problem.status(), &log.id)?, Some(problem.code), None),
        Err(Failure::QueueProblem(problem)) => {
            let status = if problem.status() == 409 { 400 } else { problem.status() };
            (refuse(&problem, status, &log.id)?, Some(problem.code), None)
        }
        Err(Failure::Platform(error)) => {
            let problem = fault(&error);
            (refuse(&problem, problem.status(), &log.id)?, Some(problem.code), Some(error.to_string()))
        }
    };
    log.answered(response.status_code(), code, error.as_deref());
    meter::count(Count::Answer(response.status_code()), 1);
    if log.method == "HEAD" {
        response = Response::empty()?.with_status(response.status_code()).with_headers(response.headers().clone());
    }
    let headers = response.headers_mut();
    headers.set("x-request-id", log.id.as_str())?;
    // What a job says is never taken for a page or a script, whatever it looks like.
    headers.set("x-content-type-options", "nosniff")?;
    cors.iter().try_for_each(|(name, value)| headers.set(name, value))?;
    Ok(response)
}

/// D1 and objects that cannot be reached are a matter of time; anything else is ours.
fn fault(error: &Error) -> Problem {
    let text = error.to_string();
    let passing = ["D1_ERROR", "overloaded", "Network connection lost", "reset because its code was updated"];
    if passing.iter().any(|sign| text.contains(sign)) { Problem::unavailable() } else { Problem::internal() }
}

fn refuse(problem: &Problem, status: u16, id: &RequestId) -> Result<Response> {
    let body = problem.body(id).to_string().into_bytes();
    let mut response = json_body(ResponseBody::Body(body), status)?;
    let headers = response.headers_mut();
    match problem.code {
        Code::MissingCredential => headers.set("www-authenticate", r#"Bearer realm="jobcast""#)?,
        Code::InvalidCredential => {
            headers.set("www-authenticate", r#"Bearer realm="jobcast", error="invalid_token""#)?;
        }
        Code::MissingScope => headers.set("www-authenticate", &insufficient_scope(problem))?,
        Code::MethodNotAllowed => headers.set("allow", detail(problem, "allow"))?,
        Code::Unavailable => headers.set("retry-after", "1")?,
        Code::RateLimited => rate_limit(problem, headers)?,
        _ => {}
    }
    Ok(response)
}

/// The platform tells neither how much is left nor when: it is nothing, and not later than after one period.
fn rate_limit(problem: &Problem, headers: &mut Headers) -> Result<()> {
    let figure = |name: &str| problem.details.get(name).map(Value::to_string).unwrap_or_default();
    headers.set("retry-after", &figure("period"))?;
    headers.set("x-ratelimit-limit", &figure("limit"))?;
    headers.set("x-ratelimit-remaining", "0")?;
    headers.set("x-ratelimit-reset", &figure("period"))
}

/// RFC 6750, section 3.
fn insufficient_scope(problem: &Problem) -> String {
    format!(r#"Bearer realm="jobcast", error="insufficient_scope", scope="{}""#, detail(problem, "scope"))
}

fn detail<'a>(problem: &'a Problem, name: &str) -> &'a str {
    problem.details.get(name).and_then(Value::as_str).unwrap_or_default()
}
