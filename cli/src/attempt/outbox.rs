//! Owns what waits to be told to the service: log lines, stages, the newest progress, and how it ended.
//! Invariant: its memory is bounded. Beyond it the oldest lines go, are counted, and the log says how many were lost.

use crate::output::Stream;
use crate::progress::Reading;
use crate::stages;
use jobcast::event::LogLevel;
use jobcast::limits;
use jobcast::time::Timestamp;
use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// As many as the service keeps of a job.
const LINES: usize = limits::LINES_KEPT as usize;
const BYTES: usize = 32 * 1024 * 1024;
/// A batch fits the wire even if it does not compress.
const BATCH_BYTES: usize = limits::LOG_BATCH_WIRE / 4 * 3;

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Completed { result: serde_json::Value },
    Failed { error: String, code: String },
}

/// In this order, so that the lines that led to a stage's end stand before it.
#[derive(Debug, Default)]
pub struct Round {
    /// Entries as JSON, of one batch.
    pub lines: Vec<String>,
    pub stages: Vec<stages::Report>,
    pub progress: Option<Reading>,
    /// Only when nothing else is left.
    pub outcome: Option<Outcome>,
}

impl Round {
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.stages.is_empty() && self.progress.is_none() && self.outcome.is_none()
    }
}

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<String>,
    bytes: usize,
    /// Lines that were dropped, all in all and since the log told of it.
    lost: u64,
    untold: u64,
    stages: Vec<stages::Report>,
    progress: Option<Reading>,
    outcome: Option<Outcome>,
    /// After this nobody waits any longer for the service.
    until: Option<Instant>,
}

#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Outbox {
    pub fn line(&self, stream: Stream, level: LogLevel, message: &str) {
        let message = &message[..message.floor_char_boundary(limits::LOG_LINE)];
        let entry = json!({ "level": level, "message": message, "timestamp": now().iso(), "source": stream.word() });
        let mut waiting = self.lock();
        waiting.push(entry.to_string());
        self.changed.notify_all();
    }

    pub fn stages(&self, reports: Vec<stages::Report>) {
        self.lock().stages.extend(reports);
        self.changed.notify_all();
    }

    /// The newest one is told.
    pub fn progress(&self, reading: Reading) {
        self.lock().progress = Some(reading);
        self.changed.notify_all();
    }

    /// Nothing follows; the service has so long to take it.
    pub fn finish(&self, outcome: Outcome, patience: Duration) {
        let mut waiting = self.lock();
        waiting.outcome = Some(outcome);
        waiting.until = Some(Instant::now() + patience);
        self.changed.notify_all();
    }

    /// Somebody does not want to wait.
    pub fn hurry(&self) {
        self.lock().until = Some(Instant::now());
        self.changed.notify_all();
    }

    pub fn is_late(&self) -> bool {
        self.lock().until.is_some_and(|until| Instant::now() >= until)
    }

    /// Waits for a pause to pass; the command's end, or whoever hurries, shortens it.
    pub fn pause(&self, pause: Duration) {
        let before = self.lock().until;
        let end = Instant::now() + pause;
        let mut waiting = self.lock();
        while waiting.until == before && Instant::now() < end {
            waiting = self.wait(waiting, end);
        }
    }

    /// What is to be told: not before `beat`, unless it is the end; an empty round once `keepalive` has come.
    pub fn round(&self, beat: Instant, keepalive: Instant) -> Round {
        let mut waiting = self.lock();
        loop {
            let now = Instant::now();
            let full = waiting.lines.len() >= limits::LOG_ENTRIES;
            if waiting.outcome.is_some() || full || (now >= beat && waiting.has_something()) {
                return waiting.take();
            }
            if now >= keepalive {
                return Round::default();
            }
            let next = if waiting.has_something() { beat.min(keepalive) } else { keepalive };
            waiting = self.wait(waiting, next);
        }
    }

    /// Lines that never reached the service: those dropped, and those that still wait.
    pub fn lost(&self) -> u64 {
        let waiting = self.lock();
        waiting.lost + waiting.lines.len() as u64
    }

    /// These were taken, and the service did not.
    pub fn lose(&self, lines: usize) {
        self.lock().lost += lines as u64;
    }

    fn wait<'a>(&'a self, waiting: MutexGuard<'a, Waiting>, until: Instant) -> MutexGuard<'a, Waiting> {
        let patience = until.saturating_duration_since(Instant::now());
        self.changed.wait_timeout(waiting, patience).unwrap_or_else(|poisoned| poisoned.into_inner()).0
    }

    /// A thread that panicked left whole values behind: each change is one push.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Waiting {
    fn has_something(&self) -> bool {
        !self.lines.is_empty() || !self.stages.is_empty() || self.progress.is_some()
    }

    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > LINES || self.bytes > BYTES {
            let Some(oldest) = self.lines.pop_front() else { return };
            self.bytes -= oldest.len();
            self.lost += 1;
            self.untold += 1;
        }
    }

    fn take(&mut self) -> Round {
        let lines = self.batch();
        let (stages, progress) = (std::mem::take(&mut self.stages), self.progress.take());
        let outcome = if self.lines.is_empty() { self.outcome.take() } else { None };
        Round { lines, stages, progress, outcome }
    }

    fn batch(&mut self) -> Vec<String> {
        let mut batch: Vec<String> = vec![];
        if std::mem::take(&mut self.untold) > 0 {
            batch.push(gap(self.lost));
        }
        let mut bytes = 0;
        while let Some(line) = self.lines.front() {
            bytes += line.len() + 1;
            if batch.len() >= limits::LOG_ENTRIES || (bytes > BATCH_BYTES && !batch.is_empty()) {
                break;
            }
            self.bytes -= line.len();
            batch.extend(self.lines.pop_front());
        }
        batch
    }
}

fn gap(lost: u64) -> String {
    let message = format!("jobcast: {lost} lines were lost so far: there were more than could wait for the service.");
    json!({ "level": "warn", "message": message, "timestamp": now().iso(), "source": "jobcast" }).to_string()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jobcast::logs::{BatchFormat, Encoding, parse_batch};

    fn at_once(outbox: &Outbox) -> Round {
        outbox.round(Instant::now(), Instant::now())
    }

    fn with_lines(count: usize, message: &str) -> Outbox {
        let outbox = Outbox::default();
        (0..count).for_each(|index| outbox.line(Stream::Stdout, LogLevel::Info, &format!("{index} {message}")));
        outbox
    }

    #[test]
    fn a_batch_is_one_that_the_service_takes() {
        for (count, message) in [(2_500, "short".to_owned()), (200, "\u{1}\"ü".repeat(8_000))] {
            let outbox = with_lines(count, &message);
            let mut told = 0;
            while let round = at_once(&outbox)
                && !round.is_empty()
            {
                let body = round.lines.join("\n");
                assert!(body.len() <= limits::LOG_BATCH_WIRE, "{}", body.len());
                told += parse_batch(body.as_bytes(), BatchFormat::NdJson, Encoding::Plain).unwrap().parts().count();
            }
            assert_eq!((told, outbox.lost()), (count, 0));
        }
    }

    #[test]
    fn beyond_its_bounds_the_oldest_lines_go_and_the_log_says_so() {
        let outbox = with_lines(LINES + 3, "x");
        let first = at_once(&outbox);
        assert!(first.lines[0].contains("3 lines were lost so far"), "{}", first.lines[0]);
        assert!(first.lines[1].contains("\"3 x\""), "{}", first.lines[1]);
        assert!(!at_once(&outbox).lines[0].contains("lost"));
    }

    #[test]
    fn only_the_newest_progress_is_told() {
        let outbox = Outbox::default();
        for percent in [1.0, 2.0, 3.0] {
            outbox.progress(Reading { percent, message: None });
        }
        assert_eq!(at_once(&outbox).progress.map(|reading| reading.percent), Some(3.0));
        assert!(at_once(&outbox).is_empty());
    }

    #[test]
    fn the_outcome_comes_after_every_line() {
        let outbox = with_lines(limits::LOG_ENTRIES + 1, "x");
        outbox.finish(Outcome::Completed { result: json!(null) }, Duration::ZERO);
        let far = Instant::now() + Duration::from_secs(60);
        assert_eq!(outbox.round(far, far).outcome, None);
        assert!(outbox.round(far, far).outcome.is_some());
        assert!(outbox.is_late());
    }
}
