//! Owns the answers that describe the service: the OpenAPI document, which `openapi` makes on the host, and the page
//! that renders it. The document is too large for the Worker: it lies among the static assets, and is answered from here
//! all the same, so that it has the headers of every other answer.

use crate::edge::reply;
use worker::{Env, Error};

/// The binding's name in wrangler.toml.
const ASSETS: &str = "ASSETS";
/// Only the path counts.
const DOCUMENT: &str = "https://assets/openapi.json";
const PAGE: &str = include_str!("reference.html");
/// The page is one file and reads one document: nothing else can be loaded or sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub async fn document(env: &Env) -> reply::Answer {
    let asset = env.assets(ASSETS)?.fetch(DOCUMENT, None).await?;
    match asset.status_code() {
        200 => Ok(reply::fixed("application/json", reply::Body::of(asset.into()))),
        status => Err(Error::from(format!("openapi.json is not among the assets: {status}")).into()),
    }
}

pub fn page() -> reply::Answer {
    let page = reply::fixed("text/html; charset=utf-8", reply::Body::Text(PAGE.to_owned()));
    Ok(page.with("content-security-policy", POLICY).with("referrer-policy", "no-referrer"))
}
