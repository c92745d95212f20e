//! Owns what of somebody else's text may reach this terminal: nothing that draws, moves, or turns the direction of what follows.

/// On one line: what steers becomes a blank.
pub fn one_line(text: &str) -> String {
    text.chars().map(|letter| if steers(letter) { ' ' } else { letter }).collect()
}

/// A line of a log: tabs stay, and it shows where something was.
pub fn log_line(text: &str) -> String {
    text.chars().map(|letter| if steers(letter) && letter != '\t' { '\u{fffd}' } else { letter }).collect()
}

/// Control characters, and Unicode's marks of direction that hold until they are taken back.
fn steers(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cannot_steer_the_terminal() {
        assert_eq!(log_line("a\tb\u{1b}]0;title\u{7}"), "a\tb\u{fffd}]0;title\u{fffd}");
        assert_eq!(one_line("x\ny\u{202e}gpj.exe"), "x y gpj.exe");
    }
}
