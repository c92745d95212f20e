//! cargo: the bar `Building [===>   ] 12/34: serde, syn`. It prints none without a terminal unless
//! `CARGO_TERM_PROGRESS_WHEN=always` asks for it; counting “Compiling” lines against a lock file would be guessing.

use super::Reading;
use regex::Regex;
use std::sync::LazyLock;

static BAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(\w+)\s+\[[=> ]*\]\s+(\d+)/(\d+)(: .*?)?\s*$").expect("a pattern"));

#[derive(Debug)]
pub struct Cargo;

impl Cargo {
    pub fn read(&self, text: &str) -> Option<Reading> {
        let found = BAR.captures(text)?;
        let names = found.get(4).map(|names| names.as_str()).unwrap_or_default();
        let message = format!("{} {}/{}{names}", &found[1], &found[2], &found[3]);
        Reading::of(found[2].parse().ok()?, found[3].parse().ok()?, Some(message))
    }
}
