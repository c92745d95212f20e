//! Headers: who asks, from which page, and for which attempt.

use super::{parts, refused};
use jobcast::access::Credential;
use jobcast::cors::{self, Reach};
use jobcast::fields::Query;
use jobcast::request;
use jobcast::route::rows_at;
use jobcast::session::{self, Sender};

const OWN: &str = "https://jobcast.example";
const LIST: &str = "https://app.example, http://localhost:5173/";

/// A line for each header.
pub fn who_asks(input: &[u8]) {
    let Some([authorization, api_key, cookie, origin, site, attempt, once]) = parts(input) else { return };
    credential(authorization, api_key, cookie);
    page(origin, site);
    match request::attempt(attempt) {
        Ok(number) => assert_eq!(number.is_some(), attempt.is_some()),
        Err(problem) => refused(&problem),
    }
    match request::idempotency_key(once) {
        Ok(key) => {
            assert!(key.as_deref() == once && once.is_none_or(|key| key.bytes().all(|byte| byte.is_ascii_graphic())))
        }
        Err(problem) => refused(&problem),
    }
}

fn credential(authorization: Option<&str>, api_key: Option<&str>, cookie: Option<&str>) {
    let links = Query::parse(Some("token=in-a-link&key=pk_in-a-link"));
    match Credential::find(authorization, api_key, &links, cookie) {
        Ok(Credential::Bearer(secret)) => {
            let sent = authorization.or(api_key).expect("a header");
            assert!(sent.ends_with(&secret) || sent.trim_end().ends_with(&secret));
            assert!(authorization.is_none() || !secret.is_empty(), "an empty secret is none");
        }
        Ok(found) => assert!(
            authorization.is_none() && api_key.is_none() && found == Credential::StreamToken("in-a-link".to_owned())
        ),
        Err(problem) => {
            assert!(authorization.is_some());
            refused(&problem);
        }
    }
    if let Some(token) = cookie.and_then(session::find) {
        assert!(!token.is_empty() && !token.contains(';') && cookie.is_some_and(|cookie| cookie.contains(token)));
    }
}

/// Only our own origin and those of the list use a cookie, and no other is ever told that it may read with one.
fn page(origin: Option<&str>, site: Option<&str>) {
    let allowed = cors::origins(LIST);
    let is_listed = origin.is_some_and(|origin| allowed.iter().any(|allowed| allowed == origin));
    if (Sender { origin, site }).check(OWN, &allowed).is_ok() {
        assert!(origin.is_none() || is_listed || origin == Some(OWN));
    }
    for (path, reach) in [("/api/v1/jobs", Reach::Named), ("/queue/events", Reach::Anywhere)] {
        let preflight = cors::preflight(origin.unwrap_or_default(), reach, &allowed, rows_at(path));
        let headers = [cors::headers(origin, reach, &allowed), preflight].concat();
        for (name, value) in headers {
            assert!(!value.contains(['\r', '\n']));
            match name {
                "access-control-allow-origin" => {
                    assert!(value == "*" && !is_listed || is_listed && Some(value.as_str()) == origin)
                }
                "access-control-allow-credentials" => assert!(is_listed),
                _ => {}
            }
        }
    }
}
