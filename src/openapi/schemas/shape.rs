//! Owns the building blocks of schemas (JSON Schema 2020-12), so that a schema reads like what it describes.

use serde_json::{Map, Value, json};

/// A schema of `components/schemas`.
pub fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub fn text() -> Value {
    json!({ "type": "string" })
}

/// Not empty, and at most so many characters.
pub fn text_up_to(characters: usize) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": characters })
}

pub fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// A whole number from `low` on.
pub fn whole(low: u64) -> Value {
    json!({ "type": "integer", "minimum": low })
}

pub fn whole_in(range: std::ops::RangeInclusive<u64>) -> Value {
    json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
}

pub fn number() -> Value {
    json!({ "type": "number", "minimum": 0 })
}

pub fn percent() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 100 })
}

pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// The one value that it has.
pub fn only(value: impl Into<Value>) -> Value {
    json!({ "const": value.into() })
}

pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": words.into_iter().collect::<Vec<_>>() })
}

/// Any JSON.
pub fn anything() -> Value {
    json!({})
}

/// Any JSON object.
pub fn any_object() -> Value {
    json!({ "type": "object", "additionalProperties": true })
}

pub fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// By name.
pub fn map(values: Value) -> Value {
    json!({ "type": "object", "additionalProperties": values })
}

pub fn one_of(schemas: Vec<Value>) -> Value {
    json!({ "oneOf": schemas })
}

/// Null where it does not apply.
pub fn nullable(mut schema: Value) -> Value {
    match schema.get("type").and_then(Value::as_str).map(str::to_owned) {
        Some(kind) if schema.get("enum").is_none() => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

/// With a sentence for whoever reads it.
pub fn note(mut schema: Value, about: &str) -> Value {
    schema["description"] = json!(about);
    schema
}

pub fn with_default(mut schema: Value, default: impl Into<Value>) -> Value {
    schema["default"] = default.into();
    schema
}

/// With an example, which a test holds against it.
pub fn with_example(mut schema: Value, example: Value) -> Value {
    schema["examples"] = json!([example]);
    schema
}

/// An object, field by field.
#[derive(Clone, Default)]
pub struct Object {
    fields: Map<String, Value>,
    required: Vec<&'static str>,
}

pub fn object() -> Object {
    Object::default()
}

impl Object {
    /// A field that is always there.
    pub fn has(mut self, name: &'static str, schema: Value) -> Object {
        self.required.push(name);
        self.may(name, schema)
    }

    pub fn may(mut self, name: &str, schema: Value) -> Object {
        self.fields.insert(name.to_owned(), schema);
        self
    }

    /// A later release may add a field.
    pub fn growing(self) -> Value {
        let mut schema = json!({ "type": "object" });
        if !self.required.is_empty() {
            schema["required"] = json!(self.required);
        }
        schema["properties"] = self.fields.into();
        schema
    }

    /// The contract names all of its fields.
    pub fn closed(self) -> Value {
        let mut schema = self.growing();
        schema["additionalProperties"] = json!(false);
        schema
    }

    /// Whoever makes it may add fields of its own.
    pub fn open(self) -> Value {
        let mut schema = self.growing();
        schema["additionalProperties"] = json!(true);
        schema
    }
}
