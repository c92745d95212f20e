//! Reads an event stream with a parser that we did not write, in fragments as a network would deliver it.

use futures::StreamExt;
use futures::executor::block_on;
use futures::stream;
use sse_stream::{Sse, SseByteStream};
use std::convert::Infallible;

/// The blocks of a stream; comments are none.
pub fn read(text: &str) -> Vec<Sse> {
    read_in(text, text.len().max(1))
}

/// The same, arriving in fragments of so many bytes.
pub fn read_in(text: &str, fragment: usize) -> Vec<Sse> {
    let fragments: Vec<_> = text.as_bytes().chunks(fragment).map(Ok::<_, Infallible>).collect();
    let blocks: Vec<_> = block_on(SseByteStream::new(stream::iter(fragments)).collect());
    blocks.into_iter().map(|block| block.expect("a readable block")).collect()
}

/// As the WHATWG standard has a reader see line ends in data.
pub fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
