//! What a request may say: each body of the seeds is taken, each bad input of the contract is refused with its code
//! and the name of its field, and each limit holds exactly.

mod support;

use jobcast::access::{Scope, Scopes};
use jobcast::fields::{Query, parse_json};
use jobcast::problem::{Code, Problem};
use jobcast::sql::list::{Listing, Words};
use jobcast::view::pipeline::Narrowing;
use jobcast::{limits, request, sse};
use serde_json::{Value, json};

#[path = "requests/bodies.rs"]
mod bodies;
#[path = "requests/batches.rs"]
mod batches;
#[path = "requests/memory.rs"]
mod memory;

/// The code and the field of a refusal.
fn refusal<T>(outcome: Result<T, Problem>) -> Option<(Code, String)> {
    let problem = outcome.err()?;
    let field = problem.details.get("field").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some((problem.code, field))
}

fn invalid(field: &str) -> Option<(Code, String)> {
    Some((Code::InvalidRequest, field.to_owned()))
}

fn too_large(field: &str) -> Option<(Code, String)> {
    Some((Code::TooLarge, field.to_owned()))
}

#[test]
fn an_attempt_is_a_whole_number_from_one_on() {
    assert_eq!(request::attempt(None).unwrap(), None);
    assert_eq!(request::attempt(Some("3")).unwrap(), Some(3));
    for text in ["0", "-1", "1.5", "two", "", "4294967296"] {
        assert_eq!(refusal(request::attempt(Some(text))), invalid("X-Job-Attempt"), "{text:?}");
    }
}

#[test]
fn an_idempotency_key_is_printable_and_bounded() {
    let longest = "k".repeat(limits::IDEMPOTENCY_KEY);
    for text in ["1", "0b6f9d1e-1c2d-4e5f", "~!\"#", &longest] {
        assert_eq!(request::idempotency_key(Some(text)).unwrap().as_deref(), Some(text));
    }
    for text in ["", "a b", "a\tb", "clé", &format!("{longest}k")] {
        assert_eq!(refusal(request::idempotency_key(Some(text))), invalid("Idempotency-Key"), "{text:?}");
    }
}

#[test]
fn a_cursor_is_the_id_of_an_event() {
    let bad = |field: &str| Some((Code::InvalidCursor, field.to_owned()));
    assert_eq!(sse::cursor(Some("1772355600000"), None).unwrap().map(|id| id.0), Some(1_772_355_600_000));
    assert_eq!(sse::cursor(None, Some("9007199254740991")).unwrap().map(|id| id.0), Some((1 << 53) - 1));
    for text in ["x", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "٣", "9007199254740992", "18446744073709551616"] {
        assert_eq!(refusal(sse::cursor(Some(text), Some("5"))), bad("Last-Event-ID"), "{text:?}");
        assert_eq!(refusal(sse::cursor(None, Some(text))), bad("lastEventId"), "{text:?}");
    }
}

#[test]
fn an_empty_header_is_no_cursor_and_the_query_then_counts() {
    assert_eq!(sse::cursor(Some(""), Some("6")).unwrap().map(|id| id.0), Some(6));
    assert_eq!(sse::cursor(Some(""), None).unwrap(), None);
}

#[test]
fn a_stream_may_be_narrowed_to_events_that_it_has() {
    for list in ["", "job:log", "job:log,job:event", " job:progress , stage:research", "stage:*", ",", "job:snapshot"] {
        assert!(Narrowing::parse(Some(list)).is_ok(), "{list}");
    }
    for list in ["job:logs", "progress", "job:log,heartbeat", "JOB:LOG", &"stage:a,".repeat(200)] {
        assert_eq!(refusal(Narrowing::parse(Some(list))), invalid("events"), "{list}");
    }
}

#[test]
fn a_list_has_its_defaults() {
    let listing = Listing::parse(&Query::parse(None), Words::Canonical).unwrap();
    assert_eq!((listing.limit, listing.offset, listing.cursor, listing.states), (50, 0, None, None));
}

#[test]
fn a_list_takes_the_words_of_every_family() {
    let states = |query: &str| {
        let states = Listing::parse(&Query::parse(Some(query)), Words::Canonical).unwrap().states.unwrap_or_default();
        states.into_iter().map(|state| state.word()).collect::<Vec<_>>().join(" ")
    };
    for word in ["scheduled", "pending", "delivered", "running", "completed", "failed", "cancelled"] {
        assert_eq!(states(&format!("status={word}")), word);
    }
    assert_eq!(states("status=processing"), "running");
    assert_eq!(states("status=error"), "failed");
    assert_eq!(states("status=queued"), "scheduled pending delivered");
}

#[test]
fn a_list_of_the_queue_takes_the_words_of_its_seed_alone() {
    let states = |word: &str| {
        let listing = Listing::parse(&Query::parse(Some(&format!("status={word}"))), Words::Queue)?;
        Ok(listing.states.unwrap_or_default().into_iter().map(|state| state.word()).collect::<Vec<_>>().join(" "))
    };
    for (word, expected) in [
        ("pending", "scheduled pending delivered"),
        ("running", "running"),
        ("processing", "running"),
        ("completed", "completed"),
        ("error", "failed"),
        ("cancelled", "cancelled"),
    ] {
        assert_eq!(states(word).ok().as_deref(), Some(expected), "{word}");
    }
    for word in ["failed", "scheduled", "delivered", "queued", "", "PENDING", "pending,running", "done"] {
        assert_eq!(refusal(states(word)), invalid("status"), "{word:?}");
    }
}

#[test]
fn a_list_of_the_queue_has_the_defaults_and_caps_of_every_list() {
    let parse = |query: &str| Listing::parse(&Query::parse(Some(query)), Words::Queue);
    let listing = parse("").unwrap();
    assert_eq!((listing.limit, listing.offset, &listing.cursor, &listing.states, listing.is_search()), (50, 0, &None, &None, false));
    assert_eq!((parse("limit=1000").unwrap().limit, parse("offset=7&status=error").unwrap().offset), (100, 7));
    for (query, field) in [("limit=0", "limit"), ("offset=-1", "offset"), ("limit=1.5", "limit")] {
        assert_eq!(refusal(parse(query)), invalid(field), "{query}");
    }
    assert_eq!(refusal(parse("cursor=x")), Some((Code::InvalidCursor, "cursor".to_owned())));
    assert!(parse("filePath=a").unwrap().is_search() && parse("name=a").unwrap().is_search());
}

#[test]
fn a_list_refuses_what_it_does_not_know_and_names_it() {
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("offset=9007199254740992", "offset"),
        ("status=done", "status"),
        ("status=", "status"),
    ] {
        assert_eq!(refusal(Listing::parse(&Query::parse(Some(query)), Words::Canonical)), invalid(field), "{query}");
    }
    let cursor = Listing::parse(&Query::parse(Some("cursor=job_1")), Words::Canonical);
    assert_eq!(refusal(cursor), Some((Code::InvalidCursor, "cursor".to_owned())));
}

#[test]
fn a_limit_above_its_cap_is_the_cap() {
    let limit = |query: &str| Listing::parse(&Query::parse(Some(query)), Words::Canonical).unwrap().limit;
    assert_eq!((limit("limit=1"), limit("limit=100"), limit("limit=101"), limit("limit=9999")), (1, 100, 100, 100));
}

#[test]
fn a_list_finds_by_name_and_by_path_with_their_escapes() {
    let listing = Listing::parse(&Query::parse(Some("name=a%20b&filePath=%2Fin%2Bout.mp4&unknown=1")), Words::Canonical).unwrap();
    assert_eq!((listing.name.as_deref(), listing.file_path.as_deref()), (Some("a b"), Some("/in+out.mp4")));
    assert!(listing.is_search());
}

#[test]
fn every_scope_has_its_word_and_an_unknown_one_is_refused() {
    let words = Scope::ALL.map(|scope| scope.word().to_owned());
    assert_eq!(Scopes::parse(&words).unwrap(), Scopes::every());
    assert_eq!(refusal(Scopes::parse(&["jobs:fly".to_owned()])), invalid("scopes"));
    let expected = "jobs:create jobs:read jobs:read:progress jobs:poll jobs:ack jobs:progress jobs:event jobs:complete \
                    jobs:fail jobs:kill jobs:keepalive jobs:manage";
    assert_eq!(words.join(" "), expected);
}

#[test]
fn every_refusal_has_the_status_of_its_code() {
    let refusals = [
        (refusal(parse_json(b"{")), 400),
        (refusal(request::progress(&json!({}))), 400),
        (refusal(sse::cursor(Some("x"), None)), 400),
        (refusal(jobcast::logs::parse_batch(&[b'['; 9], jobcast::logs::BatchFormat::Json, jobcast::logs::Encoding::Gzip)), 400),
    ];
    for (refusal, status) in refusals {
        assert_eq!(refusal.map(|(code, _)| code.status()), Some(status));
    }
    assert_eq!(Code::TooLarge.status(), 413);
}
