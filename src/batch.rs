//! Owns the outer shape of a JSON log batch: where each entry's text begins and ends, and nothing of its inside.
//! Invariant: reading it takes a few bytes an entry and never more than one entry above the cap, whatever the body
//! holds: eight megabytes of `0,` would be hundreds as parsed values, and an isolate has 128.

use crate::limits;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The entries' texts: a list, or an object's `logs`.
pub struct Batch<'a>(pub Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Batch<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(BatchVisitor).map(Batch)
    }
}

struct BatchVisitor;

impl<'de> Visitor<'de> for BatchVisitor {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of log entries, or an object with such a list as logs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = vec![];
        while entries.len() <= limits::LOG_ENTRIES {
            match list.next_element::<&RawValue>()? {
                Some(entry) => entries.push(entry),
                None => return Ok(entries),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut entries = None;
        while let Some(name) = object.next_key::<Cow<'de, str>>()? {
            match name.as_ref() {
                "logs" => entries = Some(object.next_value::<List<'de>>()?.0),
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        entries.ok_or_else(|| serde::de::Error::missing_field("logs"))
    }
}

/// `logs` itself: a list and nothing else.
struct List<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(BatchVisitor).map(List)
    }
}
