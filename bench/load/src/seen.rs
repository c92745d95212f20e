//! What one stream saw.

use crate::sse::{Frame, leading_number};
use memchr::memmem;

/// How a stream came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    Clean,
    Cut,
    /// Answered with something other than a stream.
    Refused(u16),
    Unreachable,
}

impl Ending {
    pub fn word(self) -> String {
        match self {
            Ending::Clean => "clean".into(),
            Ending::Cut => "cut".into(),
            Ending::Refused(status) => format!("refused with {status}"),
            Ending::Unreachable => "unreachable".into(),
        }
    }
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Of every event but what a stream begins with.
    pub ids: Vec<u64>,
    /// The lines of the log, as ranges of their numbers; one range if none is missing, doubled or late.
    pub lines: Vec<(u64, u64)>,
    pub resets: u32,
    /// How often it was cut and taken up again.
    pub cuts: u32,
    pub ending: Option<Ending>,
}

impl Seen {
    /// The frame's id, if it counts as an event of the log.
    pub fn note(&mut self, frame: &Frame<'_>) -> Option<u64> {
        match frame.event {
            b"job:snapshot" | b"connected" | b"" => return None,
            b"reset" => {
                self.resets += 1;
                return None;
            }
            b"job:log" => self.note_lines(frame.data),
            _ => {}
        }
        self.ids.extend(frame.id);
        frame.id
    }

    fn note_lines(&mut self, data: &[u8]) {
        let range = (number(data, b"\"fromSeq\":"), number(data, b"\"toSeq\":"));
        let (Some(from), Some(to)) = range else { return };
        match self.lines.last_mut() {
            Some((_, last)) if *last + 1 == from => *last = to,
            _ => self.lines.push((from, to)),
        }
    }
}

/// The number after `name`, which stands near the beginning.
pub fn number(data: &[u8], name: &[u8]) -> Option<u64> {
    let near = &data[..data.len().min(200)];
    let at = memmem::find(near, name)? + name.len();
    leading_number(&near[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(ranges: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let mut seen = Seen::default();
        for (id, (from, to)) in (1..).zip(ranges) {
            let data = format!(r#"{{"fromSeq":{from},"toSeq":{to},"lines":[]}}"#);
            seen.note(&Frame { event: b"job:log", id: Some(id), data: data.as_bytes() });
        }
        seen.lines
    }

    #[test]
    fn lines_without_a_gap_are_one_range() {
        assert_eq!(lines(&[(1, 10), (11, 11), (12, 40)]), [(1, 40)]);
    }

    #[test]
    fn a_gap_and_a_double_each_begin_another() {
        assert_eq!(lines(&[(1, 10), (12, 20)]), [(1, 10), (12, 20)]);
        assert_eq!(lines(&[(1, 10), (10, 20)]), [(1, 10), (10, 20)]);
    }
}
