//! Owns the reading of single fields of a JSON object or a query, each refusal naming its field.
//! Unknown fields are never looked at, so that a client which sends more still works (CONTRACT, “Errors”).

use crate::limits;
use crate::problem::{Code, Problem};
use crate::time::Timestamp;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// Parses a body. Malformed JSON is told with its line and column, and with the field in which it stands.
pub fn parse_json(bytes: &[u8]) -> Result<Value, Problem> {
    // As text, which everything else is read from too: `serde_json` has a reader of its own for bytes.
    let mut parser = serde_json::Deserializer::from_str(text(bytes)?);
    let value = serde_path_to_error::deserialize(&mut parser).map_err(|error| {
        let field = match error.path().to_string() {
            // The last is that of a field without a name.
            path if [".", "?", ""].contains(&path.as_str()) => "body".to_owned(),
            path => path,
        };
        malformed(field, error.inner())
    })?;
    parser.end().map_err(|error| malformed("body".to_owned(), &error))?;
    match nests(&value, limits::NESTING) {
        true => Ok(value),
        false => Err(Problem::field("body", format!("The body nests deeper than {} levels.", limits::NESTING))),
    }
}

/// A body as text.
pub fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let refusal = |_| Problem::new(Code::InvalidJson, "The body is not UTF-8.").with("field", "body");
    std::str::from_utf8(bytes).map_err(refusal)
}

/// Whether the value has at most so many levels.
pub fn nests(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(list) => levels > 0 && list.iter().all(|value| nests(value, levels - 1)),
        Value::Object(map) => levels > 0 && map.values().all(|value| nests(value, levels - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

pub fn malformed(field: String, error: &serde_json::Error) -> Problem {
    Problem::new(Code::InvalidJson, format!("The body is not valid JSON: {error}.")).with("field", field)
}

/// An object of a request, and where it stands (`""` for the body itself, `jobs[2].` for an entry).
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: String,
}

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value, at: &str) -> Result<Fields<'a>, Problem> {
        let name = if at.is_empty() { "body" } else { at.trim_end_matches('.') };
        let map = value.as_object().ok_or_else(|| Problem::field(name, format!("{name} must be a JSON object.")))?;
        Ok(Fields { map, at: at.to_owned() })
    }

    pub fn path(&self, name: &str) -> String {
        format!("{}{name}", self.at)
    }

    /// `null` counts as absent.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A non-empty text of at most `cap` characters. No NUL: SQLite's text functions end there.
    pub fn text(&self, name: &str, cap: usize) -> Result<Option<String>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let refuse = |what: String| Problem::field(self.path(name), format!("{} must be {what}.", self.path(name)));
        let text = value.as_str().ok_or_else(|| refuse("a string".to_owned()))?;
        match text.chars().count() {
            0 => Err(refuse("a non-empty string, or absent".to_owned())),
            _ if text.contains('\0') => Err(refuse("free of NUL characters".to_owned())),
            length if length > cap => Err(refuse(format!("at most {cap} characters long"))),
            _ => Ok(Some(text.to_owned())),
        }
    }

    pub fn whole(&self, name: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.as_u64().filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (path, low, high) = (self.path(name), range.start(), range.end());
                Err(Problem::field(&path, format!("{path} must be a whole number from {low} to {high}.")))
            }
        }
    }

    /// A finite number from 0 to 100.
    pub fn percent(&self, name: &str) -> Result<Option<f64>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.as_f64().filter(|number| (0.0..=100.0).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let path = self.path(name);
                Err(Problem::field(&path, format!("{path} must be a number from 0 to 100.")))
            }
        }
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        value.as_bool().map(Some).ok_or_else(|| Problem::field(&path, format!("{path} must be true or false.")))
    }

    pub fn object(&self, name: &str) -> Result<Option<Map<String, Value>>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        let object = value.as_object().cloned();
        object.map(Some).ok_or_else(|| Problem::field(&path, format!("{path} must be a JSON object.")))
    }

    /// A list of texts; `None` where it is absent.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        let refuse = || Problem::field(&path, format!("{path} must be a list of non-empty strings."));
        let list = value.as_array().ok_or_else(refuse)?;
        let text = |entry: &Value| entry.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        list.iter().map(|entry| text(entry).ok_or_else(refuse)).collect::<Result<Vec<_>, _>>().map(Some)
    }

    /// ISO 8601 with an offset.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        let time = value.as_str().and_then(Timestamp::parse_iso);
        let refuse = || Problem::field(&path, format!("{path} must be a time such as 2026-03-01T09:21:01.120Z."));
        time.map(Some).ok_or_else(refuse)
    }
}

/// The parameters of a query string; of a repeated one the first counts.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(query: Option<&str>) -> Query {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Query(pairs.into_owned().collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Like `get`, with an empty value taken for an absent one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// A whole number of at least `low`.
    pub fn whole(&self, name: &str, low: u64) -> Result<Option<u64>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse::<u64>().ok().filter(|number| *number >= low && *number < 1 << 53) {
            Some(number) => Ok(Some(number)),
            None => Err(Problem::field(name, format!("{name} must be a whole number from {low} on."))),
        }
    }

    /// A page's size: 1 or more; above its cap it is the cap, and the answer says so.
    pub fn limit(&self, default: u64, cap: u64) -> Result<u64, Problem> {
        Ok(self.whole("limit", 1)?.unwrap_or(default).min(cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_json_names_the_field_in_which_it_stands() {
        let problem = parse_json(br#"{"percent": NaN}"#).unwrap_err();
        assert_eq!((problem.code, &problem.details["field"]), (Code::InvalidJson, &Value::from("percent")));
        assert_eq!(parse_json(b"{").unwrap_err().details["field"], "body");
        assert_eq!(parse_json(b"{} x").unwrap_err().details["field"], "body");
        assert_eq!(parse_json(br#"{"": nan}"#).unwrap_err().details["field"], "body");
    }

    #[test]
    fn a_limit_above_its_cap_is_the_cap_and_nonsense_is_refused() {
        let limit = |query: &str| Query::parse(Some(query)).limit(50, 100);
        assert_eq!(limit("").unwrap(), 50);
        assert_eq!(limit("limit=1000").unwrap(), 100);
        for query in ["limit=0", "limit=abc", "limit=-1", "limit=1.5", "limit="] {
            assert_eq!(limit(query).unwrap_err().details["field"], "limit", "{query}");
        }
    }
}
