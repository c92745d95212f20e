//! Owns what the service counts of itself, and how that is told: in the text format of Prometheus (version 0.0.4), and as
//! the columns of a data point for Analytics Engine.
//! Invariant: every label comes from a short list of ours, so that no caller can make the figures grow in number.

use crate::job::JobState;
use crate::view::pipeline::plain;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How a stream came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Its object closed it: the job has ended, or was deleted.
    Finished,
    /// Its longest life, or its token's, was over.
    Cap,
    /// What it was opened with was taken back.
    Revoked,
    ReaderLeft,
    /// More waited for the reader than the service keeps.
    SlowReader,
    /// Its object could not go on with it.
    Failed,
    /// Its object had lost its memory, and was built again; or answered no heartbeat.
    LostObject,
}

impl Ending {
    const ALL: [Ending; 7] = [
        Ending::Finished,
        Ending::Cap,
        Ending::Revoked,
        Ending::ReaderLeft,
        Ending::SlowReader,
        Ending::Failed,
        Ending::LostObject,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Ending::Finished => "finished",
            Ending::Cap => "cap",
            Ending::Revoked => "revoked",
            Ending::ReaderLeft => "reader_left",
            Ending::SlowReader => "slow_reader",
            Ending::Failed => "failed",
            Ending::LostObject => "lost_object",
        }
    }
}

/// What comes late, if it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lag {
    /// From an event to its project's feed.
    Outbox,
    /// From an event to the job's row in D1.
    Directory,
    /// From a job's deadline (time-out, schedule, retry) to the alarm that carried it out.
    Deadline,
}

impl Lag {
    const ALL: [Lag; 3] = [Lag::Outbox, Lag::Directory, Lag::Deadline];

    fn family(self) -> &'static str {
        match self {
            Lag::Outbox => "jobcast_outbox_lag_seconds",
            Lag::Directory => "jobcast_directory_lag_seconds",
            Lag::Deadline => "jobcast_deadline_lag_seconds",
        }
    }
}

/// Where each bucket of a lag ends, ms, and in the seconds that Prometheus wants. Progress is told once a second, and the
/// alarm looks after five: what is beyond was in trouble.
const BUCKETS: [(u64, &str); 7] =
    [(100, "0.1"), (1_000, "1"), (2_500, "2.5"), (10_000, "10"), (60_000, "60"), (300_000, "300"), (u64::MAX, "+Inf")];

/// One thing that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Count {
    /// An answer of the API, by its status.
    Answer(u16),
    /// An entry of a job's log.
    Event,
    /// An entry of a project's feed.
    FeedEntry,
    StreamOpened,
    StreamEnded(Ending),
    /// A stream that went on from a cursor.
    Replay,
    /// A stream that was told that its cursor is no good.
    Reset,
    /// A write that D1 refused; the job's alarm brings it again.
    DirectoryRefused,
    /// A telling that a project's feed did not take; likewise.
    FeedRefused,
    /// A lag that fell into this bucket.
    Late(Lag, usize),
    /// All of a lag's milliseconds.
    LateMs(Lag),
}

impl Count {
    /// Under what it is kept: the family, and its label where the family has one.
    fn series(self) -> (&'static str, String) {
        let alone = |family| (family, String::new());
        match self {
            Count::Answer(status) => ("jobcast_answers_total", status.to_string()),
            Count::Event => alone("jobcast_events_total"),
            Count::FeedEntry => alone("jobcast_feed_entries_total"),
            Count::StreamOpened => alone("jobcast_streams_opened_total"),
            Count::StreamEnded(ending) => ("jobcast_streams_ended_total", ending.word().to_owned()),
            Count::Replay => alone("jobcast_replays_total"),
            Count::Reset => alone("jobcast_resets_total"),
            Count::DirectoryRefused => alone("jobcast_directory_refused_total"),
            Count::FeedRefused => alone("jobcast_feed_refused_total"),
            Count::Late(lag, bucket) => (lag.family(), BUCKETS[bucket].1.to_owned()),
            Count::LateMs(lag) => (lag.family(), "sum".to_owned()),
        }
    }

    /// All that are known beforehand. They are told as 0 before they first happen, so that a rate can be made of them.
    fn known() -> Vec<Count> {
        let mut known = vec![
            Count::Event,
            Count::FeedEntry,
            Count::StreamOpened,
            Count::Replay,
            Count::Reset,
            Count::DirectoryRefused,
            Count::FeedRefused,
        ];
        known.extend(Ending::ALL.map(Count::StreamEnded));
        for lag in Lag::ALL {
            known.extend((0..BUCKETS.len()).map(|bucket| Count::Late(lag, bucket)));
            known.push(Count::LateMs(lag));
        }
        known
    }
}

/// What was counted since it was last told.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Tally(BTreeMap<Count, u64>);

impl Tally {
    pub fn add(&mut self, count: Count, by: u64) {
        if by > 0 {
            *self.0.entry(count).or_default() += by;
        }
    }

    pub fn late(&mut self, lag: Lag, milliseconds: u64) {
        let bucket = BUCKETS.iter().position(|(end, _)| milliseconds <= *end).unwrap_or_default();
        self.add(Count::Late(lag, bucket), 1);
        self.add(Count::LateMs(lag), milliseconds);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes back what could not be told.
    pub fn merge(&mut self, other: &Tally) {
        other.0.iter().for_each(|(count, by)| self.add(*count, *by));
    }

    /// As the directory adds it up: family, label, number.
    pub fn rows(&self) -> Vec<(&'static str, String, u64)> {
        let row = |(count, by): (&Count, &u64)| {
            let (family, label) = count.series();
            (family, label, *by)
        };
        self.0.iter().map(row).collect()
    }

    /// One data point: what stands in which column is told by `COLUMNS`. New columns go to the end.
    pub fn columns(&self, open_streams: u64) -> Vec<f64> {
        let sum = |holds: fn(&Count) -> bool| {
            self.0.iter().filter(|(count, _)| holds(count)).map(|(_, by)| *by as f64).sum::<f64>()
        };
        COLUMNS.iter().map(|(_, holds)| holds.map_or(open_streams as f64, sum)).collect()
    }
}

type Holds = fn(&Count) -> bool;

/// The columns of a data point, `double1` and on: a name, and what is added up; nothing stands for the open streams. The
/// platform takes 20.
pub const COLUMNS: [(&str, Option<Holds>); 17] = [
    ("answers", Some(|count| matches!(count, Count::Answer(_)))),
    ("answers_4xx", Some(|count| matches!(count, Count::Answer(400..=499)))),
    ("answers_5xx", Some(|count| matches!(count, Count::Answer(500..)))),
    ("events", Some(|count| matches!(count, Count::Event))),
    ("feed_entries", Some(|count| matches!(count, Count::FeedEntry))),
    ("streams_opened", Some(|count| matches!(count, Count::StreamOpened))),
    ("streams_ended", Some(|count| matches!(count, Count::StreamEnded(_)))),
    ("slow_readers", Some(|count| matches!(count, Count::StreamEnded(Ending::SlowReader)))),
    ("broken_streams", Some(|count| matches!(count, Count::StreamEnded(Ending::Failed | Ending::LostObject)))),
    ("replays", Some(|count| matches!(count, Count::Replay))),
    ("resets", Some(|count| matches!(count, Count::Reset))),
    ("directory_refused", Some(|count| matches!(count, Count::DirectoryRefused))),
    ("feed_refused", Some(|count| matches!(count, Count::FeedRefused))),
    ("outbox_lag_ms", Some(|count| matches!(count, Count::LateMs(Lag::Outbox)))),
    ("directory_lag_ms", Some(|count| matches!(count, Count::LateMs(Lag::Directory)))),
    ("deadline_lag_ms", Some(|count| matches!(count, Count::LateMs(Lag::Deadline)))),
    ("open_streams", None),
];

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
