//! Owns how far a command is, as its output tells. One file for each way of telling.
//! Invariant: what is no progress gives none; a percentage is always finite and from 0 to 100.

mod cargo;
mod ffmpeg;
mod pattern;
mod rsync;

use crate::output::Piece;
use crate::trouble::Trouble;
use cargo::Cargo;
use ffmpeg::Ffmpeg;
use pattern::Pattern;
use rsync::Rsync;
use std::path::Path;

#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub percent: f64,
    pub message: Option<String>,
}

impl Reading {
    /// `None` where the figures make no percentage.
    fn new(percent: f64, message: Option<String>) -> Option<Reading> {
        percent.is_finite().then(|| Reading { percent: percent.clamp(0.0, 100.0), message })
    }

    fn of(done: f64, total: f64, message: Option<String>) -> Option<Reading> {
        if total > 0.0 { Reading::new(done / total * 100.0, message) } else { None }
    }
}

/// How a command tells its progress.
#[derive(Debug)]
pub enum Parser {
    Ffmpeg(Ffmpeg),
    Cargo(Cargo),
    Rsync(Rsync),
    /// In every line, or only in those that are drawn over.
    Pattern(Pattern, Where),
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    Everywhere,
    Updates,
}

impl Parser {
    /// `how` as it was typed: a word, or a regular expression.
    pub fn choose(how: &str, command: &[String]) -> Result<Parser, Trouble> {
        Ok(match how {
            "auto" => Parser::for_command(command),
            "ffmpeg" => Parser::Ffmpeg(Ffmpeg::default()),
            "cargo" => Parser::Cargo(Cargo),
            "rsync" => Parser::Rsync(Rsync::of(command)),
            "percent" => Parser::Pattern(Pattern::percent(), Where::Everywhere),
            "none" => Parser::Silent,
            regex => Parser::Pattern(Pattern::parse(regex)?, Where::Everywhere),
        })
    }

    /// By the program, also behind `nice`, `env` and the like. Of any other, only a line that is drawn over counts:
    /// “coverage 85%” is no progress.
    fn for_command(command: &[String]) -> Parser {
        let program = |word: &String| match Path::new(word).file_name()?.to_str()? {
            "ffmpeg" => Some(Parser::Ffmpeg(Ffmpeg::default())),
            "cargo" => Some(Parser::Cargo(Cargo)),
            "rsync" => Some(Parser::Rsync(Rsync::of(command))),
            _ => None,
        };
        command.iter().find_map(program).unwrap_or_else(|| Parser::Pattern(Pattern::percent(), Where::Updates))
    }

    pub fn read(&mut self, piece: &Piece) -> Option<Reading> {
        let (Piece::Line(text) | Piece::Update(text)) = piece;
        match self {
            Parser::Ffmpeg(ffmpeg) => ffmpeg.read(text),
            Parser::Cargo(cargo) => cargo.read(text),
            Parser::Rsync(rsync) => rsync.read(text),
            Parser::Pattern(_, Where::Updates) if matches!(piece, Piece::Line(_)) => None,
            Parser::Pattern(pattern, _) => pattern.read(text),
            Parser::Silent => None,
        }
    }

    /// Variables that make the command tell its progress though nobody's terminal listens.
    pub fn environment(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Parser::Cargo(_) => &[("CARGO_TERM_PROGRESS_WHEN", "always"), ("CARGO_TERM_PROGRESS_WIDTH", "80")],
            Parser::Ffmpeg(_) | Parser::Rsync(_) | Parser::Pattern(..) | Parser::Silent => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Splitter;

    fn words(command: &str) -> Vec<String> {
        command.split(' ').map(str::to_owned).collect()
    }

    /// What a parser reads in the output that a real program gave.
    fn readings(how: &str, command: &str, output: &str) -> Vec<Reading> {
        let (mut parser, mut splitter, mut readings) =
            (Parser::choose(how, &words(command)).unwrap(), Splitter::default(), vec![]);
        splitter.push(output.as_bytes(), |piece| readings.extend(parser.read(&piece)));
        readings
    }

    fn percents(readings: &[Reading]) -> Vec<f64> {
        readings.iter().map(|reading| reading.percent.round()).collect()
    }

    #[test]
    fn ffmpeg_tells_the_time_of_its_input_s_duration() {
        let readings = readings(
            "auto",
            "nice -n 15 /usr/bin/ffmpeg -i in.mp4 out.mp4",
            include_str!("../../tests/output/ffmpeg.txt"),
        );
        let percents = percents(&readings);
        assert_eq!((percents.first(), percents.last()), (Some(&0.0), Some(&100.0)));
        assert!(percents.len() > 5 && percents.is_sorted(), "{percents:?}");
        assert_eq!(readings.last().unwrap().message.as_deref(), Some("00:00:20.01 of 00:00:20.00, 2.96x"));
    }

    #[test]
    fn ffmpeg_s_own_progress_protocol_is_read_too() {
        let with_duration = format!(
            "  Duration: 00:00:20.02, start: 0.000000\n{}",
            include_str!("../../tests/output/ffmpeg-progress.txt")
        );
        let percents = percents(&readings("ffmpeg", "sh encode.sh", &with_duration));
        assert!(percents.len() > 5 && percents.is_sorted(), "{percents:?}");
        assert_eq!(percents.last(), Some(&100.0));
    }

    #[test]
    fn cargo_tells_units_of_the_bar_that_it_is_asked_to_print() {
        let readings = readings("auto", "cargo build", include_str!("../../tests/output/cargo.txt"));
        assert_eq!(percents(&readings), [0.0, 25.0, 50.0, 75.0]);
        assert_eq!(readings[3].message.as_deref(), Some("Building 3/4: app(bin)"));
        assert_eq!(
            Parser::choose("auto", &words("cargo test")).unwrap().environment()[0].0,
            "CARGO_TERM_PROGRESS_WHEN"
        );
    }

    #[test]
    fn rsync_tells_all_bytes_with_progress2() {
        let readings =
            readings("auto", "rsync -a --info=progress2 a/ b/", include_str!("../../tests/output/rsync-progress2.txt"));
        assert_eq!(percents(&readings), [0.0, 20.0, 40.0, 59.0, 60.0, 80.0, 100.0, 100.0]);
        assert_eq!(readings[3].message.as_deref(), Some("17.02MB/s"));
    }

    #[test]
    fn rsync_tells_files_with_progress_alone() {
        let readings =
            readings("auto", "rsync -a --progress a/ b/", include_str!("../../tests/output/rsync-progress.txt"));
        assert_eq!(percents(&readings), [33.0, 50.0, 67.0, 83.0, 100.0]);
        assert_eq!(readings[4].message.as_deref(), Some("6 of 6 files"));
    }

    #[test]
    fn of_an_unknown_program_only_what_is_drawn_over_is_progress() {
        let output = "coverage 85%\n10%\r 55.5 % done\rfinished\n";
        assert_eq!(percents(&readings("auto", "make", output)), [10.0, 56.0]);
        assert_eq!(percents(&readings("percent", "make", output)), [85.0, 10.0, 56.0]);
    }

    #[test]
    fn a_pattern_of_ones_own_names_its_groups() {
        let output = "step 3 of 12: link\nstep 0 of 0\n";
        let read = readings(r"step (?P<current>\d+) of (?P<total>\d+): (?P<message>\w+)", "make", output);
        assert_eq!(read, [Reading { percent: 25.0, message: Some("link".to_owned()) }]);
        assert_eq!(percents(&readings(r"done=(?P<percent>[\d.]+)", "make", "done=250\ndone=.\n")), [100.0]);
    }

    #[test]
    fn a_pattern_that_says_nothing_of_progress_is_refused_with_what_it_needs() {
        for wrong in ["(", r"\d+", "(?P<total>x)"] {
            let error = Parser::choose(wrong, &[]).unwrap_err();
            assert!(matches!(&error, Trouble::Usage(text) if text.contains("--progress")), "{error}");
        }
    }

    #[test]
    fn none_reads_nothing() {
        assert_eq!(readings("none", "ffmpeg", "time=00:00:01\r50%\r"), []);
    }
}
