//! Paths: whatever stands in a path, it leads to the row whose form it has, and its parts stay in their places.

use super::{parts, refused};
use jobcast::id::{JobId, KeyId, ProjectId};
use jobcast::route::{Route, TABLE, route, rows_at};
use url::Url;

/// A line for the method, a line for the path. A path is tried as it is and as a URL makes it, which is how it arrives.
pub fn any_path(input: &[u8]) {
    let Some([method, Some(path)]) = parts(input) else { return };
    let method = method.unwrap_or("GET");
    leads_to_its_row(method, path);
    if let Ok(url) = Url::parse("https://jobcast.example").and_then(|base| base.join(path)) {
        leads_to_its_row(method, url.path());
    }
}

fn leads_to_its_row(method: &str, path: &str) {
    match route(method, path) {
        Ok(found) => stays_in_its_row(method, path, &found),
        Err(problem) => {
            assert!([404, 405].contains(&problem.status()));
            refused(&problem);
            assert_eq!(problem.status() == 405, !rows_at(path).is_empty());
        }
    }
}

fn stays_in_its_row(method: &str, path: &str, found: &Route) {
    let row = TABLE.iter().find(|row| row.action == found.action).expect("a row");
    assert_eq!((row.method, row.door), (if method == "HEAD" { "GET" } else { method }, found.door));
    let (mut wanted, mut given) = (row.path.split('/'), path.split('/'));
    for part in wanted.by_ref() {
        if part.starts_with("{*") {
            return assert!(given.next().is_some(), "{path}");
        }
        let there = given.next();
        assert!(
            part.starts_with('{') && there.is_some_and(|text| !text.is_empty()) || there == Some(part),
            "{path} as {}",
            row.path
        );
    }
    assert_eq!(given.next(), None, "{path} as {}", row.path);
    ids_are_canonical(found);
}

/// What is taken for an id needs no look at it behind the edge.
fn ids_are_canonical(found: &Route) {
    let texts = [
        found.job().map(|id| id.to_string()),
        found.project().map(|id| id.to_string()),
        found.key().map(|id| id.to_string()),
    ];
    for text in texts.into_iter().flatten() {
        assert!(text.len() == 30 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{text}");
        let known = JobId::parse(&text).is_some() || ProjectId::parse(&text).is_some() || KeyId::parse(&text).is_some();
        assert!(known);
    }
}
