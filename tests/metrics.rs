//! The figures as Prometheus reads them, and the columns of a data point.

use jobcast::job::JobState;
use jobcast::metrics::{COLUMNS, Count, Ending, Lag, Present, Tally, Total, text};
use std::collections::HashSet;

/// As the directory would give them back.
fn totals(tally: &Tally) -> Vec<Total> {
    let total = |(family, label, total): (&str, String, u64)| Total { family: family.to_owned(), label, total };
    tally.rows().into_iter().map(total).collect()
}

fn told(tally: &Tally) -> String {
    text(&totals(tally), &Present::default())
}

fn lines(text: &str, start: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
}

#[test]
fn nothing_that_happened_is_told_as_zero_so_that_a_rate_can_be_made_of_it() {
    let text = told(&Tally::default());
    assert_eq!(lines(&text, "jobcast_events_total"), ["jobcast_events_total 0"]);
    assert_eq!(lines(&text, "jobcast_streams_ended_total{").len(), 7);
    assert!(lines(&text, "jobcast_deadline_lag_seconds_bucket").iter().all(|line| line.ends_with(" 0")));
}

#[test]
fn every_series_has_one_head_with_its_type_and_no_series_stands_twice() {
    let mut tally = Tally::default();
    [200, 404, 503].into_iter().for_each(|status| tally.add(Count::Answer(status), 1));
    let text = told(&tally);
    let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name).collect();
    assert_eq!(series.iter().collect::<HashSet<_>>().len(), series.len());
    for name in series {
        let family = name.split('{').next().unwrap();
        let bare = ["_bucket", "_sum", "_count"].iter().find_map(|end| family.strip_suffix(end)).unwrap_or(family);
        assert_eq!(lines(&text, &format!("# TYPE {bare} ")).len(), 1, "{name}");
    }
    assert!(text.ends_with('\n'));
}

#[test]
fn the_buckets_of_a_lag_are_cumulative_and_end_in_its_count() {
    let mut tally = Tally::default();
    [0, 100, 101, 9_999, 3_600_000].into_iter().for_each(|milliseconds| tally.late(Lag::Directory, milliseconds));
    let text = told(&tally);
    let ends: Vec<_> = ["0.1", "1", "2.5", "10", "60", "300", "+Inf"].into_iter().zip([2, 3, 3, 4, 4, 4, 5]).collect();
    let buckets: Vec<_> = ends.iter().map(|(end, count)| format!("jobcast_directory_lag_seconds_bucket{{le=\"{end}\"}} {count}")).collect();
    assert_eq!(lines(&text, "jobcast_directory_lag_seconds_bucket"), buckets);
    assert_eq!(lines(&text, "jobcast_directory_lag_seconds_sum"), ["jobcast_directory_lag_seconds_sum 3610.2"]);
    assert_eq!(lines(&text, "jobcast_directory_lag_seconds_count"), ["jobcast_directory_lag_seconds_count 5"]);
}

#[test]
fn a_total_of_another_release_is_left_out() {
    let strange = Total { family: "jobcast_events_total_v2".to_owned(), label: String::new(), total: 7 };
    assert_eq!(text(&[strange], &Present::default()), told(&Tally::default()));
}

#[test]
fn what_is_so_now_is_told_beside_what_was_counted() {
    let present = Present { open_streams: 12, isolates: 2, projects: 3, jobs: vec![(JobState::Running, 4), (JobState::Failed, 1)] };
    let text = text(&[], &present);
    assert_eq!(lines(&text, "jobcast_open_streams"), ["jobcast_open_streams 12"]);
    let jobs = ["scheduled", "pending", "delivered", "running", "completed", "failed", "cancelled"].into_iter().zip([0, 0, 0, 4, 0, 1, 0]);
    let expected: Vec<_> = jobs.map(|(status, jobs)| format!("jobcast_jobs{{status=\"{status}\"}} {jobs}")).collect();
    assert_eq!(lines(&text, "jobcast_jobs{"), expected, "a state without jobs is told too");
}

#[test]
fn what_could_not_be_told_is_told_with_the_next() {
    let (mut tally, mut next) = (Tally::default(), Tally::default());
    tally.add(Count::Event, 2);
    next.add(Count::Event, 1);
    next.add(Count::Reset, 1);
    next.merge(&tally);
    assert_eq!(next.rows(), [("jobcast_events_total", String::new(), 3), ("jobcast_resets_total", String::new(), 1)]);
    assert!(!next.is_empty() && Tally::default().is_empty());
}

#[test]
fn a_data_point_has_its_columns_where_the_table_says() {
    let mut tally = Tally::default();
    [200, 404, 404, 503].into_iter().for_each(|status| tally.add(Count::Answer(status), 1));
    tally.add(Count::Event, 9);
    tally.add(Count::StreamEnded(Ending::SlowReader), 2);
    tally.add(Count::StreamEnded(Ending::LostObject), 1);
    tally.late(Lag::Deadline, 70);
    let columns = tally.columns(5);
    let of = |name: &str| columns[COLUMNS.iter().position(|(column, _)| *column == name).expect(name)];
    let named = ["answers", "answers_4xx", "answers_5xx", "events", "streams_ended", "slow_readers", "broken_streams", "deadline_lag_ms", "open_streams"];
    assert_eq!(named.map(of), [4.0, 2.0, 1.0, 9.0, 3.0, 2.0, 1.0, 70.0, 5.0]);
    // Analytics Engine's limit.
    assert!(COLUMNS.len() <= 20);
}
