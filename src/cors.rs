//! Owns what pages of other origins may do. Public reading is open to all of them, without credentials; everything
//! else to the origins that the operator names. Source: the Fetch standard, “CORS protocol”; CONTRACT.

use crate::route::{Door, Row};

pub type Header = (&'static str, String);

/// What an answer shows to a page besides the simple headers.
const EXPOSED: &str = "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";
/// What a page may send to public routes: a cursor, and what event-source libraries add.
const PUBLIC_HEADERS: &str = "Last-Event-ID, Cache-Control, Content-Type";
const ALL_HEADERS: &str = "Authorization, X-Api-Key, Content-Type, Content-Encoding, Idempotency-Key, X-Job-Attempt, \
    Last-Event-ID, Cache-Control";
/// How long a browser remembers a preflight, seconds: Chromium's cap.
const MAX_AGE: &str = "7200";

/// How a path is open to other origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any page may read it, without credentials.
    Anywhere,
    /// Only pages of the origins that the operator named.
    Named,
}

impl Reach {
    /// Of the routes that share a path. A path with a public route has no other.
    pub fn of(rows: &[&Row]) -> Reach {
        let public = |row: &&Row| match row.door {
            Door::Open | Door::Public | Door::ProjectKey => true,
            Door::Scoped(_) | Door::Session | Door::Admin | Door::Metrics => false,
        };
        if !rows.is_empty() && rows.iter().all(public) { Reach::Anywhere } else { Reach::Named }
    }
}

/// Reads the operator's list, `ALLOWED_ORIGINS`.
pub fn origins(list: &str) -> Vec<String> {
    list.split(',')
        .map(|origin| origin.trim().trim_end_matches('/').to_owned())
        .filter(|origin| !origin.is_empty())
        .collect()
}

/// The headers of any answer to a request from `origin`.
pub fn headers(origin: Option<&str>, reach: Reach, allowed: &[String]) -> Vec<Header> {
    let mut headers = vec![];
    if !allowed.is_empty() {
        headers.push(("vary", "Origin".to_owned()));
    }
    match origin.filter(|origin| is_named(origin, allowed)) {
        Some(origin) => {
            headers.push(("access-control-allow-origin", origin.to_owned()));
            headers.push(("access-control-allow-credentials", "true".to_owned()));
        }
        None if reach == Reach::Anywhere => headers.push(("access-control-allow-origin", "*".to_owned())),
        None => return headers,
    }
    headers.push(("access-control-expose-headers", EXPOSED.to_owned()));
    headers
}

/// What a preflight's answer has besides `headers`.
pub fn preflight(origin: &str, reach: Reach, allowed: &[String], rows: &[&Row]) -> Vec<Header> {
    let permitted = match (is_named(origin, allowed), reach) {
        (true, _) => ALL_HEADERS,
        (false, Reach::Anywhere) => PUBLIC_HEADERS,
        (false, Reach::Named) => return vec![],
    };
    let methods = rows.iter().map(|row| row.method).collect::<Vec<_>>().join(", ");
    vec![
        ("access-control-allow-methods", methods),
        ("access-control-allow-headers", permitted.to_owned()),
        ("access-control-max-age", MAX_AGE.to_owned()),
    ]
}

fn is_named(origin: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| allowed == origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::rows_at;

    fn value(headers: &[Header], name: &str) -> Option<String> {
        headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn public_reading_is_open_to_all_without_credentials_and_the_rest_to_named_origins() {
        let allowed = origins("https://app.example, https://b.example/");
        for (reach, origin, expected) in [
            (Reach::Anywhere, Some("https://evil.example"), Some("*")),
            (Reach::Anywhere, None, Some("*")),
            (Reach::Anywhere, Some("https://app.example"), Some("https://app.example")),
            (Reach::Named, Some("https://evil.example"), None),
            (Reach::Named, Some("null"), None),
            (Reach::Named, None, None),
            (Reach::Named, Some("https://b.example"), Some("https://b.example")),
        ] {
            let headers = headers(origin, reach, &allowed);
            assert_eq!(value(&headers, "access-control-allow-origin").as_deref(), expected, "{origin:?}");
            let named = expected.is_some_and(|origin| origin != "*");
            assert_eq!(value(&headers, "access-control-allow-credentials").is_some(), named, "{origin:?}");
            assert_eq!(value(&headers, "vary").as_deref(), Some("Origin"));
        }
    }

    #[test]
    fn only_what_anybody_may_read_is_open_to_all() {
        for (path, reach) in [
            ("/queue/events", Reach::Anywhere),
            ("/video-status/a/b.mp4", Reach::Anywhere),
            ("/v1/pk_1/events/job_1", Reach::Anywhere),
            ("/api/v1/jobs/job_1/events", Reach::Anywhere),
            ("/health", Reach::Anywhere),
            ("/queue/jobs", Reach::Named),
            ("/api/session", Reach::Named),
            ("/api/projects", Reach::Named),
            ("/api/assets/job_1/events", Reach::Named),
            ("/nothing", Reach::Named),
        ] {
            assert_eq!(Reach::of(rows_at(path)), reach, "{path}");
        }
    }

    #[test]
    fn a_preflight_permits_credentials_to_named_origins_only() {
        let allowed = origins("https://app.example");
        let rows = rows_at("/queue/events");
        let stranger = preflight("https://evil.example", Reach::Anywhere, &allowed, rows);
        assert_eq!(value(&stranger, "access-control-allow-methods").as_deref(), Some("GET"));
        assert!(!value(&stranger, "access-control-allow-headers").unwrap().contains("Authorization"));
        let friend = preflight("https://app.example", Reach::Named, &allowed, rows_at("/api/v1/jobs"));
        assert_eq!(value(&friend, "access-control-allow-methods").as_deref(), Some("POST, GET"));
        assert!(value(&friend, "access-control-allow-headers").unwrap().contains("Authorization"));
        assert!(preflight("https://evil.example", Reach::Named, &allowed, rows_at("/api/v1/jobs")).is_empty());
    }
}
