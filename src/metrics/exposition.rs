//! Owns the figures in the text format of Prometheus (version 0.0.4).

use super::{BUCKETS, Count};
use crate::job::JobState;
use crate::view::pipeline::plain;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A total as the directory keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    pub family: String,
    pub label: String,
    pub total: u64,
}

/// What is so now, and not counted up.
#[derive(Debug, Default)]
pub struct Present {
    pub open_streams: u64,
    /// Isolates of the Worker that told of themselves lately.
    pub isolates: u64,
    pub projects: u64,
    pub jobs: Vec<(JobState, u64)>,
}

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Labelled(&'static str),
    Histogram,
}

/// Each family that is counted up: its name, its kind, what it means.
const FAMILIES: [(&str, Kind, &str); 12] = [
    ("jobcast_answers_total", Kind::Labelled("status"), "Answers of the API."),
    ("jobcast_events_total", Kind::Counter, "Entries written to the logs of jobs."),
    ("jobcast_feed_entries_total", Kind::Counter, "Entries written to the feeds of projects."),
    ("jobcast_streams_opened_total", Kind::Counter, "Streams opened."),
    ("jobcast_streams_ended_total", Kind::Labelled("reason"), "Streams ended, by what ended them."),
    ("jobcast_replays_total", Kind::Counter, "Streams that went on from a cursor."),
    ("jobcast_resets_total", Kind::Counter, "Streams that were told that their cursor is no good."),
    ("jobcast_directory_refused_total", Kind::Counter, "Rows that D1 did not take; they are brought again."),
    (
        "jobcast_feed_refused_total",
        Kind::Counter,
        "Tellings that a project's feed did not take; they are brought again.",
    ),
    ("jobcast_outbox_lag_seconds", Kind::Histogram, "From an event to its project's feed."),
    ("jobcast_directory_lag_seconds", Kind::Histogram, "From an event to the job's row in D1."),
    ("jobcast_deadline_lag_seconds", Kind::Histogram, "From a job's deadline to the alarm that carried it out."),
];

/// The figures in the text format of Prometheus. Totals of families that this release does not know are left out.
pub fn text(totals: &[Total], present: &Present) -> String {
    let mut known: BTreeMap<(&str, String), u64> = BTreeMap::new();
    known.extend(Count::known().into_iter().map(|count| (count.series(), 0)));
    known.extend(totals.iter().map(|total| ((total.family.as_str(), total.label.clone()), total.total)));
    let mut out = String::new();
    for (family, kind, help) in FAMILIES {
        let labels = known.range((family, String::new())..).take_while(|((name, _), _)| *name == family);
        let labels: Vec<(&str, u64)> = labels.map(|((_, label), total)| (label.as_str(), *total)).collect();
        match kind {
            Kind::Counter => {
                head(&mut out, family, "counter", help);
                labels.iter().for_each(|(_, total)| line(&mut out, family, total));
            }
            Kind::Labelled(name) => {
                head(&mut out, family, "counter", help);
                labels.iter().for_each(|(label, total)| line(&mut out, &labelled(family, name, label), total));
            }
            Kind::Histogram => {
                head(&mut out, family, "histogram", help);
                histogram(&mut out, family, &labels);
            }
        }
    }
    gauges(&mut out, present);
    out
}

/// Kept by bucket, told cumulatively.
fn histogram(out: &mut String, family: &str, buckets: &[(&str, u64)]) {
    let of = |label: &str| buckets.iter().find(|(name, _)| *name == label).map_or(0, |(_, total)| *total);
    let mut so_far = 0;
    for (_, end) in BUCKETS {
        so_far += of(end);
        line(out, &labelled(&format!("{family}_bucket"), "le", end), so_far);
    }
    line(out, &format!("{family}_sum"), plain(of("sum") as f64 / 1_000.0));
    line(out, &format!("{family}_count"), so_far);
}

fn gauges(out: &mut String, present: &Present) {
    let mut gauge = |name: &str, help: &str, value: u64| {
        head(out, name, "gauge", help);
        line(out, name, value);
    };
    gauge("jobcast_open_streams", "Streams that are open.", present.open_streams);
    gauge("jobcast_isolates", "Isolates that told of themselves in the last minutes.", present.isolates);
    gauge("jobcast_projects", "Projects.", present.projects);
    head(out, "jobcast_jobs", "gauge", "Jobs that the directory has, by state.");
    for state in JobState::ALL {
        let jobs = present.jobs.iter().filter(|(counted, _)| *counted == state).map(|(_, jobs)| jobs).sum::<u64>();
        line(out, &labelled("jobcast_jobs", "status", state.word()), jobs);
    }
    head(out, "jobcast_build_info", "gauge", "The release that answers.");
    line(out, &labelled("jobcast_build_info", "version", env!("CARGO_PKG_VERSION")), 1);
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, series: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "{series} {value}");
}

/// A label's value is one of ours, or a number: there is nothing to escape.
fn labelled(name: &str, label: &str, value: &str) -> String {
    format!("{name}{{{label}=\"{value}\"}}")
}
