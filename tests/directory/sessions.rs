//! Sessions, which are as good as their key; and archives, which go with their job.

use crate::support::build::{job_id, project};
use crate::{directory, job_row, number, rows, run, text, try_run};
use jobcast::sql::directory as sql;
use rusqlite::Connection;
use rusqlite::types::Value as Bound;

/// With the key `key_1`, which ends then, if ever.
fn with_key(ends: Option<u64>) -> Connection {
    let db = directory();
    add_key(&db, "key_1", ends);
    db
}

fn add_key(db: &Connection, id: &str, ends: Option<u64>) {
    let ends = ends.map_or(Bound::Null, number);
    let hash = text(format!("hash of {id}"));
    run(db, sql::insert_key, vec![text(id), text(project().as_str()), text("ci"), hash, text("jc_"), number(5), number(1_000), ends]);
}

fn sign_in(db: &Connection, session: &str, key: &str, ends: u64) {
    run(db, sql::insert_session, vec![text(session), text(key), number(1_000), number(ends)]);
}

/// What `edge::credentials` reads of a session: its key, project, scopes, end, and whether the key was revoked.
type Found = (String, String, u32, Option<u64>, Option<u64>);

fn found(db: &Connection, session: &str) -> Vec<Found> {
    rows(db, sql::find_session, vec![text(session)], |row| {
        Ok((row.get("id")?, row.get("project_id")?, row.get("scopes")?, row.get("expires_at")?, row.get("revoked_at")?))
    })
}

#[test]
fn a_session_has_what_its_key_has() {
    let db = with_key(None);
    add_key(&db, "key_2", None);
    sign_in(&db, "one", "key_1", 9_000);
    sign_in(&db, "two", "key_2", 9_000);
    assert_eq!(found(&db, "two"), [("key_2".to_owned(), project().to_string(), 5, Some(9_000), None)]);
    assert_eq!(found(&db, "three"), []);
}

#[test]
fn a_session_ends_when_the_first_of_both_does() {
    for (key, session, ends) in [(None, 9_000, 9_000), (Some(5_000), 9_000, 5_000), (Some(9_000), 5_000, 5_000)] {
        let db = with_key(key);
        sign_in(&db, "s", "key_1", session);
        assert_eq!(found(&db, "s")[0].3, Some(ends), "{key:?} {session}");
    }
}

#[test]
fn a_revoked_key_is_told_of_its_sessions_too() {
    let db = with_key(None);
    sign_in(&db, "s", "key_1", 9_000);
    run(&db, sql::revoke_key, vec![text(project().as_str()), text("key_1"), number(4_000)]);
    assert_eq!(found(&db, "s")[0].4, Some(4_000));
}

#[test]
fn one_session_is_ended_and_the_others_go_on() {
    let db = with_key(None);
    ["a", "b"].iter().for_each(|session| sign_in(&db, session, "key_1", 9_000));
    run(&db, sql::end_session, vec![text("a")]);
    assert_eq!((found(&db, "a").len(), found(&db, "b").len()), (0, 1));
}

#[test]
fn sessions_that_are_over_are_forgotten() {
    let db = with_key(None);
    for (session, ends) in [("past", 2_000), ("now", 3_000), ("future", 3_001)] {
        sign_in(&db, session, "key_1", ends);
    }
    run(&db, sql::forget_sessions, vec![number(3_000)]);
    assert_eq!(["past", "now", "future"].map(|session| found(&db, session).len()), [0, 0, 1]);
}

fn archive(db: &Connection, body: &str) -> rusqlite::Result<usize> {
    try_run(db, sql::save_archive, vec![text(job_id(1).to_string()), text(body)])
}

fn archived(db: &Connection) -> Vec<String> {
    rows(db, sql::find_archive, vec![text(job_id(1).to_string())], |row| row.get("body"))
}

#[test]
fn an_archive_is_kept_once_and_its_newest_form_stands() {
    let db = directory();
    job_row(1).save(&db);
    assert!(archived(&db).is_empty());
    for body in [r#"{"a":1}"#, r#"{"a":2}"#] {
        archive(&db, body).expect("kept");
        assert_eq!(archived(&db), [body]);
    }
}

#[test]
fn an_archive_goes_with_its_job_and_stays_when_the_job_moves_on() {
    let db = directory();
    job_row(1).save(&db);
    archive(&db, "{}").expect("kept");
    crate::JobRow { status: "failed", last_event: 2, ..job_row(1) }.save(&db);
    assert_eq!(archived(&db).len(), 1);
    run(&db, sql::delete_job, vec![text(job_id(1).to_string())]);
    assert!(archived(&db).is_empty());
}

#[test]
fn what_belongs_to_nothing_is_refused() {
    let db = with_key(None);
    assert!(archive(&db, "{}").is_err(), "an archive of no job");
    let session = |key: &str, ends| try_run(&db, sql::insert_session, vec![text("s"), text(key), number(1_000), number(ends)]);
    assert!(session("key_x", 9_000).is_err(), "a session of no key");
    assert!(session("key_1", 1_000).is_err(), "a session that ends before it begins");
    assert!(session("key_1", 1_001).is_ok());
    assert!(session("key_1", 9_000).is_err(), "a session twice");
}

#[test]
fn a_row_tells_how_long_its_project_keeps_logs() {
    let db = directory();
    run(&db, sql::update_project, vec![text(project().as_str()), Bound::Null, Bound::Null, number(48), Bound::Null]);
    let told = |last_event| -> Vec<u64> {
        let row = crate::JobRow { last_event, ..job_row(1) };
        rows(&db, sql::upsert_job, row.bounds(), |row| row.get("retention_hours"))
    };
    assert_eq!((told(2), told(3), told(3)), (vec![48], vec![48], vec![]), "a row that was not written tells nothing");
}
