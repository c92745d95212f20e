//! rsync: with `--info=progress2` the percentage is of everything; with `--progress` it is of one file, and the whole
//! is known by the files that are left (`to-chk=3/6`), once rsync has seen them all (before that it says `ir-chk`).

use super::Reading;
use regex::Regex;
use std::sync::LazyLock;

static BYTES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*[\d,.]+\w*\s+(\d+)%\s+(\S+/s)\s+[\d:?]+").expect("a pattern"));
static FILES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"to-chk=(\d+)/(\d+)\)").expect("a pattern"));

#[derive(Debug)]
pub struct Rsync {
    whole: bool,
}

impl Rsync {
    pub fn of(command: &[String]) -> Rsync {
        Rsync { whole: command.iter().any(|word| word.contains("progress2")) }
    }

    pub fn read(&self, text: &str) -> Option<Reading> {
        if self.whole {
            let found = BYTES.captures(text)?;
            return Reading::new(found[1].parse().ok()?, Some(found[2].to_owned()));
        }
        let found = FILES.captures(text)?;
        let (left, total): (f64, f64) = (found[1].parse().ok()?, found[2].parse().ok()?);
        Reading::of(total - left, total, Some(format!("{} of {total} files", total - left)))
    }
}
