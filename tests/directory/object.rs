//! The SQLite of a job's own object: a log in three shelves, read back merged, trimmed apart.

use crate::support::build::*;
use crate::support::story::{Story, given_running};
use crate::{number, rows, run, text};
use jobcast::command::Command;
use jobcast::event::{Event, Fact, Origin, Shelf};
use jobcast::id::{EventId, RequestId};
use jobcast::record::Record;
use jobcast::sql::object as sql;
use jobcast::view::stored::Stored;
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, Row};
use serde_json::json;

const ALWAYS: u64 = 1 << 53;

fn object() -> Connection {
    let db = Connection::open_in_memory().expect("SQLite");
    db.execute_batch(sql::schema).expect("a good schema");
    db
}

/// As `edge::journal` appends.
fn append(db: &Connection, event: &Event) {
    let fact = event.fact.stored().expect("written");
    let mut bounds = vec![number(event.id.0), number(event.attempt.into()), text(fact)];
    let statement = match (&event.fact, event.fact.shelf()) {
        (Fact::Logs(chunk), _) => {
            bounds.push(number(chunk.to_seq));
            sql::append_logs
        }
        (_, Shelf::Checkpoints) => sql::append_checkpoint,
        (_, Shelf::Events | Shelf::Logs) => {
            let Origin { request, latency_ms } = &event.origin;
            bounds.push(request.as_ref().map_or(Bound::Null, |request| text(request.as_str())));
            bounds.push(latency_ms.map_or(Bound::Null, number));
            sql::append_event
        }
    };
    run(db, statement, bounds);
}

/// A row of `id, attempt, fact`, and of the log of events `request, latency_ms`.
fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let fact: String = row.get("fact")?;
    let fact = Fact::read(&fact).expect("a stored fact");
    let request: Option<String> = row.get("request").unwrap_or_default();
    let origin = Origin { request: request.as_deref().and_then(RequestId::parse), latency_ms: row.get("latency_ms").unwrap_or_default() };
    Ok(Event { id: EventId(row.get("id")?), attempt: row.get("attempt")?, fact, origin })
}

/// Checkpoints and lines keep no origin.
fn as_kept(mut story: Story) -> Story {
    for event in story.log.iter_mut().filter(|event| event.fact.shelf() != Shelf::Events) {
        event.origin = Origin::default();
    }
    story
}

fn read(db: &Connection, statement: &str, after: u64, until: u64, limit: u64) -> Vec<Event> {
    rows(db, statement, vec![number(after), number(until), number(limit)], event)
}

/// A life with something on every shelf.
fn story() -> Story {
    let mut story = given_running(job()).in_request(request_id(7));
    for round in 0..5 {
        story = story
            .when(logs(&["a", "b"]))
            .when(checkpoint(json!({ "round": round })))
            .when(progress(f64::from(round), "on"))
            .when(stage("probe", "complete", json!({ "durationSec": 1.5 })))
            .when(Command::Keepalive);
    }
    as_kept(story)
}

fn stored(story: &Story) -> Connection {
    let db = object();
    story.log.iter().for_each(|event| append(&db, event));
    db
}

#[test]
fn an_object_knows_whether_it_holds_a_job() {
    let db = Connection::open_in_memory().expect("SQLite");
    assert!(is_current(&db).is_empty());
    db.execute_batch(sql::schema).expect("a good schema");
    assert_eq!(is_current(&db), [true]);
    db.execute_batch(sql::schema).expect("a second time changes nothing");
}

fn is_current(db: &Connection) -> Vec<bool> {
    rows(db, sql::is_created, vec![], |row| row.get("is_current"))
}

#[test]
fn an_object_of_an_older_release_is_upgraded_once_and_keeps_its_log() {
    let (story, db) = (story(), Connection::open_in_memory().expect("SQLite"));
    db.execute_batch("CREATE TABLE events (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, fact TEXT NOT NULL) STRICT").expect("a table");
    let append = "INSERT INTO events (id, attempt, fact) VALUES (?1, ?2, ?3)";
    let fact = serde_json::to_string(&story.log[0].fact).expect("written");
    run(&db, append, vec![number(story.log[0].id.0), number(1), text(fact)]);
    assert_eq!(is_current(&db), [false]);

    db.execute_batch(sql::upgrade).expect("a good upgrade");
    assert_eq!(is_current(&db), [true]);
    db.execute_batch(sql::schema).expect("the other tables");
    let newest = story.log.last().expect("an event");
    self::append(&db, newest);
    let without_origin = Event { origin: Origin::default(), ..story.log[0].clone() };
    assert_eq!(read(&db, sql::read_events, 0, ALWAYS, ALWAYS), [without_origin, newest.clone()]);
}

#[test]
fn an_event_keeps_which_request_caused_it_and_how_long_it_took() {
    let (story, db) = (story(), stored(&story()));
    let measured = story.log.iter().find(|event| event.origin.latency_ms.is_some()).expect("a stage");
    let origin = Origin { request: Some(request_id(7)), latency_ms: Some(1_500) };
    assert_eq!(rows(&db, sql::event, vec![number(measured.id.0)], event)[0].origin, origin);
}

#[test]
fn the_newest_key_tells_when_all_are_forgotten() {
    let db = object();
    let newest = || -> Option<u64> { rows(&db, sql::newest_request, vec![], |row| row.get("at")).remove(0) };
    assert_eq!(newest(), None);
    for (key, at) in [("a", 2_000), ("b", 1_000)] {
        run(&db, sql::remember_request, vec![text(key), text("f"), text("{}"), number(at)]);
    }
    assert_eq!(newest(), Some(2_000));
}

#[test]
fn the_log_is_read_back_as_it_was_written() {
    let story = story();
    assert_eq!(read(&stored(&story), sql::read_all, 0, ALWAYS, ALWAYS), story.log);
}

#[test]
fn a_page_begins_after_its_cursor_and_keeps_its_limit() {
    let (story, db) = (story(), stored(&story()));
    for after in [0, 3, 9, story.log.len() - 1] {
        let cursor = if after == 0 { 0 } else { story.log[after - 1].id.0 };
        for limit in [1, 4, 100] {
            let expected: Vec<Event> = story.log[after..].iter().take(limit).cloned().collect();
            assert_eq!(read(&db, sql::read_all, cursor, ALWAYS, limit as u64), expected);
        }
    }
    let until = story.log[6].id.0;
    assert_eq!(read(&db, sql::read_all, 0, until, ALWAYS), story.log[..=6]);
}

#[test]
fn the_public_part_has_no_checkpoints_and_no_lines() {
    let (story, db) = (story(), stored(&story()));
    let public: Vec<Event> = story.log.iter().filter(|event| event.fact.shelf() == Shelf::Events).cloned().collect();
    assert_eq!(read(&db, sql::read_events, 0, ALWAYS, ALWAYS), public);
    assert_eq!(read(&db, sql::read_events, public[2].id.0, public[4].id.0, 9), public[3..=4]);
}

fn joined(db: &Connection, query: &str, after: u64, until: u64, limit: u64) -> Vec<Event> {
    let text = rows(db, query, vec![number(after), number(until), number(limit)], |row| row.get::<_, Option<Vec<u8>>>("joined")).remove(0);
    let text = String::from_utf8(text.unwrap_or_default()).expect("text");
    let events = text.lines().map(|line| Stored::of_line(line).expect("a line").read().expect("an event"));
    events.collect()
}

fn without_origins(events: &[Event]) -> Vec<Event> {
    events.iter().map(|event| Event { origin: Origin::default(), ..event.clone() }).collect()
}

#[test]
fn joined_to_one_text_the_log_is_what_it_is_row_by_row() {
    let (story, db) = (story(), stored(&story()));
    let (third, seventh) = (story.log[2].id.0, story.log[6].id.0);
    for (join, read_rows) in [(sql::join_all, sql::read_all), (sql::join_events, sql::read_events)] {
        for (after, until, limit) in [(0, ALWAYS, ALWAYS), (0, ALWAYS, 4), (third, seventh, ALWAYS), (seventh, third, 9)] {
            let expected = without_origins(&read(&db, read_rows, after, until, limit));
            assert_eq!(joined(&db, join, after, until, limit), expected, "{after}..{until}, {limit}");
        }
    }
}

#[test]
fn checkpoints_are_paged_alone() {
    let (story, db) = (story(), stored(&story()));
    let all: Vec<Event> = story.log.iter().filter(|event| event.fact.shelf() == Shelf::Checkpoints).cloned().collect();
    assert_eq!(rows(&db, sql::read_checkpoints, vec![number(all[0].id.0), number(2)], event), all[1..3]);
}

#[test]
fn lines_are_found_from_the_middle_of_a_chunk_on() {
    let db = stored(&story());
    let from = |seq| rows(&db, sql::read_logs, vec![number(seq), number(0), number(ALWAYS)], event).len();
    assert_eq!((from(0), from(1), from(2), from(9), from(10)), (5, 5, 4, 1, 0));
}

#[test]
fn one_event_is_found_by_its_id() {
    let (story, db) = (story(), stored(&story()));
    assert_eq!(rows(&db, sql::event, vec![number(story.job().created_at.0)], event), story.log[..1]);
    assert_eq!(rows(&db, sql::event, vec![number(1)], event), []);
}

#[test]
fn trimming_keeps_the_newest_of_its_shelf_and_touches_no_other() {
    let (story, db) = (story(), stored(&story()));
    let of = |shelf| story.log.iter().filter(|event| event.fact.shelf() == shelf).cloned().collect::<Vec<_>>();
    let (events, checkpoints, chunks) = (of(Shelf::Events), of(Shelf::Checkpoints), of(Shelf::Logs));
    let newest_to_go = |find, bound| rows(&db, find, vec![number(bound)], |row| row.get::<_, u64>("id"));

    let floor = newest_to_go(sql::oldest_kept_event, 3);
    assert_eq!(floor, [events[events.len() - 4].id.0]);
    run(&db, sql::trim_events, vec![number(floor[0])]);
    assert_eq!(read(&db, sql::read_events, 0, ALWAYS, ALWAYS), events[events.len() - 3..]);

    let floor = newest_to_go(sql::oldest_kept_checkpoint, 2);
    run(&db, sql::trim_checkpoints, vec![number(floor[0])]);
    assert_eq!(rows(&db, sql::read_checkpoints, vec![number(0), number(99)], event), checkpoints[3..]);

    // Of ten lines the newest three are to stay: a chunk goes only when none of its lines does.
    let floor = newest_to_go(sql::oldest_kept_logs, 10 - 3);
    run(&db, sql::trim_logs, vec![number(floor[0])]);
    assert_eq!(rows(&db, sql::read_logs, vec![number(0), number(0), number(99)], event), chunks[3..]);
}

#[test]
fn a_shelf_below_its_cap_has_nothing_to_go() {
    let db = stored(&story());
    for (find, bound) in [(sql::oldest_kept_event, 99), (sql::oldest_kept_checkpoint, 5), (sql::oldest_kept_logs, 0)] {
        assert_eq!(run(&db, find, vec![number(bound)]), 0);
    }
}

#[test]
fn a_record_is_saved_over_itself_and_caught_up_from_the_log() {
    let (story, db) = (story(), stored(&story()));
    let early = story.log[..7].iter().fold(None, Record::with).expect("a record");
    for record in [story.log[..3].iter().fold(None, Record::with).expect("a record"), early] {
        run(&db, sql::save_record, vec![text(serde_json::to_string(&record).expect("written"))]);
    }
    let loaded: Vec<String> = rows(&db, sql::load_record, vec![], |row| row.get("body"));
    let record: Record = serde_json::from_str(&loaded[0]).expect("a stored record");
    let newer = read(&db, sql::read_all, record.job.tail.0, ALWAYS, ALWAYS);
    assert_eq!((loaded.len(), newer.iter().fold(Some(record), Record::with)), (1, story.record));
    assert!(db.execute("INSERT INTO record (one, body) VALUES (2, '')", []).is_err(), "there is one record");
}

#[test]
fn an_event_is_never_written_twice() {
    let (story, db) = (story(), stored(&story()));
    let event = |id| vec![number(id), number(1), text("{}"), Bound::Null, Bound::Null];
    assert!(crate::try_run(&db, sql::append_event, event(story.log[0].id.0)).is_err());
    assert!(crate::try_run(&db, sql::append_event, event(1)).is_ok());
}

#[test]
fn the_answer_to_a_request_is_remembered_for_a_while() {
    let db = object();
    let remember = |answer: &str, at| run(&db, sql::remember_request, vec![text("k"), text("f"), text(answer), number(at)]);
    let found = |since| -> Vec<String> { rows(&db, sql::find_request, vec![text("k"), number(since)], |row| row.get("answer")) };
    remember("one", 1_000);
    assert_eq!((found(999), found(1_000)), (vec!["one".to_owned()], vec![]));
    remember("two", 90_000);
    assert_eq!(found(1_000), ["two"]);
    run(&db, sql::forget_requests, vec![number(89_999)]);
    assert_eq!(found(0).len(), 1);
    run(&db, sql::forget_requests, vec![number(90_000)]);
    assert_eq!(found(0).len(), 0);
}
