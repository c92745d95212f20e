//! The CHECKs: a second lock on the rules, should the code ever write what it must not.

use crate::support::build::project;
use crate::{directory, job_row, number, text, try_run};
use jobcast::sql::directory as sql;
use rusqlite::types::Value as Bound;

/// Each column of a good row is replaced in turn by bad values: the row must be refused.
fn refuses(statement: &str, good: &[Bound], bad: &[(usize, Bound)]) {
    assert!(try_run(&directory(), statement, good.to_vec()).is_ok(), "the good row is refused");
    for (column, value) in bad {
        let mut row = good.to_vec();
        row[*column] = value.clone();
        assert!(try_run(&directory(), statement, row).is_err(), "column {column} takes {value:?}");
    }
}

#[test]
fn a_job_that_breaks_a_rule_is_refused() {
    refuses(
        sql::upsert_job,
        &job_row(1).bounds(),
        &[
            (0, Bound::Null),
            (1, text("prj_unknown")),
            (1, Bound::Null),
            (4, text("done")),
            (4, text("")),
            (4, Bound::Null),
            (5, number(0)),
            (5, number(4)),
            (5, Bound::Real(1.5)),
            (6, number(0)),
            (6, number(4)),
            (7, number(0)),
            (8, number(0)),
            (8, text("newest")),
            (9, text("{")),
            (9, Bound::Null),
        ],
    );
}

#[test]
fn an_update_is_held_to_the_same_rules() {
    let db = directory();
    job_row(1).save(&db);
    for change in ["status = 'done'", "attempt = 4", "max_attempts = 0", "priority = 9", "document = 'x'", "last_event_id = -1"] {
        assert!(db.execute(&format!("UPDATE jobs SET {change}"), []).is_err(), "{change}");
    }
}

#[test]
fn a_project_that_breaks_a_rule_is_refused() {
    let good = [text("prj_2"), text("two"), number(0), text("pk_2"), number(1), number(1)];
    refuses(
        sql::insert_project,
        &good,
        &[
            (0, Bound::Null),
            (0, text(project().as_str())),
            (1, text("")),
            (1, text("x".repeat(201))),
            (2, number(2)),
            (3, text("pk_1")),
            (4, number(0)),
            (4, number(8_761)),
            (5, Bound::Null),
        ],
    );
}

#[test]
fn there_is_never_a_second_default_project() {
    let db = directory();
    crate::add_project(&db, "prj_2", "pk_2");
    assert!(db.execute("UPDATE projects SET is_default = 1", []).is_err());
}

#[test]
fn a_key_that_breaks_a_rule_is_refused() {
    let good = [text("key_1"), text(project().as_str()), text("ci"), text("hash"), text("jc_"), number(1), number(1), Bound::Null];
    let bad = [(0, Bound::Null), (2, text("")), (3, Bound::Null), (5, number(0)), (5, Bound::Null)];
    refuses(sql::insert_key, &good, &bad);
}

#[test]
fn a_creation_without_a_list_of_jobs_is_refused() {
    let good = [text(project().as_str()), text("k"), text("f"), text("[]"), number(1)];
    refuses(sql::remember_creation, &good, &[(0, Bound::Null), (1, Bound::Null), (3, text("job_1")), (4, text("now"))]);
}

#[test]
fn a_counter_never_goes_below_nothing() {
    let db = directory();
    job_row(1).save(&db);
    assert!(db.execute("UPDATE job_counts SET jobs = -1", []).is_err());
}
