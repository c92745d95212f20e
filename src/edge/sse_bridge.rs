//! Owns the last stretch of a stream: the edge Worker holds the reader's SSE body, and behind it a socket that the
//! object accepted with the hibernation API. Finished SSE text passes verbatim (`pump`); heartbeat, cap, the warrant and what
//! becomes of a stream are decided here, so that the object may sleep while somebody watches. Should a panic take this bridge's own
//! memory, its pump ends the stream.
//! Invariant: what the reader has is a prefix of what the object sent; what was cut inside an event is an event
//! that the format makes the reader forget, and the cursor brings back.

use crate::edge::Visit;
use crate::edge::meter::{self, OpenStream};
use crate::edge::platform::{jitter, now};
use crate::edge::pump::{Happening, Pump};
use crate::edge::subscribers::{LOST, NORMAL};
use crate::edge::warrant::Warrant;
use crate::feed;
use crate::metrics::{Count, Ending};
use crate::sse::{HEARTBEAT, retry_block};
use std::rc::Rc;
use web_sys::ReadableStream;
use worker::{Context, Env, Result, WebSocket};

/// Between a reader's end and its coming back: at least this, ms, and up to as much again, so that readers that
/// were cut together do not come back together.
const RETRY_MS: u64 = 1_000;

/// How a stream's heart beats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The comment.
    Comment,
    /// The comment, and with every second one the event `heartbeat` (seed 000).
    Named,
}

/// Whether what waits is written first, as far as the reader takes it; else the reader has left, or must see that the
/// stream was cut.
fn is_clean(ending: Ending) -> bool {
    match ending {
        Ending::Finished | Ending::Cap | Ending::Revoked | Ending::Failed => true,
        Ending::ReaderLeft | Ending::SlowReader | Ending::LostObject => false,
    }
}

/// Answers with the stream that `socket` feeds, for at most `life` milliseconds and while the warrant is good.
pub fn stream(
    visit: &Visit,
    socket: WebSocket,
    life: u64,
    beat: Beat,
    warrant: Option<Warrant>,
) -> Result<ReadableStream> {
    let retry = retry_block(RETRY_MS + (jitter() * RETRY_MS as f64) as u64);
    let pump = Pump::open(&socket, &retry, life)?;
    let readable = pump.readable();
    let bridge = Bridge { pump, beat, beats: 0, warrant, env: visit.env.clone(), context: Rc::clone(&visit.context) };
    let log = Rc::clone(&visit.log);
    visit.context.wait_until(async move {
        let _open = OpenStream::new();
        let ending = bridge.run().await;
        meter::count(Count::StreamEnded(ending), 1);
        log.stream_ended(ending);
    });
    Ok(readable)
}

struct Bridge {
    pump: Pump,
    beat: Beat,
    /// Heartbeats so far.
    beats: u32,
    warrant: Option<Warrant>,
    env: Env,
    context: Rc<Context>,
}

impl Bridge {
    async fn run(mut self) -> Ending {
        let ending = loop {
            let ending = match self.pump.next().await {
                Happening::Heartbeat => self.beat(),
                Happening::ReaderLeft => Some(Ending::ReaderLeft),
                Happening::SlowReader => Some(Ending::SlowReader),
                Happening::ObjectClosed(NORMAL) => Some(Ending::Finished),
                Happening::ObjectClosed(LOST) => Some(Ending::LostObject),
                Happening::ObjectClosed(_) => Some(Ending::Failed),
                Happening::LifeOver => Some(Ending::Cap),
            };
            if let Some(ending) = ending {
                break ending;
            }
        };
        if is_clean(ending) {
            self.pump.close().await
        } else {
            self.pump.abort().await
        }
        ending
    }

    /// `Some` when the stream must end. The beat is also the time to look whether the key is still good.
    fn beat(&mut self) -> Option<Ending> {
        self.beats += 1;
        let is_named = self.beat == Beat::Named && self.beats.is_multiple_of(2);
        let heartbeat = if is_named { format!("{HEARTBEAT}{}", feed::heartbeat(now())) } else { HEARTBEAT.to_owned() };
        if !self.pump.beat(&heartbeat) {
            return Some(Ending::LostObject);
        }
        if let Some(telling) = meter::due(&self.env) {
            self.context.wait_until(telling);
        }
        self.warrant.as_ref().is_some_and(Warrant::is_revoked).then_some(Ending::Revoked)
    }
}
