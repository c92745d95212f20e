//! What the fuzzer once found interesting, tried again with each run: one input a line in `fuzz/corpus/`, as a JSON string whose
//! letters are its bytes. `node tests/torture/fuzz.mjs` looks for more (docs/HOSTILE.md).

#[path = "../fuzz/src/properties/mod.rs"]
mod properties;

use std::fs;
use std::panic::catch_unwind;

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let file = format!("{}/fuzz/corpus/{target}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let lines = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let bytes = |line: &str| {
        serde_json::from_str::<String>(line).expect("a JSON string").chars().map(|letter| letter as u8).collect()
    };
    lines.lines().map(bytes).collect()
}

#[test]
fn every_input_that_was_ever_interesting_keeps_its_promise() {
    for (target, property) in properties::TARGETS {
        let inputs = inputs(target);
        assert!(inputs.len() > 10, "{target} has a corpus");
        for input in inputs {
            let told = format!("{target}: {}", input.escape_ascii());
            assert!(catch_unwind(|| property(&input)).is_ok(), "{told}");
        }
    }
}
