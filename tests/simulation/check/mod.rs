//! What is held against the history.

pub mod moves;
pub mod reading;
pub mod reports;
pub mod settled;
