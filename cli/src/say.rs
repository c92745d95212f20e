//! Owns what a person hears. Words to stderr, so that stdout is for what was asked for: the answer, or JSON.

use serde_json::Value;
use std::io::Write;

pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "jobcast: {text}");
}

/// One document, or one line of many. Whoever reads us may have gone.
pub fn json(document: &Value) {
    line(&document.to_string());
}

pub fn line(text: &str) {
    if writeln!(std::io::stdout(), "{text}").and_then(|()| std::io::stdout().flush()).is_err() {
        // As other tools end when `head` has seen enough.
        std::process::exit(141);
    }
}
