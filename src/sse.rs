//! Owns the wire form of Server-Sent Events and the cursor that a reader brings back.
//! Source: the WHATWG HTML standard, “Server-sent events”; CONTRACT, “Streams”.
//! Invariant: no input can end a line or a frame early.

use crate::id::EventId;
use crate::problem::{Code, Problem};
use crate::replay::ResetReason;
use serde_json::json;
use std::fmt::Write;

/// One frame. One without an `id` leaves the reader's cursor where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub name: String,
    pub id: Option<EventId>,
    /// Any text; line ends of every kind become `data:` lines.
    pub data: String,
}

impl Frame {
    pub fn encode(&self, out: &mut String) {
        debug_assert!(!self.name.contains(['\r', '\n', '\0']), "an event's name is one line");
        let _ = writeln!(out, "event: {}", self.name);
        for line in lines(&self.data) {
            let _ = writeln!(out, "data: {line}");
        }
        // Last: some readers take the id for seen as soon as they read it, and would lose an event that is cut after it.
        if let Some(id) = self.id {
            let _ = writeln!(out, "id: {id}");
        }
        out.push('\n');
    }
}

/// Splits at CRLF, LF and CR alike: each of them ends a line of an event stream.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("\r\n").flat_map(|part| part.split(['\r', '\n']))
}

/// Asks the reader to wait so long before it comes back, ms.
pub fn retry_block(milliseconds: u64) -> String {
    format!("retry: {milliseconds}\n\n")
}

/// Tells that the reader's place is gone: what it missed between its cursor and `oldest` cannot be shown any more.
pub fn reset_frame(reason: ResetReason, oldest: EventId) -> Frame {
    Frame { name: "reset".to_owned(), id: None, data: json!({ "reason": reason, "oldest": oldest }).to_string() }
}

/// Sets the reader's cursor and dispatches no event: a reader that drops before the first one loses nothing.
pub fn cursor_block(id: EventId) -> String {
    format!("id: {id}\n\n")
}

/// The comment that keeps proxies from closing an idle stream.
pub const HEARTBEAT: &str = ": ping\n\n";

/// Reads a cursor: `Last-Event-ID`, else `lastEventId`. An empty one counts as none, as browsers send none then.
pub fn cursor(header: Option<&str>, query: Option<&str>) -> Result<Option<EventId>, Problem> {
    let given = [("Last-Event-ID", header.unwrap_or_default()), ("lastEventId", query.unwrap_or_default())];
    match given.into_iter().find(|(_, text)| !text.is_empty()) {
        None => Ok(None),
        Some((field, text)) => parse_cursor(text).map(Some).ok_or_else(|| bad_cursor(field)),
    }
}

/// Digits only (no sign, no space), below 2^53.
fn parse_cursor(text: &str) -> Option<EventId> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse::<u64>().ok()).flatten()?;
    (number < 1 << 53).then_some(EventId(number))
}

fn bad_cursor(field: &str) -> Problem {
    let message = format!("{field} must be the id of an event of this stream: send back the last one that you saw.");
    Problem::new(Code::InvalidCursor, message).with("field", field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(name: &str, id: Option<u64>, data: &str) -> String {
        let mut out = String::new();
        Frame { name: name.to_owned(), id: id.map(EventId), data: data.to_owned() }.encode(&mut out);
        out
    }

    #[test]
    fn a_frame_is_its_name_its_id_and_its_data() {
        assert_eq!(encoded("job:completed", Some(7), "{}"), "event: job:completed\ndata: {}\nid: 7\n\n");
        assert_eq!(encoded("heartbeat", None, "{}"), "event: heartbeat\ndata: {}\n\n");
    }

    #[test]
    fn every_kind_of_line_end_becomes_a_data_line() {
        assert_eq!(encoded("a", None, "1\n2\r\n3\r4"), "event: a\ndata: 1\ndata: 2\ndata: 3\ndata: 4\n\n");
    }

    #[test]
    fn the_header_wins_over_the_query() {
        assert_eq!(cursor(Some("5"), Some("6")).unwrap(), Some(EventId(5)));
        assert_eq!(cursor(None, Some("6")).unwrap(), Some(EventId(6)));
        assert_eq!(cursor(None, None).unwrap(), None);
        assert_eq!(cursor(Some(""), None).unwrap(), None);
    }

    #[test]
    fn a_malformed_cursor_is_refused_by_name() {
        for text in ["x", "-1", "+1", " 1", "1.0", "1e3", "9007199254740992", "99999999999999999999"] {
            let problem = cursor(None, Some(text)).unwrap_err();
            assert_eq!(
                (problem.code, &problem.details["field"]),
                (Code::InvalidCursor, &"lastEventId".into()),
                "{text}"
            );
        }
    }
}
