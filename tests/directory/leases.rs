//! Polls: candidates are leased by priority, then age; two leases never hold the same job at the same time.

use crate::support::build::{job_id, project};
use crate::{JobRow, add_project, directory, job_row, number, rows, text};
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value as Bound;

const LEASE: u64 = jobcast::limits::LEASE_MS;

/// The jobs that a poll takes, in the order in which its producer gets them.
fn lease(db: &Connection, now: u64, names: &[&str], count: u64) -> Vec<String> {
    lease_for(db, None, now, names, count)
}

/// For a poll with a key.
fn lease_for(db: &Connection, key: Option<&str>, now: u64, names: &[&str], count: u64) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut bounds = vec![text(project().as_str()), number(now), number(now + LEASE), number(count), key.map_or(Bound::Null, text)];
    bounds.extend(jobcast::sql::lease::bound(&names).map(text));
    let statement = jobcast::sql::lease::statement(&names);
    let mut taken: Vec<(u64, String)> = rows(db, statement, bounds, |row| Ok((row.get("priority")?, row.get("id")?)));
    taken.sort();
    taken.into_iter().map(|(_, id)| id).collect()
}

fn ids(numbers: &[u128]) -> Vec<String> {
    numbers.iter().map(|number| job_id(*number).to_string()).collect()
}

#[test]
fn the_most_urgent_come_first_then_the_oldest() {
    let db = directory();
    for (number, priority) in [(1, 3), (2, 2), (3, 1), (4, 2), (5, 1)] {
        JobRow { priority, ..job_row(number) }.save(&db);
    }
    assert_eq!(lease(&db, 1_000, &[], 3), ids(&[3, 5, 2]));
    assert_eq!(lease(&db, 1_000, &[], 3), ids(&[4, 1]));
    assert_eq!(lease(&db, 1_000, &[], 3), ids(&[]));
}

#[test]
fn a_lease_that_came_to_nothing_runs_out() {
    let db = directory();
    job_row(1).save(&db);
    assert_eq!(lease(&db, 1_000, &[], 1), ids(&[1]));
    assert_eq!(lease(&db, 1_000 + LEASE - 1, &[], 1), ids(&[]));
    assert_eq!(lease(&db, 1_000 + LEASE, &[], 1), ids(&[1]));
}

#[test]
fn a_job_that_comes_back_is_free_at_once() {
    let db = directory();
    job_row(1).save(&db);
    assert_eq!(lease(&db, 1_000, &[], 1), ids(&[1]));
    JobRow { status: "delivered", last_event: 2, ..job_row(1) }.save(&db);
    assert_eq!(lease(&db, 1_001, &[], 1), ids(&[]));
    JobRow { last_event: 3, ..job_row(1) }.save(&db);
    assert_eq!(lease(&db, 1_002, &[], 1), ids(&[1]));
}

#[test]
fn names_are_filtered() {
    let db = directory();
    for (number, name) in [(1, None), (2, Some("encode")), (3, Some("thumbnail")), (4, Some("encode"))] {
        JobRow { name, ..job_row(number) }.save(&db);
    }
    assert_eq!(lease(&db, 1_000, &["encode"], 1), ids(&[2]));
    assert_eq!(lease(&db, 1_000, &["encode", "other", "thumbnail"], 9), ids(&[3, 4]));
    assert_eq!(lease(&db, 1_000, &["other"], 9), ids(&[]));
    assert_eq!(lease(&db, 1_000, &[], 9), ids(&[1]));
}

#[test]
fn as_many_names_are_asked_for_as_a_poll_may_have() {
    let db = directory();
    let names: Vec<&'static str> = (0..jobcast::limits::POLL_NAMES).map(|at| &*format!("name {at}").leak()).collect();
    for (number, name) in (1..).zip(names.iter().copied()) {
        JobRow { name: Some(name), ..job_row(number) }.save(&db);
        JobRow { name: Some("other"), ..job_row(number + 1_000) }.save(&db);
    }
    assert_eq!(lease(&db, 1_000, &names, 3), ids(&[1, 2, 3]));
    assert_eq!(lease(&db, 1_000, &names, 100).len(), names.len() - 3);
}

#[test]
fn only_pending_jobs_of_the_own_project_are_taken() {
    let db = directory();
    let other = jobcast::id::ProjectId::new(jobcast::time::Timestamp(7), 7).to_string();
    add_project(&db, &other, "pk_2");
    JobRow { project: other, ..job_row(1) }.save(&db);
    for (number, status) in [(2, "scheduled"), (3, "delivered"), (4, "running"), (5, "completed"), (6, "failed"), (7, "cancelled")] {
        JobRow { status, ..job_row(number) }.save(&db);
    }
    job_row(8).save(&db);
    assert_eq!(lease(&db, 1_000, &[], 50), ids(&[8]));
}

/// What a poll that comes again under its key finds.
fn held(db: &Connection, key: &str) -> Vec<String> {
    let bounds = vec![text(project().as_str()), text(key), number(50)];
    let mut found: Vec<String> = rows(db, jobcast::sql::directory::held_jobs, bounds, |row| row.get("id"));
    found.sort();
    found
}

#[test]
fn a_poll_that_comes_again_finds_what_it_leased_and_what_it_holds_until_somebody_has_begun() {
    let db = directory();
    (1..=3).for_each(|number| job_row(number).save(&db));
    assert_eq!(lease_for(&db, Some("poll"), 1_000, &[], 2), ids(&[1, 2]));
    assert_eq!(held(&db, "poll"), ids(&[1, 2]));
    JobRow { status: "delivered", last_event: 2, claim: Some("poll"), ..job_row(1) }.save(&db);
    JobRow { status: "running", last_event: 2, ..job_row(2) }.save(&db);
    assert_eq!((held(&db, "poll"), held(&db, "another")), (ids(&[1]), vec![]));
    assert_eq!(lease_for(&db, Some("another"), 1_000, &[], 3), ids(&[3]));
    assert_eq!((held(&db, "poll"), held(&db, "another")), (ids(&[1]), ids(&[3])));
}

#[test]
fn a_lease_that_ran_out_is_the_next_polls_with_or_without_a_key() {
    let db = directory();
    job_row(1).save(&db);
    for (now, key) in [(0, Some("first")), (1, Some("second")), (2, None)] {
        assert_eq!(lease_for(&db, key, 1_000 + now * LEASE, &[], 1), ids(&[1]));
        assert_eq!(held(&db, "first"), if key == Some("first") { ids(&[1]) } else { vec![] });
    }
}

proptest! {
    #![proptest_config(crate::support::hostile::cases(64))]

    #[test]
    fn two_leases_never_hold_the_same_job(polls in proptest::collection::vec((0u64..LEASE, 1u64..6), 0..20)) {
        let db = directory();
        (1..=12).for_each(|number| job_row(number).save(&db));
        let (mut now, mut held) = (1_000, vec![]);
        for (later, count) in polls {
            now += later;
            held.retain(|(until, _): &(u64, String)| *until > now);
            let taken = lease(&db, now, &[], count);
            prop_assert!(taken.len() as u64 <= count);
            prop_assert!(taken.iter().all(|id| held.iter().all(|(_, other)| other != id)));
            prop_assert!(taken.len() as u64 == count || held.len() + taken.len() == 12, "free jobs were passed over");
            held.extend(taken.into_iter().map(|id| (now + LEASE, id)));
        }
    }
}
