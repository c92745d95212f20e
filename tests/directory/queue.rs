//! What the queue view reads of the directory: lists in its own words, of which one stands for several states; the
//! newest job of a path; the counters.

use super::jobs::{NAMES, PATHS, job_rows, listed_in, total_in, with_two_projects};
use crate::support::build::{job_id, project};
use crate::{JobRow, directory, job_row, rows, run, text};
use jobcast::job::JobState;
use jobcast::sql::directory as sql;
use jobcast::sql::list::Words;
use jobcast::view::queue;
use proptest::prelude::*;
use rusqlite::Connection;

const WORDS: [(&str, &str); 6] = [
    ("pending", "'scheduled', 'pending', 'delivered'"),
    ("running", "'running'"),
    ("processing", "'running'"),
    ("completed", "'completed'"),
    ("error", "'failed'"),
    ("cancelled", "'cancelled'"),
];

/// The ids that a plain query finds, newest first.
fn plainly(db: &Connection, condition: &str) -> Vec<String> {
    let query = format!("SELECT id FROM jobs WHERE project_id = ?1 AND {condition} ORDER BY id DESC");
    rows(db, &query, vec![text(project().as_str())], |row| row.get(0))
}

proptest! {
    #![proptest_config(crate::support::hostile::cases(96))]

    #[test]
    fn a_list_of_the_queue_is_what_its_word_says_newest_first(
        saved in proptest::collection::vec(job_rows(), 0..40), (word, states) in proptest::sample::select(WORDS.to_vec()),
        name in proptest::sample::select(NAMES.to_vec()), path in proptest::sample::select(PATHS.to_vec()), limit in 1usize..8, offset in 0usize..6,
    ) {
        let db = with_two_projects();
        saved.iter().for_each(|row| row.save(&db));
        let equals = |column: &str, value: Option<&str>| value.map_or("1".to_owned(), |value| format!("{column} = '{value}'"));
        let all = plainly(&db, &format!("status IN ({states}) AND {} AND {}", equals("name", name), equals("file_path", path)));
        let asked = |field: &str, value: Option<&str>| value.map_or(String::new(), |value| format!("&{field}={value}"));
        let filters = format!("status={word}{}{}", asked("name", name), asked("filePath", path));
        let page = |query: String| listed_in(&db, project().as_str(), &query, Words::Queue);
        let from = |skip: usize| all.iter().skip(skip).take(limit + 1).cloned().collect::<Vec<_>>();

        prop_assert_eq!(page(format!("{filters}&limit={limit}&offset={offset}")), from(offset));
        prop_assert_eq!(total_in(&db, project().as_str(), &filters, Words::Queue), all.len() as u64);
        if let Some(cursor) = all.get(offset) {
            prop_assert_eq!(page(format!("{filters}&limit={limit}&cursor={cursor}")), from(offset + 1));
            prop_assert_eq!(page(format!("{filters}&limit={limit}&cursor={cursor}&offset=2")), from(offset + 3));
        }
    }
}

#[test]
fn an_offset_reaches_far_into_one_of_the_states_behind_a_word() {
    let db = directory();
    for (numbers, status) in [(1..=30, "pending"), (31..=32, "scheduled"), (33..=33, "running"), (34..=60, "delivered")] {
        numbers.for_each(|number| JobRow { status, ..job_row(number) }.save(&db));
    }
    let all = plainly(&db, "status <> 'running'");
    for offset in [0, 20, 26, 28, 40, 58, 59, 70] {
        let page = listed_in(&db, project().as_str(), &format!("status=pending&limit=3&offset={offset}"), Words::Queue);
        assert_eq!(page, all.iter().skip(offset).take(4).cloned().collect::<Vec<_>>(), "{offset}");
    }
}

fn newest_of(db: &Connection, project: &str, path: &str) -> Vec<String> {
    rows(db, sql::newest_of_path, vec![text(project), text(path)], |row| row.get("document"))
}

#[test]
fn of_the_jobs_of_a_path_the_newest_is_shown_whatever_its_state() {
    let db = with_two_projects();
    let at = |path| JobRow { file_path: Some(path), ..job_row(0) };
    JobRow { number: 3, status: "failed", ..at("/a.mp4") }.save(&db);
    JobRow { number: 2, status: "running", ..at("/a.mp4") }.save(&db);
    JobRow { number: 9, ..at("/b.mp4") }.save(&db);
    job_row(10).save(&db);
    let found = newest_of(&db, project().as_str(), "/a.mp4");
    assert_eq!(found.len(), 1);
    let shown = queue::video_status(serde_json::from_str(&found[0]).expect("JSON"));
    assert_eq!((&shown["jobId"], &shown["status"]), (&job_id(3).to_string().into(), &"error".into()));
    assert!(newest_of(&db, "prj_other", "/a.mp4").is_empty());
    assert!(newest_of(&db, project().as_str(), "/c.mp4").is_empty());
}

#[test]
fn statistics_count_each_state_once_under_its_word() {
    let db = directory();
    let states = JobState::ALL.map(JobState::word);
    for (place, status) in states.into_iter().enumerate() {
        // One of the first state, two of the second, and so on.
        (0..=place).for_each(|copy| JobRow { status, ..job_row((place * 10 + copy) as u128) }.save(&db));
    }
    run(&db, sql::delete_job, vec![text(job_id(60).to_string())]);
    let counts: Vec<(String, u64)> =
        rows(&db, sql::count_jobs, vec![text(project().as_str())], |row| Ok((row.get("status")?, row.get("jobs")?)));
    let counts = counts.iter().filter_map(|(status, jobs)| Some((JobState::parse(status)?, *jobs)));
    let expected = r#"{"total":27,"pending":6,"running":4,"completed":5,"error":6,"cancelled":6}"#;
    assert_eq!(queue::stats(counts).to_string(), expected);
}
