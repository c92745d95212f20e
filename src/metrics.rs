//! Owns what the service counts of itself, and how that is told: as the columns of a data point for Analytics Engine, and
//! as text ([exposition]).
//! Invariant: every label comes from a short list of ours, so that no caller can make the figures grow in number.

mod exposition;

use std::collections::BTreeMap;

pub use exposition::{Present, Total, text};

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
