//! A regular expression of one's own, with the group `percent`, or `current` and `total`; and `message` if it likes.

use super::Reading;
use crate::trouble::Trouble;
use regex::{Captures, Regex};

#[derive(Debug)]
pub struct Pattern(Regex);

impl Pattern {
    pub fn percent() -> Pattern {
        Pattern(Regex::new(r"(?P<percent>\d+(?:\.\d+)?)\s?%").expect("a pattern"))
    }

    pub fn parse(text: &str) -> Result<Pattern, Trouble> {
        let refuse = |why: &str| {
            Trouble::Usage(format!(
                "--progress {text}: {why}. Give auto, ffmpeg, cargo, rsync, percent, none, or a regular expression with \
                 the group (?P<percent>…), or with (?P<current>…) and (?P<total>…)."
            ))
        };
        let regex = Regex::new(text).map_err(|_| refuse("it is no regular expression"))?;
        let has = |name: &str| regex.capture_names().flatten().any(|group| group == name);
        let enough = has("percent") || (has("current") && has("total"));
        if enough { Ok(Pattern(regex)) } else { Err(refuse("it names no group that tells progress")) }
    }

    pub fn read(&self, text: &str) -> Option<Reading> {
        let found = self.0.captures(text)?;
        let message =
            found.name("message").map(|message| message.as_str().trim().to_owned()).filter(|text| !text.is_empty());
        match number(&found, "percent") {
            Some(percent) => Reading::new(percent, message),
            None => Reading::of(number(&found, "current")?, number(&found, "total")?, message),
        }
    }
}

fn number(found: &Captures<'_>, name: &str) -> Option<f64> {
    found.name(name)?.as_str().parse().ok()
}
