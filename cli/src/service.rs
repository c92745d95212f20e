//! Owns the requests to the service: one call, its credential, its repeats.
//! Invariant: each try of a POST carries the same Idempotency-Key, so that a repeat after a lost answer adds nothing.

use crate::backoff::{backoff, chance, unique};
use crate::config::Secret;
use crate::trouble::{Refusal, Trouble};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use std::time::{Duration, Instant};
use ureq::http::{Method, Request, Response};
use ureq::{Agent, Body};

/// Longer than the longest poll.
const ONE_TRY: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A page of a list is 2 MB at the most, and JSON may escape it.
const ANSWER: u64 = 32 * 1024 * 1024;
/// What a path segment and a query value may not contain as it is.
const PART: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'?')
    .add(b'<')
    .add(b'>')
    .add(b'\\');

pub fn encode(part: &str) -> String {
    utf8_percent_encode(part, PART).to_string()
}

#[derive(Clone)]
pub struct Service {
    base: String,
    credential: Option<Secret>,
    agent: Agent,
}

/// One request; repeated, it stays the same one.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    /// From the root, with its query.
    path: String,
    body: Vec<u8>,
    headers: Vec<(&'static str, String)>,
}

impl Call {
    pub fn get(path: impl Into<String>) -> Call {
        Call { method: Method::GET, path: path.into(), body: vec![], headers: vec![] }
    }

    pub fn delete(path: impl Into<String>) -> Call {
        Call { method: Method::DELETE, ..Call::get(path) }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Call {
        Call::post_bytes(path, body.to_string().into_bytes(), "application/json")
    }

    pub fn post_bytes(path: impl Into<String>, body: Vec<u8>, content_type: &str) -> Call {
        let headers = vec![("content-type", content_type.to_owned()), ("idempotency-key", unique())];
        Call { method: Method::POST, path: path.into(), body, headers }
    }

    pub fn with(mut self, header: &'static str, value: impl ToString) -> Call {
        self.headers.push((header, value.to_string()));
        self
    }
}

impl Service {
    pub fn new(base: &str, credential: Option<Secret>) -> Service {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("jobcast-cli/", env!("CARGO_PKG_VERSION")))
            .build();
        Service { base: base.trim_end_matches('/').to_owned(), credential, agent: config.new_agent() }
    }

    /// One try.
    pub fn call(&self, call: &Call) -> Result<Value, Trouble> {
        let request = self.request(call)?;
        let request = self.agent.configure_request(request).timeout_global(Some(ONE_TRY)).build();
        let mut response = self.send(request)?;
        let read = response.body_mut().with_config().limit(ANSWER).read_to_vec();
        let bytes = read.map_err(|error| self.unreachable(error))?;
        serde_json::from_slice(&bytes).map_err(|_| Trouble::away(format!("{} answered without JSON.", self.base)))
    }

    /// Tries again while nobody answers, for so long. For what a person waits for.
    pub fn ask(&self, call: &Call, patience: Duration) -> Result<Value, Trouble> {
        let until = Instant::now() + patience;
        for failures in 0.. {
            let outcome = self.call(call);
            let Err(Trouble::Away { retry_after, .. }) = &outcome else { return outcome };
            let pause = backoff(FIRST_PAUSE, failures, *retry_after, chance());
            if Instant::now() + pause > until {
                return outcome;
            }
            std::thread::sleep(pause);
        }
        unreachable!("the tries are not counted to an end")
    }

    /// An event stream, or `None` where there is nothing more to come (204). `silence` is how long it may say nothing.
    pub fn stream(&self, call: &Call, silence: Duration) -> Result<Option<Body>, Trouble> {
        let request = self.request(call)?;
        let request = self
            .agent
            .configure_request(request)
            .timeout_recv_response(Some(ONE_TRY))
            .timeout_per_read(Some(silence))
            .build();
        let response = self.send(request)?;
        Ok((response.status() != 204).then(|| response.into_body()))
    }

    fn request(&self, call: &Call) -> Result<Request<Vec<u8>>, Trouble> {
        let mut request = Request::builder().method(call.method.clone()).uri(format!("{}{}", self.base, call.path));
        if let Some(credential) = &self.credential {
            request = request.header("authorization", format!("Bearer {}", credential.reveal()));
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let wrong = |error| Trouble::Usage(format!("This cannot be sent to {}: {error}.", self.base));
        request.body(call.body.clone()).map_err(wrong)
    }

    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Body>, Trouble> {
        let bare = request.method() != Method::POST;
        // A GET with a body, even an empty one, is refused by some servers.
        let sent = if bare { self.agent.run(request.map(|_| ())) } else { self.agent.run(request) };
        let mut response = sent.map_err(|error| self.unreachable(error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.body_mut().read_to_vec().unwrap_or_default();
        if status == 429 || status.is_server_error() {
            let said = Refusal::read(status.as_u16(), &body);
            return Err(Trouble::Away { why: said.to_string(), retry_after: retry_after(&response) });
        }
        Err(Trouble::Refused(Box::new(Refusal::read(status.as_u16(), &body))))
    }

    fn unreachable(&self, error: ureq::Error) -> Trouble {
        Trouble::away(format!("Nothing answers at {}: {error}. Is the service up, and the URL right?", self.base))
    }
}

fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
