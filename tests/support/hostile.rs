//! Strategies for what a hostile or careless producer sends.

use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::{Map, Value};

/// Pieces that end lines, frames or strings somewhere, or look like fields of an event stream.
const PIECES: [&str; 20] = [
    "\n", "\r", "\r\n", "\n\n", "\0", "\u{2028}", "\u{2029}", "\u{85}", "\u{feff}", "\"", "\\", ":", " ", "data: ",
    "event: job:completed", "id: 9", "retry: 1", "🦀", "e\u{301}", "",
];

/// Any text, thick with the pieces above.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => string_regex("[a-z]{1,4}").expect("a regex"),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Any JSON, not deep.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

pub fn object() -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::vec((text(), json()), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// Names for stages: some that are refused, some strange ones that are not.
pub fn stage_name() -> impl Strategy<Value = String> {
    let tame = |text: String| text.replace(|letter: char| letter.is_control() || letter == ',', "").trim().to_owned();
    prop_oneof![text(), text().prop_map(tame)]
}

/// So many cases; a failure prints its smallest input, and leaves no file behind.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}
