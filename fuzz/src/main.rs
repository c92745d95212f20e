//! One fuzzer of libFuzzer's for all targets: `FUZZ_TARGET` names the one to try. `node tests/torture/fuzz.mjs` builds and runs it.
#![no_main]

mod properties;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PROPERTY: LazyLock<properties::Property> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    properties::find(&name).unwrap_or_else(|| panic!("{name} is no target"))
});

fuzz_target!(|input: &[u8]| PROPERTY(input));
