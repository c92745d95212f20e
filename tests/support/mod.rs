//! What the host tests share: builders of jobs and commands, a job's life as its object leads it, samples of every
//! fact, hostile inputs, and a reader of event streams.

// Each test binary takes what it needs.
#![allow(dead_code)]

pub mod build;
pub mod facts;
pub mod format;
pub mod hostile;
pub mod reader;
pub mod story;
