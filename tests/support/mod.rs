//! What the host tests share: builders of jobs and commands, and a job's life as its object leads it.

// Each test binary takes what it needs.
#![allow(dead_code)]

pub mod build;
pub mod story;
