//! Rows of jobs: forward only, counted by triggers, listed newest first.

use crate::support::build::{job_id, project};
use crate::{JobRow, add_project, directory, job_row, number, rows, run, text};
use jobcast::fields::Query;
use jobcast::id::ProjectId;
use jobcast::sql::directory as sql;
use jobcast::sql::list::{Bound, Listing, Words};
use jobcast::time::Timestamp;
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::BTreeMap;

const STATES: [&str; 7] = ["scheduled", "pending", "delivered", "running", "completed", "failed", "cancelled"];
pub const NAMES: [Option<&str>; 3] = [None, Some("encode"), Some("thumbnail")];
pub const PATHS: [Option<&str>; 3] = [None, Some("/a.mp4"), Some("/b.mp4")];

fn state_of(db: &Connection, row: &JobRow) -> Option<(String, u64)> {
    let found = rows(db, "SELECT status, last_event_id FROM jobs WHERE id = ?1", vec![text(row.id())], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    found.into_iter().next()
}

#[test]
fn a_row_only_moves_forward() {
    let db = directory();
    let at = |status, last_event| JobRow { status, last_event, ..job_row(1) };
    at("running", 20).save(&db);
    at("pending", 10).save(&db);
    assert_eq!(state_of(&db, &job_row(1)), Some(("running".to_owned(), 20)), "an older row is not written over a newer");
    at("failed", 20).save(&db);
    assert_eq!(state_of(&db, &job_row(1)), Some(("running".to_owned(), 20)), "the same event twice changes nothing");
    at("completed", 21).save(&db);
    assert_eq!(state_of(&db, &job_row(1)), Some(("completed".to_owned(), 21)));
}

#[test]
fn a_row_that_was_on_its_way_when_its_job_was_deleted_is_refused_until_none_can_be() {
    let db = directory();
    let late = JobRow { last_event: 7, ..job_row(1) };
    let forget_before = |at| run(&db, sql::forget_deletions, vec![number(at)]);
    for has_row in [true, false] {
        if has_row {
            job_row(1).save(&db);
        }
        run(&db, sql::remember_deletion, vec![text(late.id()), number(1_000)]);
        run(&db, sql::delete_job, vec![text(late.id())]);
        forget_before(1_000);
        late.save(&db);
        assert_eq!(state_of(&db, &late), None, "the row of a deleted job came back");
    }
    job_row(2).save(&db);
    assert!(state_of(&db, &job_row(2)).is_some(), "other jobs are not meant");
    forget_before(1_001);
    late.save(&db);
    assert!(state_of(&db, &late).is_some(), "a deletion is remembered for a while");
}

#[derive(Debug, Clone)]
enum Change {
    Save(JobRow),
    Delete(u128),
}

pub fn job_rows() -> impl Strategy<Value = JobRow> {
    let pick = proptest::sample::select::<Option<&'static str>>;
    (1u128..8, any::<bool>(), pick(NAMES.to_vec()), pick(PATHS.to_vec()), 0..STATES.len(), 1u64..=3, 1u64..20).prop_map(
        |(number, other, name, file_path, state, priority, last_event)| JobRow {
            // A job never changes its project or its name.
            number: number + if other { 100 } else { 0 } + name.map_or(0, |name| name.len() as u128 * 10),
            project: if other { other_project() } else { project().to_string() },
            name,
            file_path,
            status: STATES[state],
            priority,
            last_event,
            claim: None,
        },
    )
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => job_rows().prop_map(Change::Save),
        1 => job_rows().prop_map(|row| Change::Delete(row.number)),
    ];
    proptest::collection::vec(change, 0..60)
}

fn other_project() -> String {
    ProjectId::new(Timestamp(7), 7).to_string()
}

pub fn with_two_projects() -> Connection {
    let db = directory();
    add_project(&db, &other_project(), "pk_2");
    db
}

fn apply(db: &Connection, change: &Change) {
    match change {
        Change::Save(row) => row.save(db),
        Change::Delete(number) => {
            run(db, sql::delete_job, vec![text(job_id(*number).to_string())]);
        }
    }
}

fn counted(db: &Connection, project: &str) -> BTreeMap<String, u64> {
    let counts = rows(db, sql::count_jobs, vec![text(project)], |row| Ok((row.get(0)?, row.get(1)?)));
    counts.into_iter().filter(|(_, jobs)| *jobs > 0).collect()
}

fn recounted(db: &Connection, project: &str) -> BTreeMap<String, u64> {
    let count = "SELECT status, count(*) FROM jobs WHERE project_id = ?1 GROUP BY status";
    rows(db, count, vec![text(project)], |row| Ok((row.get(0)?, row.get(1)?))).into_iter().collect()
}

pub fn listing(query: &str, words: Words) -> Listing {
    Listing::parse(&Query::parse(Some(query)), words).expect("a good query")
}

fn listed(db: &Connection, project: &str, query: &str) -> Vec<String> {
    listed_in(db, project, query, Words::Canonical)
}

pub fn listed_in(db: &Connection, project: &str, query: &str, words: Words) -> Vec<String> {
    let (statement, bounds) = listing(query, words).page_statement();
    rows(db, &statement, bound(project, bounds), |row| row.get("id"))
}

fn total(db: &Connection, project: &str, query: &str) -> u64 {
    total_in(db, project, query, Words::Canonical)
}

pub fn total_in(db: &Connection, project: &str, query: &str, words: Words) -> u64 {
    let (statement, bounds) = listing(query, words).total_statement();
    rows(db, &statement, bound(project, bounds), |row| row.get("jobs")).remove(0)
}

pub fn bound(project: &str, bounds: Vec<Bound>) -> Vec<rusqlite::types::Value> {
    let value = |bound| match bound {
        Bound::Text(value) => text(value),
        Bound::Number(value) => number(value),
    };
    std::iter::once(text(project)).chain(bounds.into_iter().map(value)).collect()
}

proptest! {
    #![proptest_config(crate::support::hostile::cases(64))]

    #[test]
    fn what_the_triggers_keep_is_what_a_count_finds(changes in changes()) {
        let db = with_two_projects();
        for change in &changes {
            apply(&db, change);
            for project in [project().to_string(), other_project()] {
                prop_assert_eq!(counted(&db, &project), recounted(&db, &project));
            }
        }
    }

    #[test]
    fn a_row_shows_the_newest_event_that_was_ever_written(saved in proptest::collection::vec(job_rows(), 1..40)) {
        let db = with_two_projects();
        let mut newest: BTreeMap<u128, JobRow> = BTreeMap::new();
        for row in &saved {
            row.save(&db);
            let known = newest.entry(row.number).or_insert_with(|| row.clone());
            if row.last_event > known.last_event {
                *known = row.clone();
            }
        }
        for row in newest.values() {
            prop_assert_eq!(state_of(&db, row), Some((row.status.to_owned(), row.last_event)));
        }
    }

    #[test]
    fn a_list_is_what_its_filters_say_newest_first(
        saved in proptest::collection::vec(job_rows(), 0..30), state in proptest::option::of(0..STATES.len()),
        name in proptest::sample::select(NAMES.to_vec()), path in proptest::sample::select(PATHS.to_vec()), limit in 1usize..8, offset in 0usize..4,
    ) {
        let db = with_two_projects();
        saved.iter().for_each(|row| row.save(&db));
        let column = |name: &str, value: Option<&str>| value.map_or(String::new(), |value| format!("&{name}={value}"));
        let filters = [column("status", state.map(|state| STATES[state])), column("name", name), column("filePath", path)].concat();
        let condition = |column: &str, value: Option<&str>| value.map_or("1".to_owned(), |value| format!("{column} = '{value}'"));
        let wanted = format!(
            "SELECT id FROM jobs WHERE project_id = ?1 AND {} AND {} AND {} ORDER BY id DESC",
            condition("status", state.map(|state| STATES[state])), condition("name", name), condition("file_path", path),
        );
        let all: Vec<String> = rows(&db, &wanted, vec![text(project().as_str())], |row| row.get(0));
        let page: Vec<String> = all.iter().skip(offset).take(limit + 1).cloned().collect();
        prop_assert_eq!(listed(&db, project().as_str(), &format!("limit={limit}&offset={offset}{filters}")), page);
        prop_assert_eq!(total(&db, project().as_str(), &filters), all.len() as u64);
        if let Some(cursor) = all.get(offset) {
            let page: Vec<String> = all.iter().skip(offset + 1).take(limit + 1).cloned().collect();
            prop_assert_eq!(listed(&db, project().as_str(), &format!("limit={limit}&cursor={cursor}{filters}")), page);
        }
    }
}

#[test]
fn a_page_of_large_documents_ends_early_but_never_empty() {
    let db = directory();
    let large = |number: u128| {
        let mut bounds = job_row(number).bounds();
        bounds[9] = text(format!("\"{}\"", "x".repeat(jobcast::limits::PAGE_BYTES as usize / 2)));
        run(&db, sql::upsert_job, bounds);
    };
    (1..=5).for_each(large);
    assert_eq!(listed(&db, project().as_str(), "limit=4"), [job_id(5).to_string(), job_id(4).to_string()]);
    let (statement, bounds) = listing("limit=4", Words::Canonical).page_statement();
    let found: Vec<u64> = rows(&db, &statement, bound(project().as_str(), bounds), |row| row.get("found"));
    assert_eq!(found, [5, 5], "that more follow is told");
}
