//! Owns how long to wait before the next try. Invariant: never shorter than the service asked for, and never the same for a crowd.

use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(15);

/// Doubles from `base` with each of the `failures` so far; up to half of it is added by `chance` (0 to 1).
pub fn backoff(base: Duration, failures: u32, at_least: Option<Duration>, chance: f64) -> Duration {
    let doubled = base.saturating_mul(2u32.saturating_pow(failures.min(16))).min(LONGEST.max(base));
    doubled.max(at_least.unwrap_or_default()) + doubled.mul_f64(chance / 2.0)
}

/// 0 to 1, of the system's randomness: machines that were cut together must not come back together.
pub fn chance() -> f64 {
    entropy() as f64 / u64::MAX as f64
}

/// A key that no other request has.
pub fn unique() -> String {
    format!("{:016x}{:016x}", entropy(), entropy())
}

/// Without a source of randomness this program cannot tell its requests apart: then it must not go on.
fn entropy() -> u64 {
    getrandom::u64().expect("the system gives random bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_doubles_up_to_a_cap() {
        let waits: Vec<u64> = (0..7).map(|failures| backoff(SECOND, failures, None, 0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    }

    #[test]
    fn chance_only_adds() {
        assert_eq!(backoff(SECOND, 1, None, 1.0), 3 * SECOND);
    }

    #[test]
    fn what_the_service_asks_for_is_the_least() {
        assert_eq!(backoff(SECOND, 0, Some(10 * SECOND), 0.0), 10 * SECOND);
        assert_eq!(backoff(20 * SECOND, 3, None, 0.0), 20 * SECOND);
    }

    #[test]
    fn no_two_keys_are_alike() {
        assert_ne!(unique(), unique());
    }
}
