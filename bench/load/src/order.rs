//! What the caller may ask for.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Order {
    /// Opens `times` streams of each path and answers once each has had its first frame with an id, or has ended.
    Open {
        paths: Vec<String>,
        times: usize,
        #[serde(default)]
        pace: Pace,
        cursor: Option<u64>,
        /// A stream that is cut is taken up again by its cursor, as an `EventSource` does.
        #[serde(default)]
        resumes: bool,
        /// Connections that are being opened at one time.
        at_once: usize,
    },
    /// Answers once all streams together have had so many frames with an id since the crowd began, or have ended, or after `within`
    /// milliseconds.
    Frames { count: u64, within: Option<u64> },
    /// How long frames took until here, since it was asked the last time: from their id, which is the service's clock when
    /// they became durable; and as `fromReport` those of `Pace` from when their report was due.
    Latency,
    /// Streams that were stopped or slow read on, as fast as they can. Answers once all have ended.
    Release,
    /// Answers once all streams have ended.
    Ended,
    /// What the streams saw, those alike together.
    Tally,
    /// Leaves all streams and forgets them.
    Leave { how: Leaving },
    /// Reports as fast as the answers come.
    Produce(Load),
    /// Reports `count` times on one job, whose `path` this is, every `milliseconds`, whether or not answers have come. `headers` are
    /// complete lines.
    Pace { path: String, headers: String, count: usize, milliseconds: u64 },
    /// Opens `count` connections that leave at `when`, `at_once` of them at a time.
    Churn { paths: Vec<String>, count: usize, when: Moment, how: Leaving, at_once: usize },
}

/// What producers send, and until when.
#[derive(Debug, Deserialize)]
pub struct Load {
    pub connections: usize,
    /// For how long, how often, or whichever comes first.
    pub milliseconds: Option<u64>,
    pub count: Option<usize>,
    /// Each gets each of the bodies, in turn. Without any, each connection brings about whole lives of jobs.
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub bodies: Vec<Vec<u8>>,
    /// Complete lines.
    #[serde(default)]
    pub headers: String,
}

/// How fast a reader takes what comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pace {
    #[default]
    Full,
    /// Reads its first frame and then no more.
    Stopped,
    /// Reads its first frame and then one byte a second.
    Drip,
}

/// How a connection is given up.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Leaving {
    /// FIN: the reader closes.
    Finish,
    /// RST: the reader is gone.
    Reset,
}

/// When a connection is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    /// Connected, and nothing asked.
    Connected,
    /// In the middle of the request's head.
    HalfAsked,
    /// Asked, and nothing read.
    Asked,
    /// After the first frame.
    Begun,
}
