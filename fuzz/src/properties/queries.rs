//! Query strings: lists, pages, narrowed streams, credentials in links.

use super::refused;
use jobcast::access::Credential;
use jobcast::fields::Query;
use jobcast::limits;
use jobcast::sql::list::{Bound, Listing, Words};
use jobcast::view::pipeline::Narrowing;

pub fn every_query(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let query = Query::parse(Some(text));
    for words in [Words::Canonical, Words::Queue] {
        match Listing::parse(&query, words) {
            Ok(listing) => bound_and_never_written(&listing),
            Err(problem) => refused(&problem),
        }
    }
    match Narrowing::parse(query.get("events")) {
        Ok(narrowing) => sleeps(&narrowing),
        Err(problem) => refused(&problem),
    }
    for number in [query.whole("after", 0), query.whole("offset", 0), query.limit(50, 1_000).map(Some)] {
        match number {
            Ok(number) => assert!(number.is_none_or(|number| number < 1 << 53)),
            Err(problem) => refused(&problem),
        }
    }
    let found = Credential::find(None, None, &query, None).expect("nothing in a query is malformed");
    assert!(!matches!(found, Credential::Bearer(_) | Credential::Session(_)), "no key is taken from a link");
}

/// No text of the caller's stands in the statement.
fn bound_and_never_written(listing: &Listing) {
    assert!((1..=limits::PAGE_JOBS).contains(&listing.limit));
    for (statement, bounds) in [listing.page_statement(), listing.total_statement()] {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || " ()*?=<>,_.+-".contains(letter);
        assert!(statement.chars().all(plain), "{statement}");
        // `?1` is the project.
        assert_eq!(statement.replace("?1", "").matches('?').count(), bounds.len(), "{statement}");
        assert!(bounds.iter().all(|bound| matches!(bound, Bound::Text(_) | Bound::Number(_))) && bounds.len() < 100);
    }
}

/// What a subscriber listens for is kept in 2 KB while its object sleeps.
fn sleeps(narrowing: &Narrowing) {
    let kept = serde_json::to_string(narrowing).expect("written");
    assert_eq!(serde_json::from_str::<Narrowing>(&kept).expect("read"), *narrowing);
}
