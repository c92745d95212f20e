//! Owns the one notion of time: milliseconds since the Unix epoch, always an argument, never read from a clock.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch. Fits a JavaScript number until the year 287396.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// The last millisecond that ISO 8601 can write with a four-digit year (9999-12-31T23:59:59.999Z).
const LAST_ISO: u64 = 253_402_300_799_999;

impl Timestamp {
    /// ISO 8601 in UTC with milliseconds, as the contract writes every time: `2026-03-01T09:21:01.120Z`.
    pub fn iso(self) -> String {
        DateTime::from_timestamp_millis(self.0.min(LAST_ISO) as i64)
            .map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
            .unwrap_or_default()
    }

    /// Reads ISO 8601 / RFC 3339 with an offset. `None` for anything else and for times before 1970 or after 9999.
    pub fn parse_iso(text: &str) -> Option<Timestamp> {
        let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
        u64::try_from(millis).ok().filter(|millis| *millis <= LAST_ISO).map(Timestamp)
    }

    pub fn plus(self, milliseconds: u64) -> Timestamp {
        Timestamp(self.0.saturating_add(milliseconds))
    }

    /// Not before 1970.
    pub fn minus(self, milliseconds: u64) -> Timestamp {
        Timestamp(self.0.saturating_sub(milliseconds))
    }

    /// Milliseconds from `earlier` to `self`; 0 when the clock stepped back.
    pub fn since(self, earlier: Timestamp) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn iso_has_milliseconds_and_reads_back() {
        let time = Timestamp::parse_iso("2026-03-01T09:21:01.120Z").unwrap();
        assert_eq!(time.iso(), "2026-03-01T09:21:01.120Z");
    }

    #[test]
    fn an_offset_is_turned_into_utc() {
        let time = Timestamp::parse_iso("2026-03-01T10:21:01+01:00").unwrap();
        assert_eq!(time.iso(), "2026-03-01T09:21:01.000Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2026-03-01", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(Timestamp::parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_is_written_without_a_panic() {
        assert_eq!(Timestamp(u64::MAX).iso(), "9999-12-31T23:59:59.999Z");
    }
}
