//! The committed OpenAPI document against what the service is: the route table, the codes, the words, the caps.

use std::path::Path;

#[test]
fn the_committed_document_is_the_one_that_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = jobcast::openapi::text();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &made).expect("openapi.json is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "openapi.json is not up to date: UPDATE_OPENAPI=1 cargo test --test openapi");
}
