//! Owns the answers that describe the service: the OpenAPI document, which `openapi` makes on the host, and the page
//! that renders it. Both are too large for the Worker: they lie among the static assets, and are answered from here
//! all the same, so that they have the headers of every other answer.

use crate::edge::platform;
use crate::edge::reply::{self, Answer, Body, Reply};
use worker::{Env, Error};

/// The binding's name in wrangler.toml.
const ASSETS: &str = "ASSETS";
/// Only the path counts.
const DOCUMENT: &str = "https://assets/openapi.json";
/// A page's asset has no ending in its path.
const PAGE: &str = "https://assets/reference";
/// The page is one file and reads one document: nothing else can be loaded or sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub async fn document(env: &Env) -> Answer {
    asset(env, DOCUMENT, "application/json").await
}

pub async fn page(env: &Env) -> Answer {
    let page: Reply = asset(env, PAGE, "text/html; charset=utf-8").await?;
    Ok(page.with("content-security-policy", POLICY).with("referrer-policy", "no-referrer"))
}

async fn asset(env: &Env, address: &'static str, content_type: &'static str) -> Answer {
    let asset = platform::asset(env, ASSETS, address).await?;
    match asset.status() {
        200 => Ok(reply::fixed(content_type, Body::of(asset))),
        status => Err(Error::from(format!("{address} is not among the assets: {status}")).into()),
    }
}
