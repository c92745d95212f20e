//! Reads server-sent events as our encoder and those of the peers write them (one `data` line, `\n` only), at a price that is small
//! beside what it takes to write them.

use memchr::memchr_iter;

/// A block that has an event or an id.
pub struct Frame<'a> {
    pub event: &'a [u8],
    /// The number with which it begins: Nchan's are “1795286388:1”.
    pub id: Option<u64>,
    pub data: &'a [u8],
}

#[derive(Default)]
pub struct Blocks {
    begun: Vec<u8>,
}

impl Blocks {
    pub fn feed(&mut self, bytes: &[u8], mut take: impl FnMut(Frame<'_>)) {
        let mut from = self.begun.len().saturating_sub(1);
        self.begun.extend_from_slice(bytes);
        let mut start = 0;
        while let Some(found) = end_of_block(&self.begun[from..]) {
            let end = from + found;
            if let Some(frame) = frame(&self.begun[start..end]) {
                take(frame);
            }
            (start, from) = (end + 2, end + 2);
        }
        self.begun.drain(..start);
    }
}

fn end_of_block(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b'\n', bytes).find(|at| bytes.get(at + 1) == Some(&b'\n'))
}

/// `None` for comments and `retry`.
fn frame(block: &[u8]) -> Option<Frame<'_>> {
    let (mut event, mut id, mut data): (&[u8], _, &[u8]) = (b"", None, b"");
    let mut start = 0;
    for end in memchr_iter(b'\n', block).chain([block.len()]) {
        let line = &block[start..end];
        start = end + 1;
        if let Some(value) = line.strip_prefix(b"event:") {
            event = told(value);
        } else if let Some(value) = line.strip_prefix(b"id:") {
            id = leading_number(told(value));
        } else if let Some(value) = line.strip_prefix(b"data:") {
            data = told(value);
        }
    }
    (id.is_some() || !event.is_empty()).then_some(Frame { event, id, data })
}

/// One space after the colon is no part of what is told.
fn told(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// `None` where there is no digit, or more than a number holds.
pub fn leading_number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_number_with_which_it_begins() {
        let numbers = [&b"1795286388:1"[..], b"7", b"", b"a1"].map(leading_number);
        assert_eq!(numbers, [Some(1_795_286_388), Some(7), None, None]);
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let text = b"retry: 1500\n\nevent: job:progress\nid: 7\ndata: {\"percent\":1}\n\n: ping\n\nid:9\n\n";
        for size in 1..=text.len() {
            let (mut blocks, mut seen) = (Blocks::default(), vec![]);
            for piece in text.chunks(size) {
                blocks.feed(piece, |frame| seen.push((frame.event.to_vec(), frame.id, frame.data.to_vec())));
            }
            let expected =
                [(b"job:progress".to_vec(), Some(7), b"{\"percent\":1}".to_vec()), (vec![], Some(9), vec![])];
            assert_eq!(seen, expected, "in pieces of {size}");
        }
    }
}
