//! Owns the names of things: what an id looks like, how one is made from time and randomness, how one is read.
//! Invariant: a value of these types has the right shape, so that nothing behind the edge checks it again.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// The id of an event and the cursor of a stream: its time in milliseconds, made strictly increasing per log
/// (CONTRACT, “Ids”). Below 2^53, so that it crosses to JavaScript as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

impl EventId {
    /// The id that follows `self` in a log: now, or one later than the last where the clock has not moved on.
    pub fn next(self, now: Timestamp) -> EventId {
        EventId(now.0.max(self.0 + 1))
    }

    /// The place just before this event.
    pub fn before(self) -> EventId {
        EventId(self.0.saturating_sub(1))
    }

    /// An event's time. Under a burst of more than one event a millisecond it runs ahead of the clock by as much.
    pub fn time(self) -> Timestamp {
        Timestamp(self.0)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id: it sorts by `now`, and `entropy` (of which 80 bits are used) keeps it apart.
            pub fn new(now: Timestamp, entropy: u128) -> Self {
                Self(format!(concat!($prefix, "{}"), Ulid::from_parts(now.0, entropy)))
            }

            /// `None` unless `text` is the prefix and a ULID in its canonical upper-case form.
            pub fn parse(text: &str) -> Option<Self> {
                let ulid = text.strip_prefix($prefix)?;
                let canonical = Ulid::from_string(ulid).ok()?.to_string() == ulid;
                canonical.then(|| Self(text.to_owned()))
            }

            /// One that we made, as it was stored.
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    };
}

prefixed_id!(
    /// A job, `job_` and a ULID; also the name of its Durable Object.
    JobId,
    "job_"
);
prefixed_id!(
    /// A tenant.
    ProjectId,
    "prj_"
);
prefixed_id!(
    /// An API key's public name; the secret is never stored.
    KeyId,
    "key_"
);
prefixed_id!(
    /// One HTTP request, in `X-Request-Id` and in every error.
    RequestId,
    "req_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_log_always_grow_even_when_the_clock_steps_back() {
        let first = EventId::default().next(Timestamp(1_000));
        let second = first.next(Timestamp(1_000));
        let third = second.next(Timestamp(10));
        assert_eq!((first, second, third), (EventId(1_000), EventId(1_001), EventId(1_002)));
    }

    #[test]
    fn a_made_id_reads_back() {
        let id = JobId::new(Timestamp(1_700_000_000_000), 42);
        assert_eq!(JobId::parse(id.as_str()), Some(id));
    }

    #[test]
    fn what_is_no_job_id_is_refused() {
        let good = JobId::new(Timestamp(1_700_000_000_000), u128::MAX).to_string();
        for text in ["", "job_", "job_1", "prj_00000000000000000000000000", &good.to_lowercase(), &format!("{good}0")] {
            assert_eq!(JobId::parse(text), None, "{text}");
        }
    }
}
