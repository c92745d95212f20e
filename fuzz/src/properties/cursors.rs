//! The place that a reader brings back: `Last-Event-ID`, else `lastEventId`.

use super::{parts, refused};
use jobcast::sse;

/// A line for the header, a line for the query.
pub fn cursor(input: &[u8]) {
    let Some([header, query]) = parts(input) else { return };
    let given = header.filter(|text| !text.is_empty()).or(query).filter(|text| !text.is_empty());
    match sse::cursor(header, query) {
        Ok(None) => assert_eq!(given, None),
        Ok(Some(id)) => {
            assert!(id.0 < 1 << 53, "it crosses to JavaScript as a number");
            let text = given.expect("a cursor that was sent");
            assert_eq!(
                text.trim_start_matches('0'),
                id.to_string().trim_start_matches('0'),
                "of the one that was sent"
            );
        }
        Err(problem) => refused(&problem),
    }
}
