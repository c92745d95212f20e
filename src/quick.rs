//! Owns the quick reading of log batches: text that is read once, straight into the form in which it goes on.
//! Refuses nothing: where anything is out of the ordinary it gives up, and `logs` reads the batch again, with care, and
//! says what is wrong.
//! Invariant: what it takes, `logs` would have taken, and for the same.

use crate::event::LogLevel;
use crate::fields::nests;
use crate::limits;
use crate::log_batch::{LogBatch, NewLine};
use crate::logs::{ndjson_entries, parse_level};
use crate::plain_entry::{plain_entry, skipped};
use crate::time::Timestamp;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// A JSON list, or an object that has nothing but such a list as `logs`.
pub fn list(text: &[u8]) -> Option<LogBatch> {
    let text = skipped(std::str::from_utf8(text).ok()?);
    let Some(object) = text.strip_prefix('{') else {
        return listed(text).and_then(|(batch, after)| after.is_empty().then_some(batch));
    };
    let value = skipped(skipped(object).strip_prefix("\"logs\"")?).strip_prefix(':')?;
    let (batch, after) = listed(skipped(value))?;
    skipped(after.strip_prefix('}')?).is_empty().then_some(batch)
}

/// The entries of the list with which `text` begins, and what comes after it.
fn listed(text: &str) -> Option<(LogBatch, &str)> {
    let mut rest = skipped(text.strip_prefix('[')?);
    let mut batch = roomy(text.len());
    for _ in 0..limits::LOG_ENTRIES {
        let (Entry(line), after) = entry(rest)?;
        if rest.len() - after.len() > limits::LOG_ENTRY {
            return None;
        }
        batch.push(&line);
        let after = skipped(after);
        match after.strip_prefix(',') {
            Some(more) => rest = skipped(more),
            None => return Some((batch, skipped(after.strip_prefix(']')?))),
        }
    }
    None
}

/// The entry with which `text` begins, and what comes after it.
fn entry(text: &str) -> Option<(Entry<'_>, &str)> {
    if let Some((plain, after)) = plain_entry(text) {
        let text = |text| Some(Text(Cow::Borrowed(text)));
        let [level, timestamp, source] = [plain.level, plain.timestamp, plain.source].map(|said| said.map(text));
        let said = Said { level, timestamp, source, metadata: None };
        return Some((line::<serde_json::Error>(Cow::Borrowed(plain.message?), said).ok()?, after));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let entry = values.next()?.ok()?;
    Some((entry, text.get(values.byte_offset()..)?))
}

/// An entry a line.
pub fn lines(text: &[u8]) -> Option<LogBatch> {
    let mut batch = roomy(text.len());
    for (index, text) in ndjson_entries(text).enumerate() {
        let (Entry(line), after) = entry(std::str::from_utf8(text).ok()?)?;
        if index == limits::LOG_ENTRIES || text.len() > limits::LOG_ENTRY || !skipped(after).is_empty() {
            return None;
        }
        batch.push(&line);
    }
    (!batch.text().is_empty()).then_some(batch)
}

/// Most batches go on a little longer than they came; what is larger finds its room as it needs it.
fn roomy(bytes: usize) -> LogBatch {
    LogBatch::with_capacity((bytes + bytes / 4).min(limits::LOG_BATCH_WIRE))
}

struct Entry<'a>(NewLine<'a>);

impl<'de> Deserialize<'de> for Entry<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an entry")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        line(Cow::Borrowed(text), Said::default())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        line(Cow::Owned(text.to_owned()), Said::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut message, mut said) = (None, Said::default());
        while let Some(Text(name)) = fields.next_key()? {
            match name.as_ref() {
                "message" => once(&mut message, fields.next_value()?)?,
                "level" => once(&mut said.level, fields.next_value()?)?,
                "timestamp" => once(&mut said.timestamp, fields.next_value()?)?,
                "source" => once(&mut said.source, fields.next_value()?)?,
                "metadata" => once(&mut said.metadata, shallow(fields.next_value()?)?)?,
                _ => drop(shallow(fields.next_value()?)?),
            }
        }
        let Text(message) = message.ok_or_else(unusual)?;
        line(message, said)
    }
}

/// What an entry may say besides its message; `null` counts as absent.
#[derive(Default)]
struct Said<'a> {
    level: Option<Option<Text<'a>>>,
    timestamp: Option<Option<Text<'a>>>,
    source: Option<Option<Text<'a>>>,
    metadata: Option<Value>,
}

fn line<'a, E: Error>(message: Cow<'a, str>, said: Said<'a>) -> Result<Entry<'a>, E> {
    let level = said.level.flatten().map_or(Some(LogLevel::Info), |Text(word)| parse_level(&word));
    let time = said.timestamp.flatten().map(|Text(time)| Timestamp::parse_iso(&time).ok_or_else(unusual));
    let source = said.source.flatten().map(|Text(source)| source);
    let metadata = said.metadata.filter(|value| !value.is_null()).map(|value| value.to_string());
    let is_usual = message.len() <= limits::LOG_LINE
        && metadata.as_ref().is_none_or(|metadata| metadata.len() <= limits::LOG_LINE)
        // As many bytes are as many characters at the most.
        && source.as_ref().is_none_or(|source| (1..=limits::SHORT_TEXT).contains(&source.len()) && !source.contains('\0'));
    match level.filter(|_| is_usual) {
        Some(level) => Ok(Entry(NewLine { level, message, timestamp: time.transpose()?, source, metadata })),
        None => Err(unusual()),
    }
}

/// Of a field that comes twice the last counts, which is not looked into here.
fn once<T, E: Error>(place: &mut Option<T>, value: T) -> Result<(), E> {
    place.replace(value).map_or(Ok(()), |_| Err(unusual()))
}

/// The entry itself is a level.
fn shallow<E: Error>(value: Value) -> Result<Value, E> {
    if nests(&value, limits::NESTING - 1) { Ok(value) } else { Err(unusual()) }
}

fn unusual<E: Error>() -> E {
    E::custom("unusual")
}

/// A string, borrowed where it has no escape.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}
