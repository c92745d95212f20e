//! Owns the making of HTTP answers: JSON, problems with their headers, and the request id on each of them.
//! An answer is kept as it is said and becomes the platform's in one crossing, when all of it is known.

use crate::cors::Header;
use crate::edge::meter;
use crate::edge::request_log::RequestLog;
use crate::id::RequestId;
use crate::metrics::Count;
use crate::problem::{Code, Problem};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use worker::{Error, Result};

// Set one by one: given to the constructor as pairs they take the runtime two and a half times as long (docs/SPEED.md).
// `headers`: a line each, "name: value". No header of ours has a line end in it: what callers sent never gets into one,
// but for an origin, which the operator named.
#[wasm_bindgen(inline_js = "
export function respond(status, body, headers) {
  const response = new Response(body, { status });
  for (const line of headers.split('\\n')) {
    const end = line.indexOf(': ');
    if (end > 0) response.headers.set(line.slice(0, end), line.slice(end + 2));
  }
  return response;
}
")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn respond(status: u16, body: &JsValue, headers: &str) -> std::result::Result<web_sys::Response, JsValue>;
}

/// An answer, before it is the platform's.
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

pub enum Body {
    None,
    Text(String),
    Stream(web_sys::ReadableStream),
}

impl Body {
    /// As another service answered it, unread.
    pub fn of(response: web_sys::Response) -> Body {
        response.body().map_or(Body::None, Body::Stream)
    }
}

impl Reply {
    fn new(status: u16, body: Body) -> Reply {
        Reply { status, headers: vec![], body }
    }

    /// A status and nothing else.
    pub fn empty(status: u16) -> Reply {
        Reply::new(status, Body::None)
    }

    /// 200, with a body that is still being written.
    pub fn stream(body: web_sys::ReadableStream) -> Reply {
        Reply::new(200, Body::Stream(body))
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    fn sent(self) -> Result<web_sys::Response> {
        let mut lines = String::with_capacity(256);
        for (name, value) in &self.headers {
            let start = if lines.is_empty() { "" } else { "\n" };
            [start, name, ": ", value].into_iter().for_each(|part| lines.push_str(part));
        }
        let body = match self.body {
            Body::None => JsValue::NULL,
            Body::Text(text) => JsValue::from_str(&text),
            Body::Stream(stream) => stream.into(),
        };
        Ok(respond(self.status, &body, &lines)?)
    }
}

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

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Platform(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Platform(error)
    }
}

pub type Answer = std::result::Result<Reply, Failure>;

pub fn json(status: u16, body: &Value) -> Answer {
    Ok(json_text(status, body.to_string()))
}

/// JSON that is text already.
pub fn json_text(status: u16, text: String) -> Reply {
    as_json(Reply::new(status, Body::Text(text)))
}

/// 200, with a body that is still being written. Nobody on the way may compress it: a compressor keeps small writes to
/// itself, so that they neither reach the caller nor fail when it is gone.
pub fn json_stream(body: web_sys::ReadableStream) -> Answer {
    let reply = Reply::stream(body).with("content-type", "application/json");
    Ok(reply.with("cache-control", "no-store, no-transform").with("content-encoding", "identity"))
}

/// 200, with a text that is true now.
pub fn plain(content_type: &str, text: String) -> Answer {
    Ok(Reply::new(200, Body::Text(text)).with("content-type", content_type).with("cache-control", "no-store"))
}

/// 200, with a text that is part of the release: a copy may serve for a while.
pub fn fixed(content_type: &str, body: Body) -> Reply {
    Reply::new(200, body).with("content-type", content_type).with("cache-control", "public, max-age=300")
}

fn as_json(reply: Reply) -> Reply {
    reply.with("content-type", "application/json").with("cache-control", "no-store")
}

/// Every answer leaves through here.
pub fn finish(answer: Answer, log: &RequestLog, cors: &[Header]) -> Result<web_sys::Response> {
    let (mut reply, code, error) = match answer {
        Ok(reply) => (reply, None, None),
        Err(Failure::Problem(problem)) => (refuse(&problem, problem.status(), &log.id), Some(problem.code), None),
        Err(Failure::QueueProblem(problem)) => {
            let status = if problem.status() == 409 { 400 } else { problem.status() };
            (refuse(&problem, status, &log.id), Some(problem.code), None)
        }
        Err(Failure::Platform(error)) => {
            let problem = fault(&error);
            (refuse(&problem, problem.status(), &log.id), Some(problem.code), Some(error.to_string()))
        }
    };
    log.answered(reply.status, code, error.as_deref());
    meter::count(Count::Answer(reply.status), 1);
    if log.method == "HEAD" {
        reply.body = Body::None;
    }
    // What a job says is never taken for a page or a script, whatever it looks like.
    reply = reply.with("x-request-id", log.id.as_str()).with("x-content-type-options", "nosniff");
    reply.headers.extend(cors.iter().cloned());
    reply.sent()
}

/// D1 and objects that cannot be reached are a matter of time; anything else is ours.
fn fault(error: &Error) -> Problem {
    let text = error.to_string();
    let passing = ["D1_ERROR", "overloaded", "Network connection lost", "reset because its code was updated"];
    if passing.iter().any(|sign| text.contains(sign)) { Problem::unavailable() } else { Problem::internal() }
}

fn refuse(problem: &Problem, status: u16, id: &RequestId) -> Reply {
    let reply = json_text(status, problem.body(id).to_string());
    match problem.code {
        Code::MissingCredential => reply.with("www-authenticate", r#"Bearer realm="jobcast""#),
        Code::InvalidCredential => reply.with("www-authenticate", r#"Bearer realm="jobcast", error="invalid_token""#),
        Code::MissingScope => reply.with("www-authenticate", insufficient_scope(problem)),
        Code::MethodNotAllowed => reply.with("allow", detail(problem, "allow")),
        Code::Unavailable => reply.with("retry-after", "1"),
        Code::RateLimited => rate_limit(problem, reply),
        _ => reply,
    }
}

/// The platform tells neither how much is left nor when: it is nothing, and not later than after one period.
fn rate_limit(problem: &Problem, reply: Reply) -> Reply {
    let figure = |name: &str| problem.details.get(name).map(Value::to_string).unwrap_or_default();
    reply
        .with("retry-after", figure("period"))
        .with("x-ratelimit-limit", figure("limit"))
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset", figure("period"))
}

/// RFC 6750, section 3.
fn insufficient_scope(problem: &Problem) -> String {
    format!(r#"Bearer realm="jobcast", error="insufficient_scope", scope="{}""#, detail(problem, "scope"))
}

fn detail<'a>(problem: &'a Problem, name: &str) -> &'a str {
    problem.details.get(name).and_then(Value::as_str).unwrap_or_default()
}
