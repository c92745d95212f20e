//! Owns how an answer and its headers are written.

use crate::openapi::examples::{self, Frames};
use serde_json::{Map, Value, json};

/// One answer that is no refusal.
pub struct Answer {
    status: u16,
    about: &'static str,
    headers: Vec<&'static str>,
    content: Map<String, Value>,
}

impl Answer {
    pub fn new(status: u16, about: &'static str) -> Answer {
        Answer { status, about, headers: vec![], content: Map::new() }
    }

    /// 200 with a body of this schema.
    pub fn ok(about: &'static str, schema: Value, example: Value) -> Answer {
        Answer::new(200, about).json(schema, example)
    }

    pub fn created(about: &'static str, schema: Value, example: Value) -> Answer {
        Answer::new(201, about).json(schema, example)
    }

    /// 200 with a stream of these events; `frames` are examples.
    pub fn stream(about: &'static str, event: Value, frames: &Frames) -> Answer {
        let answer = Answer::new(200, about).with("StreamCacheControl").with("XAccelBuffering");
        answer.content("text/event-stream", json!({ "schema": event, "examples": examples::named(frames) }))
    }

    pub fn json(self, schema: Value, example: Value) -> Answer {
        self.content("application/json", json!({ "schema": schema, "example": example }))
    }

    pub fn content(mut self, media_type: &str, content: Value) -> Answer {
        self.content.insert(media_type.to_owned(), content);
        self
    }

    /// A header of `headers`.
    pub fn with(mut self, header: &'static str) -> Answer {
        self.headers.push(header);
        self
    }

    pub fn describe(&self) -> (String, Value) {
        let mut answer = json!({ "description": self.about, "headers": header_map(&self.headers) });
        if !self.content.is_empty() {
            answer["content"] = self.content.clone().into();
        }
        (self.status.to_string(), answer)
    }
}

/// Each header: its name in the document, its name on the wire, what it says, and of what type it is.
const HEADERS: [(&str, &str, &str, &str); 11] = [
    ("XRequestId", "X-Request-Id", "Names this request: quote it when you ask for help.", "string"),
    ("WWWAuthenticate", "WWW-Authenticate", "What is wrong with the credential, as RFC 6750 says it.", "string"),
    ("RetryAfter", "Retry-After", "Seconds to wait before trying again.", "integer"),
    ("XRateLimitLimit", "X-RateLimit-Limit", "Requests that are allowed in one period.", "integer"),
    ("XRateLimitRemaining", "X-RateLimit-Remaining", "Requests that are left in this period.", "integer"),
    ("XRateLimitReset", "X-RateLimit-Reset", "Seconds until the next period begins at the latest.", "integer"),
    (
        "SetCookie",
        "Set-Cookie",
        "Sets or clears the session's cookie: `HttpOnly`, `SameSite=Lax`, `Secure` off localhost.",
        "string",
    ),
    ("StreamCacheControl", "Cache-Control", "`no-cache`.", "string"),
    ("XAccelBuffering", "X-Accel-Buffering", "`no`: proxies pass each event on at once.", "string"),
    ("CacheControl", "Cache-Control", "How long a copy may serve.", "string"),
    (
        "ContentSecurityPolicy",
        "Content-Security-Policy",
        "The page loads nothing but this service's own document.",
        "string",
    ),
];

pub fn headers() -> Value {
    let header = |(name, _, about, kind): &(&str, &str, &str, &str)| {
        // A page of the log shares its status with the stream, and is no stream.
        let is_required = *name != "XAccelBuffering";
        ((*name).to_owned(), json!({ "description": about, "required": is_required, "schema": { "type": kind } }))
    };
    HEADERS.iter().map(header).collect::<Map<_, _>>().into()
}

/// These headers, and the one that every answer has, by their names on the wire.
pub fn header_map(names: &[&str]) -> Value {
    let wanted = |name: &str| name == "XRequestId" || names.contains(&name);
    let chosen = HEADERS.iter().filter(|(name, ..)| wanted(name));
    let entry = |(name, wire, ..): &(&str, &str, &str, &str)| {
        ((*wire).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
    };
    chosen.map(entry).collect::<Map<_, _>>().into()
}
