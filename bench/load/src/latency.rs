//! How long something took, in tenths of a millisecond.

use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds of one bucket.
const BUCKET: u64 = 100;
/// What takes longer counts as this, in buckets: 300 s.
const LONGEST: usize = 3_000_000;

#[derive(Default)]
pub struct Latency {
    /// How many took so many buckets.
    buckets: Vec<u64>,
    count: u64,
}

impl Latency {
    /// Since and until when, microseconds.
    pub fn note(&mut self, since: u64, now: u64) {
        let took = ((now.saturating_sub(since) / BUCKET) as usize).min(LONGEST);
        if self.buckets.len() <= took {
            self.buckets.resize(took + 1, 0);
        }
        self.buckets[took] += 1;
        self.count += 1;
    }

    /// In milliseconds.
    pub fn told(&self) -> Value {
        json!({ "count": self.count, "p50": self.share(0.5), "p99": self.share(0.99), "max": self.share(1.0) })
    }

    /// The time within which this share of them came, ms.
    fn share(&self, share: f64) -> f64 {
        let wanted = (self.count as f64 * share).ceil() as u64;
        let mut passed = 0;
        let bucket = self.buckets.iter().position(|count| {
            passed += count;
            passed >= wanted
        });
        (bucket.unwrap_or_default() as u64 * BUCKET) as f64 / 1_000.0
    }
}

/// Microseconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_frames() {
        let mut latency = Latency::default();
        (1..=100).for_each(|took| latency.note(1_000_000, 1_000_000 + took * 1_000));
        assert_eq!(latency.told(), json!({ "count": 100, "p50": 50.0, "p99": 99.0, "max": 100.0 }));
    }
}
