//! Pages of other origins, over the whole table of routes. Source: the Fetch standard, “CORS protocol”.

use jobcast::cors::{Header, Reach, headers, origins, preflight};
use jobcast::route::{Door, Row, TABLE, rows_at};
use std::collections::BTreeSet;

const NAMED: &str = "https://app.example";
const STRANGER: &str = "https://evil.example";

/// The paths that any page may read.
const PUBLIC: [&str; 7] = [
    "/health",
    "/openapi.json",
    "/reference",
    "/queue/events",
    "/video-status/{*path}",
    "/v1/{projectKey}/events/{job}",
    "/api/v1/jobs/{job}/events",
];

fn allowed() -> Vec<String> {
    origins(" https://app.example/ ,,https://b.example")
}

fn rows(path: &str) -> &'static [&'static Row] {
    rows_at(&path.replace(['{', '}', '*'], ""))
}

fn paths() -> BTreeSet<&'static str> {
    TABLE.iter().map(|row| row.path).collect()
}

fn value<'a>(headers: &'a [Header], name: &str) -> Option<&'a str> {
    let found: Vec<_> = headers.iter().filter(|(header, _)| *header == name).collect();
    assert!(found.len() <= 1, "{name} stands twice");
    found.first().map(|(_, value)| value.as_str())
}

fn words(list: &str) -> BTreeSet<&str> {
    list.split(", ").collect()
}

#[test]
fn any_page_may_read_what_is_public_and_nothing_else() {
    for path in paths() {
        let expected = if PUBLIC.contains(&path) { Reach::Anywhere } else { Reach::Named };
        assert_eq!(Reach::of(rows(path)), expected, "{path}");
    }
    assert_eq!(Reach::of(rows_at("/nothing")), Reach::Named);
}

#[test]
fn what_any_page_may_read_changes_nothing_and_shares_its_path_with_no_other_door() {
    for row in TABLE.iter().filter(|row| PUBLIC.contains(&row.path)) {
        assert_eq!(row.method, "GET", "{}", row.path);
    }
    let is_public = |row: &Row| matches!(row.door, Door::Open | Door::Public | Door::ProjectKey);
    for path in paths() {
        let public = rows(path).iter().filter(|row| is_public(row)).count();
        assert!(public == 0 || public == rows(path).len(), "{path} is public in part");
    }
}

#[test]
fn a_listed_origin_gets_credentials_on_every_route() {
    for path in paths() {
        let answer = headers(Some(NAMED), Reach::of(rows(path)), &allowed());
        assert_eq!(value(&answer, "access-control-allow-origin"), Some(NAMED), "{path}");
        assert_eq!(value(&answer, "access-control-allow-credentials"), Some("true"), "{path}");
        assert_eq!(value(&answer, "vary"), Some("Origin"), "{path}");
    }
}

#[test]
fn any_other_origin_gets_a_star_where_it_may_read_and_nothing_elsewhere_never_credentials() {
    for origin in [Some(STRANGER), Some("null"), Some("https://app.example.evil"), Some("http://app.example"), Some("*"), Some(""), None] {
        for path in paths() {
            let answer = headers(origin, Reach::of(rows(path)), &allowed());
            let expected = PUBLIC.contains(&path).then_some("*");
            assert_eq!(value(&answer, "access-control-allow-origin"), expected, "{origin:?} {path}");
            assert_eq!(value(&answer, "access-control-allow-credentials"), None, "{origin:?} {path}");
            assert_eq!(value(&answer, "vary"), Some("Origin"), "the answer to a listed one is another: {path}");
        }
    }
}

#[test]
fn without_a_list_no_answer_depends_on_the_origin() {
    for origin in [Some(STRANGER), Some(NAMED), None] {
        for path in paths() {
            let reach = Reach::of(rows(path));
            assert_eq!(headers(origin, reach, &[]), headers(None, reach, &[]), "{path}");
            assert_eq!(value(&headers(origin, reach, &[]), "vary"), None, "{path}");
        }
    }
}

#[test]
fn a_page_that_may_read_an_answer_sees_the_headers_that_it_needs() {
    let needed = words("X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");
    for (origin, reach) in [(NAMED, Reach::Named), (NAMED, Reach::Anywhere), (STRANGER, Reach::Anywhere)] {
        let answer = headers(Some(origin), reach, &allowed());
        assert_eq!(words(value(&answer, "access-control-expose-headers").expect("a list")), needed);
    }
    assert_eq!(value(&headers(Some(STRANGER), Reach::Named, &allowed()), "access-control-expose-headers"), None);
}

#[test]
fn a_preflight_tells_the_methods_of_its_path() {
    for path in paths() {
        let own: BTreeSet<&str> = TABLE.iter().filter(|row| row.path == path).map(|row| row.method).collect();
        let answer = preflight(NAMED, Reach::of(rows(path)), &allowed(), rows(path));
        assert_eq!(words(value(&answer, "access-control-allow-methods").expect("methods")), own, "{path}");
        assert_eq!(value(&answer, "access-control-max-age"), Some("7200"), "{path}");
    }
}

#[test]
fn a_preflight_permits_a_listed_origin_all_that_we_read() {
    let all = words("Authorization, X-Api-Key, Content-Type, Content-Encoding, Idempotency-Key, X-Job-Attempt, Last-Event-ID, Cache-Control");
    for path in paths() {
        let answer = preflight(NAMED, Reach::of(rows(path)), &allowed(), rows(path));
        assert_eq!(words(value(&answer, "access-control-allow-headers").expect("headers")), all, "{path}");
    }
}

#[test]
fn a_preflight_permits_a_stranger_to_read_what_is_public_without_a_credential() {
    for path in paths() {
        let answer = preflight(STRANGER, Reach::of(rows(path)), &allowed(), rows(path));
        if !PUBLIC.contains(&path) {
            assert_eq!(answer, [], "{path}");
            continue;
        }
        assert_eq!(value(&answer, "access-control-allow-methods"), Some("GET"), "{path}");
        let permitted = words(value(&answer, "access-control-allow-headers").expect("headers"));
        assert_eq!(permitted, words("Last-Event-ID, Cache-Control, Content-Type"), "{path}");
    }
}

#[test]
fn the_operator_s_list_is_read_as_it_is_written_by_hand() {
    assert_eq!(allowed(), ["https://app.example", "https://b.example"]);
    for nothing in ["", " ", ",", " , / ,"] {
        assert!(origins(nothing).is_empty(), "{nothing:?}");
    }
    // A star names nobody: credentials for everybody are what the list is there to prevent.
    assert_eq!(value(&headers(Some(STRANGER), Reach::Named, &origins("*")), "access-control-allow-origin"), None);
}
