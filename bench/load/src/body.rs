//! Takes an HTTP/1.1 answer apart as it comes: the head, then the body, in chunks or of a length that the head tells.

/// Where the next byte belongs.
enum Place {
    Head,
    Size,
    Data(usize),
    DataEnd,
    /// What is left of a body without chunks; of a stream that its server ends by closing, more than will ever come.
    Rest(usize),
    Over,
}

pub struct Answer {
    place: Place,
    /// What has come of a head or a size that is not complete.
    begun: Vec<u8>,
    pub status: u16,
}

impl Answer {
    pub fn new() -> Answer {
        Answer { place: Place::Head, begun: vec![], status: 0 }
    }

    /// Whether the answer has ended as it should.
    pub fn is_over(&self) -> bool {
        matches!(self.place, Place::Over)
    }

    /// Hands the body's bytes to `take`. An answer that tells neither chunks nor a length is over with its head.
    pub fn feed(&mut self, mut bytes: &[u8], mut take: impl FnMut(&[u8])) {
        while let Some(first) = bytes.first() {
            match self.place {
                Place::Data(left) => {
                    let (data, rest) = bytes.split_at(left.min(bytes.len()));
                    take(data);
                    self.place = if data.len() == left { Place::DataEnd } else { Place::Data(left - data.len()) };
                    bytes = rest;
                }
                Place::Rest(left) => {
                    let (data, rest) = bytes.split_at(left.min(bytes.len()));
                    take(data);
                    self.place = if data.len() == left { Place::Over } else { Place::Rest(left - data.len()) };
                    bytes = rest;
                }
                Place::Over => return,
                Place::Head | Place::Size | Place::DataEnd => {
                    self.begun.push(*first);
                    bytes = &bytes[1..];
                    self.turn();
                }
            }
        }
    }

    fn turn(&mut self) {
        let end: &[u8] = if matches!(self.place, Place::Head) { b"\r\n\r\n" } else { b"\r\n" };
        if !self.begun.ends_with(end) {
            return;
        }
        let text = String::from_utf8_lossy(&self.begun).to_ascii_lowercase();
        self.place = match self.place {
            Place::Head => {
                self.status = text.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
                if text.contains("transfer-encoding: chunked") { Place::Size } else { rest(&text) }
            }
            Place::DataEnd => Place::Size,
            Place::Size | Place::Data(_) | Place::Rest(_) | Place::Over => match usize::from_str_radix(text.trim(), 16)
            {
                Ok(size) if size > 0 => Place::Data(size),
                _ => Place::Over,
            },
        };
        self.begun.clear();
    }
}

/// By a head in small letters.
fn rest(head: &str) -> Place {
    let value = |name| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    match value("content-length:").and_then(|length| length.parse().ok()) {
        Some(length) if length > 0 => Place::Rest(length),
        None if value("content-type:").is_some_and(|kind| kind.starts_with("text/event-stream")) => {
            Place::Rest(usize::MAX)
        }
        _ => Place::Over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb\r\n, everybody\r\n0\r\n\r\n";

    #[test]
    fn a_body_is_read_however_it_is_cut() {
        for size in 1..=ANSWER.len() {
            let (mut answer, mut body) = (Answer::new(), vec![]);
            for piece in ANSWER.as_bytes().chunks(size) {
                answer.feed(piece, |bytes| body.extend_from_slice(bytes));
            }
            assert_eq!((answer.status, answer.is_over()), (200, true));
            assert_eq!(body, b"hello, everybody");
        }
    }

    #[test]
    fn an_answer_that_was_cut_is_not_over() {
        let mut answer = Answer::new();
        answer.feed(&ANSWER.as_bytes()[..ANSWER.len() - 12], |_| {});
        assert!(!answer.is_over());
    }

    #[test]
    fn a_body_without_chunks_is_over_after_its_length() {
        let text = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}";
        for size in 1..=text.len() {
            let (mut answer, mut body) = (Answer::new(), vec![]);
            for piece in text[..text.len() - 1].chunks(size) {
                answer.feed(piece, |bytes| body.extend_from_slice(bytes));
            }
            assert!(!answer.is_over());
            answer.feed(b"}", |bytes| body.extend_from_slice(bytes));
            assert_eq!((answer.status, answer.is_over(), &body[..]), (503, true, &b"{}"[..]));
        }
    }

    #[test]
    fn a_stream_that_tells_neither_chunks_nor_a_length_goes_on() {
        let (mut answer, mut body) = (Answer::new(), vec![]);
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n: hi\n";
        for piece in [&head[..], b"\nid: 1\n\n"] {
            answer.feed(piece, |bytes| body.extend_from_slice(bytes));
        }
        assert_eq!((answer.is_over(), &body[..]), (false, &b": hi\n\nid: 1\n\n"[..]));
    }

    #[test]
    fn an_answer_without_a_body_is_over_with_its_head() {
        let mut answer = Answer::new();
        answer.feed(b"HTTP/1.1 204 No Content\r\n\r\n", |_| {});
        assert_eq!((answer.status, answer.is_over()), (204, true));
    }
}
