//! The encoder of event streams, read back by a parser that we did not write.

use super::support::reader::{normalised, read_in};
use jobcast::id::EventId;
use jobcast::sse::{Frame, HEARTBEAT, cursor_block, retry_block};

/// The first byte is how much the network delivers at once; the rest is the data of one of three frames, whatever it is.
pub fn any_data(input: &[u8]) {
    let Some((fragment, text)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let frame = |id, data: &str| Frame { name: "stage:a: b".to_owned(), id: Some(EventId(id)), data: data.to_owned() };
    let sent = [frame(1, "{}"), frame(2, &text), frame(3, "{}")];
    let mut out = [retry_block(1), cursor_block(EventId(0))].concat();
    for frame in &sent {
        frame.encode(&mut out);
        out.push_str(HEARTBEAT);
    }
    let came = read_in(&out, usize::from(*fragment).max(1));
    let events: Vec<_> = came.iter().filter(|block| block.data.is_some()).collect();
    assert_eq!(events.len(), sent.len(), "{out:?}");
    for (event, frame) in events.into_iter().zip(&sent) {
        assert_eq!(event.event.as_deref(), Some(frame.name.as_str()));
        assert_eq!(event.data.as_deref(), Some(normalised(&frame.data).as_str()));
        assert_eq!((event.id.clone(), event.retry), (frame.id.map(|id| id.to_string()), None));
    }
}
