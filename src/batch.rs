//! Owns the outer shape of a JSON log batch: where each entry's text begins and ends, and nothing of its inside.
//! Invariant: reading it takes a few bytes an entry and never more than one entry above the cap, whatever the body
//! holds: eight megabytes of `0,` would be hundreds as parsed values, and an isolate has 128.
//!
//! Not with `serde_json`'s `RawValue`: its feature lets a key of that name in *any* body stand for parsed text.

use crate::fields::{self, malformed};
use crate::limits;
use crate::problem::Problem;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Error};

/// The entries' texts of a list, or of an object's `logs`; at most one more than a batch may have.
pub fn entries(text: &[u8]) -> Result<Vec<&[u8]>, Problem> {
    // What is passed over is looked at here alone: `IgnoredAny` takes any bytes for text.
    fields::text(text)?;
    let mut parser = Deserializer::from_slice(text);
    IgnoredAny::deserialize(&mut parser).and_then(|_| parser.end()).map_err(syntax)?;
    let mut reader = Reader { text, at: 0 };
    match reader.peek() {
        Some(b'{') => Reader { text: reader.logs_of_object()?, at: 0 }.list(),
        _ => reader.list(),
    }
}

/// Walks over text that is known to be JSON; values are passed over by `serde_json` without being built.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn list(mut self) -> Result<Vec<&'a [u8]>, Problem> {
        let mut entries = vec![];
        if !self.take(b'[') {
            return Err(misshapen());
        }
        if self.take(b']') {
            return Ok(entries);
        }
        while entries.len() <= limits::LOG_ENTRIES {
            entries.push(self.value()?);
            if !self.take(b',') {
                break;
            }
        }
        Ok(entries)
    }

    /// The value of `logs`, the last one as in any JSON object.
    fn logs_of_object(&mut self) -> Result<&'a [u8], Problem> {
        let mut logs = None;
        self.take(b'{');
        while !self.take(b'}') {
            let name = self.value()?;
            self.take(b':');
            let value = self.value()?;
            self.take(b',');
            if serde_json::from_slice::<String>(name).is_ok_and(|name| name == "logs") {
                logs = Some(value);
            }
        }
        logs.ok_or_else(misshapen)
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_ascii_start().len();
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    /// Passes over one value, whatever it is.
    fn value(&mut self) -> Result<&'a [u8], Problem> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut values = Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        match values.next() {
            Some(Ok(_)) => {
                let value = rest.get(..values.byte_offset()).unwrap_or_default();
                self.at += value.len();
                Ok(value)
            }
            Some(Err(error)) => Err(syntax(error)),
            None => Err(misshapen()),
        }
    }
}

fn syntax(error: Error) -> Problem {
    malformed("body".to_owned(), &error)
}

fn misshapen() -> Problem {
    let shape = "The body must be a JSON list of log entries, or an object with such a list as logs.";
    Problem::field("logs", shape)
}

#[cfg(test)]
mod tests {
    use super::entries;

    fn texts(text: &str) -> Option<Vec<String>> {
        let entries = entries(text.as_bytes()).ok()?;
        Some(entries.into_iter().map(|entry| String::from_utf8_lossy(entry).into_owned()).collect())
    }

    #[test]
    fn both_shapes_give_their_entries_as_they_were_written() {
        let wanted = Some(vec!["\"a,]\"".to_owned(), "{\"m\": [1, 2]}".to_owned(), "3".to_owned()]);
        assert_eq!(texts(" [\"a,]\", {\"m\": [1, 2]} ,3] "), wanted);
        assert_eq!(texts("{\"x\": [9], \"logs\": [\"a,]\",{\"m\": [1, 2]},3], \"y\": {}}"), wanted);
        assert_eq!(texts("[]"), Some(vec![]));
    }

    #[test]
    fn what_has_another_shape_or_is_no_json_is_refused() {
        for text in [
            "",
            "{}",
            "1",
            "\"logs\"",
            "[1",
            "[1,]",
            "[1 2]",
            "[1]]",
            "{\"logs\": 1}",
            "{\"logs\": [1]",
            "{logs: []}",
            "[1] [2]",
            "{\"logs\"}",
        ] {
            assert_eq!(texts(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_wherever_they_stand() {
        for bytes in
            [&b"[\"\xff\"]"[..], b"{\"x\": \"\xff\", \"logs\": [1]}", b"{\"\xff\": 1, \"logs\": [1]}", b"[1] \xff"]
        {
            assert!(entries(bytes).is_err(), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_bomb_of_small_values_is_passed_over() {
        let bomb = format!("[{}0]", "0,".repeat(4_000_000));
        assert_eq!(entries(bomb.as_bytes()).unwrap().len(), crate::limits::LOG_ENTRIES + 1);
    }
}
