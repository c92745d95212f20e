//! ffmpeg: `Duration:` of its inputs once, then `time=` in the line that it redraws, or `out_time=` of `-progress`.

use super::Reading;
use regex::Regex;
use std::sync::LazyLock;

static DURATION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*Duration: ((\d+):(\d\d):(\d\d(?:\.\d+)?)),"));
static TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\btime=((\d+):(\d\d):(\d\d(?:\.\d+)?))(?:.*?speed=\s*(\S+))?"));
static OUT_TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^out_time=((\d+):(\d\d):(\d\d(?:\.\d+)?))()"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// The longest of the inputs decides: a still picture or a short sound beside a film does not end it.
#[derive(Debug, Default)]
pub struct Ffmpeg {
    seconds: f64,
    text: String,
}

impl Ffmpeg {
    pub fn read(&mut self, text: &str) -> Option<Reading> {
        if let Some(found) = DURATION.captures(text) {
            if seconds(&found) > self.seconds {
                (self.seconds, self.text) = (seconds(&found), found[1].to_owned());
            }
            return None;
        }
        let found = OUT_TIME.captures(text).or_else(|| TIME.captures(text))?;
        let speed = found.get(5).map(|speed| speed.as_str()).filter(|speed| !speed.is_empty() && *speed != "N/A");
        let speed = speed.map(|speed| format!(", {speed}")).unwrap_or_default();
        Reading::of(seconds(&found), self.seconds, Some(format!("{} of {}{speed}", &found[1], self.text)))
    }
}

fn seconds(found: &regex::Captures<'_>) -> f64 {
    let part = |index: usize| found[index].parse::<f64>().unwrap_or_default();
    part(2) * 3_600.0 + part(3) * 60.0 + part(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_duration_there_is_no_percentage() {
        let mut ffmpeg = Ffmpeg::default();
        assert_eq!(ffmpeg.read("  Duration: N/A, start: 0.000000, bitrate: N/A"), None);
        assert_eq!(ffmpeg.read("frame=  103 fps= 46 size=  0kB time=00:00:04.15 bitrate=0.1kbits/s speed=1.85x"), None);
    }

    #[test]
    fn the_longest_input_counts() {
        let mut ffmpeg = Ffmpeg::default();
        for line in [
            "  Duration: 00:00:01.00, start: 0",
            "  Duration: 01:00:00.00, start: 0",
            "  Duration: 00:00:02.00, start: 0",
        ] {
            ffmpeg.read(line);
        }
        let reading = ffmpeg.read("size= 0kB time=00:30:00.00 bitrate=N/A speed=N/A").unwrap();
        assert_eq!((reading.percent, reading.message.as_deref()), (50.0, Some("00:30:00.00 of 01:00:00.00")));
    }
}
