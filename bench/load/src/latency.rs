//! How long frames took, ms.

use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// What takes longer counts as this, ms.
const LONGEST: usize = 300_000;

#[derive(Default)]
pub struct Latency {
    /// Frames by how long they took.
    buckets: Vec<u64>,
    count: u64,
}

impl Latency {
    pub fn note(&mut self, id: u64, now: u64) {
        let took = (now.saturating_sub(id) as usize).min(LONGEST);
        if self.buckets.len() <= took {
            self.buckets.resize(took + 1, 0);
        }
        self.buckets[took] += 1;
        self.count += 1;
    }

    pub fn told(&self) -> Value {
        json!({ "count": self.count, "p50": self.share(0.5), "p99": self.share(0.99), "max": self.share(1.0) })
    }

    /// The time within which this share of the frames came.
    fn share(&self, share: f64) -> usize {
        let wanted = (self.count as f64 * share).ceil() as u64;
        let mut passed = 0;
        self.buckets
            .iter()
            .position(|count| {
                passed += count;
                passed >= wanted
            })
            .unwrap_or_default()
    }
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_frames() {
        let mut latency = Latency::default();
        (1..=100).for_each(|took| latency.note(1_000, 1_000 + took));
        assert_eq!(latency.told(), json!({ "count": 100, "p50": 50, "p99": 99, "max": 100 }));
    }
}
