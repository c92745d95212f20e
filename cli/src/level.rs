//! Owns which level a line of output has. A program's stderr is no list of errors (ffmpeg and cargo say everything
//! there), so the stream is told as the line's source, and the level only as the line itself begins to tell it.

use jobcast::event::LogLevel;
use jobcast::logs::parse_level;
use regex::Regex;
use std::sync::LazyLock;

/// What may stand before the word: times, and the name of a program or a place in a file.
const BEFORE: &str = r"^\s*(?:\d[\d:.,TZ+-]*\s+){0,2}(?:[\w./-]+(?::\d+)*:\s+)?";

/// `[warning]` · `error:`, `error[E0308]:` · `ERROR `. Without a mark or capitals the word is part of a sentence.
static WORDS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let any = "(?i:(trace|debug|info|warn|warning|error|fatal))";
    let capitals = "(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)";
    [format!(r"\[{any}\]"), format!(r"{any}(?:\[\w+\])?:"), format!(r"{capitals}\s")]
        .map(|word| Regex::new(&format!("{BEFORE}{word}")).expect("a pattern"))
});

pub fn level(line: &str) -> LogLevel {
    // Longer heads than this are no level, and a line may be 64 KiB.
    let head = &line[..line.floor_char_boundary(200)];
    let word = WORDS.iter().find_map(|word| word.captures(head)).and_then(|found| parse_level(&found[1]));
    word.unwrap_or(LogLevel::Info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_names_its_level_has_it() {
        let table = [
            ("error: could not compile `app`", LogLevel::Error),
            ("error[E0308]: mismatched types", LogLevel::Error),
            ("warning: unused variable: `x`", LogLevel::Warn),
            ("rsync: warning: some files vanished", LogLevel::Warn),
            ("main.c:12:5: error: expected ';'", LogLevel::Error),
            ("[debug] cache miss", LogLevel::Debug),
            ("2026-11-21T08:00:00Z ERROR cannot connect", LogLevel::Error),
            ("2026-11-21 08:00:00,123 WARNING slow", LogLevel::Warn),
            ("Error: ENOENT", LogLevel::Error),
            ("FATAL: the database is gone", LogLevel::Fatal),
        ];
        for (line, expected) in table {
            assert_eq!(level(line), expected, "{line}");
        }
    }

    #[test]
    fn a_line_that_only_speaks_of_errors_is_information() {
        for line in [
            "",
            "0 errors, 2 warnings",
            "   Compiling thiserror v2.0.1",
            "error rates fell",
            "test error_is_told ... ok",
        ] {
            assert_eq!(level(line), LogLevel::Info, "{line}");
        }
    }
}
