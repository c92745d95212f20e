//! Owns how a program's output becomes lines: where each ends, and which are only the next state of a line that is
//! redrawn in place. Refuses to own what they mean. Invariant: an update is never a log line, and no line is lost.

/// What one piece of output is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Stands for good.
    Line(String),
    /// Is drawn over: it ended with a carriage return.
    Update(String),
}

/// Which of the two a piece came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    pub fn word(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

/// Beyond this a line is cut in two: a program that never ends its line must not fill the memory.
const LONGEST: usize = 64 * 1024;

#[derive(Debug, Default)]
pub struct Splitter {
    begun: Vec<u8>,
    /// A carriage return was the last byte: whether it ends a line or an update depends on the next.
    returned: bool,
}

impl Splitter {
    pub fn push(&mut self, bytes: &[u8], mut piece: impl FnMut(Piece)) {
        for byte in bytes {
            match (byte, std::mem::take(&mut self.returned)) {
                (b'\n', _) => piece(Piece::Line(self.take())),
                (b'\r', before) => {
                    if before {
                        piece(Piece::Update(self.take()));
                    }
                    self.returned = true;
                }
                (other, before) => {
                    if before {
                        piece(Piece::Update(self.take()));
                    }
                    self.begun.push(*other);
                    if self.begun.len() >= LONGEST {
                        piece(Piece::Line(self.take()));
                    }
                }
            }
        }
    }

    /// What stood at the end without a line end.
    pub fn end(&mut self) -> Option<Piece> {
        let returned = std::mem::take(&mut self.returned);
        let rest = self.take();
        let empty = rest.is_empty();
        (!empty).then_some(if returned { Piece::Update(rest) } else { Piece::Line(rest) })
    }

    fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.begun);
        anstream::adapter::strip_str(&String::from_utf8_lossy(&bytes)).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(output: &str, fragment: usize) -> Vec<Piece> {
        let (mut splitter, mut pieces) = (Splitter::default(), vec![]);
        for bytes in output.as_bytes().chunks(fragment) {
            splitter.push(bytes, |piece| pieces.push(piece));
        }
        pieces.extend(splitter.end());
        pieces
    }

    fn line(text: &str) -> Piece {
        Piece::Line(text.to_owned())
    }

    fn update(text: &str) -> Piece {
        Piece::Update(text.to_owned())
    }

    #[test]
    fn lines_and_updates_are_told_apart_wherever_the_output_is_cut() {
        let expected = [line("one"), update("10 %"), update("20 %"), line("done"), line(""), line("rest ü")];
        for fragment in 1..9 {
            assert_eq!(pieces("one\r\n10 %\r20 %\rdone\n\nrest ü", fragment), expected, "{fragment}");
        }
    }

    #[test]
    fn an_update_at_the_very_end_is_none_of_the_lines() {
        assert_eq!(pieces("a\rb\r", 3), [update("a"), update("b")]);
    }

    #[test]
    fn colours_are_for_terminals_only() {
        assert_eq!(pieces("\u{1b}[1m\u{1b}[31merror\u{1b}[0m: no\n", 5), [line("error: no")]);
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let long = "x".repeat(LONGEST + 1);
        let lengths: Vec<usize> = pieces(&long, 999)
            .iter()
            .map(|piece| match piece {
                Piece::Line(text) | Piece::Update(text) => text.len(),
            })
            .collect();
        assert_eq!(lengths, [LONGEST, 1]);
    }
}
