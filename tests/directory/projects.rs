//! Projects, keys, and creations that came with an Idempotency-Key.

use crate::support::build::{START, job_id, project};
use crate::{add_project, directory, job_row, migrated, number, rows, run, text, try_run};
use jobcast::sql::directory as sql;
use rusqlite::Connection;
use rusqlite::types::Value as Bound;

type Project = (String, String, bool, String, u64, bool);

fn projects(db: &Connection) -> Vec<Project> {
    rows(db, sql::list_projects, vec![], |row| {
        Ok((row.get("id")?, row.get("name")?, row.get("public_read")?, row.get("project_key")?, row.get("retention_hours")?, row.get("is_default")?))
    })
}

fn add_key(db: &Connection, id: &str, project: &str, hash: &str) -> usize {
    let bounds = vec![text(id), text(project), text("ci"), text(hash), text("jc_abc"), number(7), number(1_000), Bound::Null];
    run(db, sql::insert_key, bounds)
}

fn revoked_at(db: &Connection, hash: &str) -> Option<u64> {
    rows(db, sql::find_key, vec![text(hash)], |row| row.get("revoked_at")).remove(0)
}

#[test]
fn the_first_project_is_the_default_one_and_no_other() {
    let db = migrated();
    for (id, key) in [("prj_a", "pk_a"), ("prj_b", "pk_b"), ("prj_c", "pk_c")] {
        add_project(&db, id, key);
    }
    assert_eq!(projects(&db).iter().map(|project| project.5).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn a_change_touches_only_what_it_names() {
    let db = directory();
    let id = || text(project().as_str());
    let change = |name, public, hours| run(&db, sql::update_project, vec![id(), name, public, hours, Bound::Null]);
    assert_eq!(change(Bound::Null, number(0), Bound::Null), 1);
    assert_eq!(change(text("mine"), Bound::Null, Bound::Null), 1);
    assert_eq!(change(Bound::Null, Bound::Null, number(48)), 1);
    assert_eq!(projects(&db), [(project().to_string(), "mine".to_owned(), false, "pk_1".to_owned(), 48, true)]);
    assert_eq!(run(&db, sql::update_project, vec![text("prj_x"), text("x"), Bound::Null, Bound::Null, Bound::Null]), 0);
}

/// `PATCH {isDefault: true}` as `edge::admin` sends it, in one batch; gives how many projects were found.
fn make_default(db: &Connection, id: &str) -> usize {
    let batch = db.unchecked_transaction().expect("a transaction");
    run(db, sql::unset_default, vec![text(id)]);
    let found = run(db, sql::update_project, vec![text(id), Bound::Null, Bound::Null, Bound::Null, number(1)]);
    batch.commit().expect("committed");
    found
}

fn default_project(db: &Connection) -> Vec<(String, bool)> {
    rows(db, sql::default_project, vec![], |row| Ok((row.get("id")?, row.get("public_read")?)))
}

#[test]
fn another_project_becomes_the_default_one_and_the_former_is_none_any_more() {
    let db = migrated();
    assert_eq!(default_project(&db), []);
    for (id, key) in [("prj_a", "pk_a"), ("prj_b", "pk_b")] {
        add_project(&db, id, key);
    }
    for id in ["prj_b", "prj_b", "prj_a"] {
        assert_eq!((make_default(&db, id), default_project(&db)), (1, vec![(id.to_owned(), true)]));
    }
}

#[test]
fn an_unknown_project_takes_nothing_from_the_default_one() {
    let db = directory();
    assert_eq!((make_default(&db, "prj_x"), default_project(&db)), (0, vec![(project().to_string(), true)]));
}

#[test]
fn nobody_goes_on_reading_only_while_the_project_lets_them() {
    let db = directory();
    let may_go_on = |id: &str| run(&db, sql::public_project, vec![text(id)]);
    assert_eq!((may_go_on(project().as_str()), may_go_on("prj_x")), (1, 0));
    run(&db, sql::update_project, vec![text(project().as_str()), Bound::Null, number(0), Bound::Null, Bound::Null]);
    assert_eq!(may_go_on(project().as_str()), 0);
}

#[test]
fn a_rotated_project_key_opens_and_the_old_one_does_not() {
    let db = directory();
    let found = |key: &str| run(&db, sql::find_project_key, vec![text(key)]);
    assert_eq!(run(&db, sql::rotate_project_key, vec![text(project().as_str()), text("pk_new")]), 1);
    assert_eq!((found("pk_1"), found("pk_new")), (0, 1));
    assert_eq!(run(&db, sql::rotate_project_key, vec![text("prj_x"), text("pk_x")]), 0);
    assert_eq!(run(&db, sql::get_project, vec![text("prj_x")]), 0);
}

#[test]
fn a_key_is_found_by_its_hash_listed_and_touched() {
    let db = directory();
    assert_eq!(add_key(&db, "key_1", project().as_str(), "h1"), 1);
    assert_eq!(add_key(&db, "key_2", "prj_unknown", "h2"), 0, "a key of an unknown project");
    let used = || -> Vec<(String, Option<u64>)> {
        rows(&db, sql::list_keys, vec![text(project().as_str())], |row| Ok((row.get("prefix")?, row.get("last_used_at")?)))
    };
    assert_eq!(used(), [("jc_abc".to_owned(), None)]);
    // Once in five minutes is enough.
    for (at, told) in [(0, 0), (299_999, 0), (300_001, 300_001), (300_002, 300_001)] {
        run(&db, sql::touch_key, vec![text("key_1"), number(START.0 + at)]);
        assert_eq!(used(), [("jc_abc".to_owned(), Some(START.0 + told))]);
    }
    assert_eq!(run(&db, sql::find_key, vec![text("h2")]), 0);
    assert!(try_run(&db, sql::insert_key, vec![text("key_3"), text(project().as_str()), text("x"), text("h1"), text("p"), number(1), number(1), Bound::Null]).is_err());
}

#[test]
fn a_key_is_revoked_once_and_only_in_its_project() {
    let db = directory();
    add_key(&db, "key_1", project().as_str(), "h1");
    let revoke = |project: &str, at| run(&db, sql::revoke_key, vec![text(project), text("key_1"), number(at)]);
    assert_eq!((revoke("prj_other", 1_000), revoked_at(&db, "h1")), (0, None));
    assert_eq!((revoke(project().as_str(), 2_000), revoked_at(&db, "h1")), (1, Some(2_000)));
    assert_eq!((revoke(project().as_str(), 3_000), revoked_at(&db, "h1")), (1, Some(2_000)));
}

#[test]
fn the_reader_of_a_job_is_told_its_project() {
    let db = directory();
    job_row(1).save(&db);
    let found: Vec<(String, bool, String)> = rows(&db, sql::reader_of_job, vec![text(job_id(1).to_string())], |row| {
        Ok((row.get("project_id")?, row.get("public_read")?, row.get("project_key")?))
    });
    assert_eq!(found, [(project().to_string(), true, "pk_1".to_owned())]);
    assert_eq!(run(&db, sql::reader_of_job, vec![text(job_id(2).to_string())]), 0);
}

#[test]
fn of_two_creations_with_one_key_the_first_stands() {
    let db = directory();
    let remember = |fingerprint: &str, ids: &str, at| {
        let bounds = vec![text(project().as_str()), text("k1"), text(fingerprint), text(ids), number(at)];
        run(&db, sql::remember_creation, bounds);
    };
    let found = || -> Vec<(String, String)> {
        rows(&db, sql::find_creation, vec![text(project().as_str()), text("k1")], |row| Ok((row.get("fingerprint")?, row.get("job_ids")?)))
    };
    remember("one", r#"["job_1"]"#, 1_000);
    remember("two", r#"["job_2"]"#, 2_000);
    assert_eq!(found(), [("one".to_owned(), r#"["job_1"]"#.to_owned())]);
    assert_eq!(run(&db, sql::find_creation, vec![text("prj_other"), text("k1")]), 0, "another project's key");
    run(&db, sql::forget_creations, vec![number(1_000)]);
    assert_eq!(found().len(), 1);
    run(&db, sql::forget_creations, vec![number(1_001)]);
    assert_eq!(found().len(), 0);
}

#[test]
fn the_answer_to_a_creation_is_kept_with_it() {
    let db = directory();
    let key = || vec![text(project().as_str()), text("k1")];
    run(&db, sql::remember_creation, [key(), vec![text("one"), text("[]"), number(1)]].concat());
    let answer = || -> Option<String> { rows(&db, sql::find_creation, key(), |row| row.get("answer")).remove(0) };
    assert_eq!(answer(), None);
    run(&db, sql::answer_creation, [key(), vec![text("{}")]].concat());
    assert_eq!(answer().as_deref(), Some("{}"));
}
