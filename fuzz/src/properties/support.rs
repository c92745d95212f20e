//! What the host tests have too.
#![allow(dead_code, reason = "the host tests use the rest")]

#[path = "../../../tests/support/build.rs"]
pub mod build;
#[path = "../../../tests/support/reader.rs"]
pub mod reader;
#[path = "../../../tests/support/story.rs"]
pub mod story;
