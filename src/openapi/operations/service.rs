//! The service itself, and the sessions of dashboards.

use crate::access::Scopes;
use crate::limits;
use crate::openapi::answer::Answer;
use crate::openapi::examples::{START, project_id};
use crate::openapi::operation::{Body, Operation, Tag};
use crate::openapi::schemas::shape::{any_object, named, text};
use crate::problem::Code;
use serde_json::{Value, json};

pub fn health() -> Operation {
    Operation::new(Tag::Service, "Ask whether the service answers").answers(Answer::ok(
        "It does.",
        named("Health"),
        json!({ "status": "ok" }),
    ))
}

pub fn open_api() -> Operation {
    let content = json!({ "schema": any_object() });
    Operation::new(Tag::Service, "Read this document").answers(
        Answer::new(200, "The document, OpenAPI 3.1.").content("application/json", content).with("CacheControl"),
    )
}

pub fn reference() -> Operation {
    let page = Answer::new(200, "The page.").content("text/html", json!({ "schema": text() }));
    Operation::new(Tag::Service, "Read this document as a page")
        .answers(page.with("CacheControl").with("ContentSecurityPolicy"))
}

fn session() -> Value {
    let scopes = Scopes::every().words();
    json!({ "projectId": project_id(), "scopes": scopes, "expiresAt": START.plus(limits::SESSION_MS).iso() })
}

pub fn open_session() -> Operation {
    Operation::new(Tag::Sessions, "Open a session")
        .about(
            "Turns an API key into a cookie. It lives for 7 days at most, never longer than its key, and ends with it.",
        )
        .body(Body::required(named("SessionRequest"), json!({ "apiKey": "jc_…" })))
        .answers(Answer::created("The session, and its cookie.", named("Session"), session()).with("SetCookie"))
        .refuses(&[Code::InvalidCredential])
}

pub fn show_session() -> Operation {
    Operation::new(Tag::Sessions, "Show who is signed in")
        .about("Also what an API key is.")
        .answers(Answer::ok("The session, or the key.", named("Session"), session()))
        .refuses(&[Code::MissingCredential, Code::InvalidCredential])
}

pub fn end_session() -> Operation {
    Operation::new(Tag::Sessions, "End a session")
        .about("Without one there is nothing to end, and the cookie goes all the same.")
        .answers(Answer::ok("It has ended.", named("Success"), json!({ "success": true })).with("SetCookie"))
}
