//! Owns the answers that describe the service: the OpenAPI document, which `openapi` makes on the host, and the page
//! that renders it.

use crate::edge::reply;

const DOCUMENT: &str = include_str!("../../openapi.json");
const PAGE: &str = include_str!("reference.html");
/// The page is one file and reads one document: nothing else can be loaded or sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub fn document() -> reply::Answer {
    reply::fixed("application/json", DOCUMENT)
}

pub fn page() -> reply::Answer {
    let page = reply::fixed("text/html; charset=utf-8", PAGE)?;
    Ok(page.with("content-security-policy", POLICY).with("referrer-policy", "no-referrer"))
}
