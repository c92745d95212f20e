//! What isolates count, added up; and what a scrape reads.

use super::jobs::with_two_projects;
use crate::{job_row, migrated, number, rows, run, text};
use jobcast::metrics::{Count, Ending, Lag, Tally};
use jobcast::sql::directory as sql;
use rusqlite::Connection;

fn tell(db: &Connection, tally: &Tally) {
    run(db, sql::add_totals, vec![text(serde_json::to_string(&tally.rows()).expect("JSON"))]);
}

fn totals(db: &Connection) -> Vec<(String, String, u64)> {
    rows(db, sql::list_totals, vec![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

fn present(db: &Connection, since: u64) -> (u64, u64, u64) {
    rows(db, sql::present, vec![number(since)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).remove(0)
}

#[test]
fn what_isolates_tell_is_added_up_under_family_and_label() {
    let db = migrated();
    let mut tally = Tally::default();
    tally.add(Count::Event, 3);
    tally.add(Count::StreamEnded(Ending::SlowReader), 1);
    tally.late(Lag::Outbox, 1_500);
    tell(&db, &tally);
    tell(&db, &tally);
    tell(&db, &Tally::default());
    let expected = [
        ("jobcast_events_total", "", 6),
        ("jobcast_outbox_lag_seconds", "2.5", 2),
        ("jobcast_outbox_lag_seconds", "sum", 3_000),
        ("jobcast_streams_ended_total", "slow_reader", 2),
    ];
    assert_eq!(totals(&db), expected.map(|(family, label, total)| (family.to_owned(), label.to_owned(), total)));
}

#[test]
fn an_isolate_holds_what_it_told_last_until_it_has_been_silent_for_long() {
    let db = directory_of_isolates(&[("a", 4, 1_000), ("b", 2, 5_000), ("a", 3, 6_000)]);
    assert_eq!(present(&db, 0), (5, 2, 0));
    assert_eq!(present(&db, 5_500), (3, 1, 0), "b has not been heard of");
    run(&db, sql::forget_isolates, vec![number(5_500)]);
    assert_eq!(present(&db, 0), (3, 1, 0));
}

fn directory_of_isolates(told: &[(&str, u64, u64)]) -> Connection {
    let db = migrated();
    for (id, streams, at) in told {
        run(&db, sql::note_isolate, vec![text(*id), number(*streams), number(*at)]);
    }
    db
}

#[test]
fn jobs_are_counted_over_all_projects() {
    let db = with_two_projects();
    assert_eq!(present(&db, 0), (0, 0, 2));
    for id in 1..=3 {
        job_row(id).save(&db);
    }
    let counts: Vec<(String, u64)> = rows(&db, sql::count_all_jobs, vec![], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(counts.iter().map(|(_, jobs)| jobs).sum::<u64>(), 3);
}
