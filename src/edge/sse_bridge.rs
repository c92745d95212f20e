//! Owns the last stretch of a stream: the edge Worker holds the reader's SSE body, and behind it a socket that the
//! object accepted with the hibernation API. Finished SSE text passes verbatim; heartbeat, cap and the bound on a
//! slow reader are added here, so that the object may sleep while somebody watches. Should a panic take this bridge's own
//! memory, its lifeline ends the stream.
//! Invariant: what the reader has is a prefix of what the object sent; what was cut inside an event is an event
//! that the format makes the reader forget, and the cursor brings back.

use crate::call::signal;
use crate::edge::Visit;
use crate::edge::backlog::Backlog;
use crate::edge::lifeline::{Lifeline, STREAM_PATIENCE_MS};
use crate::edge::meter::{self, OpenStream};
use crate::edge::platform::{IdentityTransformStream, jitter, now};
use crate::edge::subscribers::{FAILED, LOST, NORMAL};
use crate::edge::warrant::Warrant;
use crate::feed;
use crate::limits;
use crate::metrics::{Count, Ending};
use crate::sse::{HEARTBEAT, retry_block};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use js_sys::Uint8Array;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, WritableStreamDefaultWriter};
use worker::{Context, Delay, Env, EventStream, Result, WebSocket, WebsocketEvent};

/// Between a reader's end and its coming back: at least this, ms, and up to as much again, so that readers that
/// were cut together do not come back together.
const RETRY_MS: u64 = 1_000;
/// How long a reader has, when its stream ends, to take what waits for it, ms.
const LAST_WRITES_MS: u64 = 10_000;
/// Heartbeats without an answer from the object after which the stream is ended, so that the reader resumes.
const SILENT_HEARTBEATS: u32 = 2;

/// What a bridge wakes for.
enum Happening {
    Message(Option<String>),
    /// With this code.
    ObjectClosed(u16),
    Written,
    ReaderLeft,
    Heartbeat,
    LifeOver,
}

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
    socket.accept()?;
    let pipe = IdentityTransformStream::new();
    let writer = pipe.writable().get_writer()?;
    let keeper = Keeper { env: visit.env.clone(), context: Rc::clone(&visit.context) };
    let log = Rc::clone(&visit.log);
    visit.context.wait_until(async move {
        if let Ok(events) = socket.events() {
            let _open = OpenStream::new();
            let ending = Bridge::new(&socket, writer, beat, warrant, keeper).run(events, life).await;
            meter::count(Count::StreamEnded(ending), 1);
            log.stream_ended(ending);
        }
    });
    Ok(pipe.readable())
}

/// With what a stream that lives by itself tells what its isolate counted.
struct Keeper {
    env: Env,
    context: Rc<Context>,
}

impl Keeper {
    fn tell_counts(&self) {
        if let Some(telling) = meter::due(&self.env) {
            self.context.wait_until(telling);
        }
    }
}

struct Bridge<'a> {
    socket: &'a WebSocket,
    writer: WritableStreamDefaultWriter,
    lifeline: Lifeline,
    /// Text that waits for the write under way.
    waiting: String,
    backlog: Backlog,
    /// What the opening adds to the bound until it is written; it is as large as the job's state.
    opening: usize,
    is_open: bool,
    /// The write under way, and its size.
    writing: Option<(JsFuture, usize)>,
    /// The object waits for a page to be written before it sends the next.
    owes_next: bool,
    unanswered: u32,
    beat: Beat,
    /// Heartbeats so far.
    beats: u32,
    warrant: Option<Warrant>,
    keeper: Keeper,
}

impl<'a> Bridge<'a> {
    fn new(
        socket: &'a WebSocket,
        writer: WritableStreamDefaultWriter,
        beat: Beat,
        warrant: Option<Warrant>,
        keeper: Keeper,
    ) -> Bridge<'a> {
        let lifeline = Lifeline::new(&writer, Some(socket), STREAM_PATIENCE_MS);
        let waiting = retry_block(RETRY_MS + (jitter() * RETRY_MS as f64) as u64);
        Bridge {
            socket,
            writer,
            lifeline,
            waiting,
            backlog: Backlog::default(),
            opening: 0,
            is_open: false,
            writing: None,
            owes_next: false,
            unanswered: 0,
            beat,
            beats: 0,
            warrant,
            keeper,
        }
    }

    async fn run(mut self, mut events: EventStream<'_>, life: u64) -> Ending {
        let mut heartbeat = delay(limits::HEARTBEAT_MS);
        let mut end = delay(life);
        let ending = loop {
            self.write();
            let ending = match self.next(&mut events, &mut heartbeat, &mut end).await {
                Happening::Message(text) => self.receive(text.as_deref()),
                Happening::Written => self.written(),
                Happening::Heartbeat => {
                    heartbeat = delay(limits::HEARTBEAT_MS);
                    self.beat()
                }
                Happening::ReaderLeft => Some(Ending::ReaderLeft),
                Happening::ObjectClosed(NORMAL) => Some(Ending::Finished),
                Happening::ObjectClosed(LOST) => Some(Ending::LostObject),
                Happening::ObjectClosed(_) => Some(Ending::Failed),
                Happening::LifeOver => Some(Ending::Cap),
            };
            if let Some(ending) = ending {
                break ending;
            }
        };
        drop(events);
        let _ = self.socket.close(Some(1000), Some("bridge"));
        self.finish(is_clean(ending)).await;
        ending
    }

    /// Waits for whatever happens first.
    async fn next(&mut self, events: &mut EventStream<'_>, heartbeat: &mut Delay, end: &mut Delay) -> Happening {
        let written = pin!(settled(&mut self.writing));
        match select(select(events.next(), written), select(heartbeat, end)).await {
            Either::Left((Either::Left((Some(Ok(WebsocketEvent::Message(message))), _)), _)) => {
                Happening::Message(message.text())
            }
            Either::Left((Either::Left((Some(Ok(WebsocketEvent::Close(close))), _)), _)) => {
                Happening::ObjectClosed(close.code())
            }
            Either::Left((Either::Left(_), _)) => Happening::ObjectClosed(FAILED),
            Either::Left((Either::Right((Ok(_), _)), _)) => Happening::Written,
            Either::Left((Either::Right((Err(_), _)), _)) => Happening::ReaderLeft,
            Either::Right((Either::Left(_), _)) => Happening::Heartbeat,
            Either::Right((Either::Right(_), _)) => Happening::LifeOver,
        }
    }

    fn written(&mut self) -> Option<Ending> {
        self.writing = None;
        self.weigh();
        if self.is_open && self.waiting.is_empty() {
            self.opening = 0;
        }
        None
    }

    fn weigh(&mut self) {
        self.backlog.is_now(self.waiting.len() + self.writing.as_ref().map_or(0, |(_, size)| *size));
    }

    /// `Some` when the stream must end.
    fn receive(&mut self, text: Option<&str>) -> Option<Ending> {
        match text {
            Some(signal::MORE) => self.owes_next = true,
            Some(signal::PONG) => self.unanswered = 0,
            Some(signal::OPENED) => self.is_open = true,
            Some(text) => {
                self.waiting.push_str(text);
                self.opening += if self.is_open { 0 } else { text.len() };
            }
            None => {}
        }
        self.weigh();
        self.backlog.is_too_much(self.opening).then_some(Ending::SlowReader)
    }

    /// The write is also the only detector of a reader that has left, and the beat the time to look whether the
    /// key is still good.
    fn beat(&mut self) -> Option<Ending> {
        self.lifeline.renew();
        self.unanswered += 1;
        if self.unanswered > SILENT_HEARTBEATS || self.socket.send_with_str(signal::PING).is_err() {
            return Some(Ending::LostObject);
        }
        self.beats += 1;
        self.waiting.push_str(HEARTBEAT);
        if self.beat == Beat::Named && self.beats.is_multiple_of(2) {
            self.waiting.push_str(&feed::heartbeat(now()));
        }
        self.keeper.tell_counts();
        self.warrant.as_ref().is_some_and(Warrant::is_revoked).then_some(Ending::Revoked)
    }

    /// Starts one write of all that waits, unless one is under way.
    fn write(&mut self) {
        if self.writing.is_none() && !self.waiting.is_empty() {
            let chunk = Uint8Array::from(self.waiting.as_bytes());
            let size = std::mem::take(&mut self.waiting).len();
            self.writing = Some((JsFuture::from(self.writer.write_with_chunk(&chunk)), size));
        }
        if self.writing.is_none() && std::mem::take(&mut self.owes_next) {
            // A socket that is gone tells so by its close event.
            let _ = self.socket.send_with_str(signal::NEXT);
        }
    }

    /// A clean end writes what waits, as far as the reader takes it; a broken one tells that the stream was cut.
    async fn finish(mut self, is_clean: bool) {
        self.lifeline.renew();
        let writer = self.writer.clone();
        // The end of a life may fall between the pieces of a large event.
        self.waiting.truncate(self.waiting.rfind("\n\n").map_or(0, |end| end + 2));
        let written =
            is_clean && matches!(select(pin!(self.drain()), delay(LAST_WRITES_MS)).await, Either::Left((true, _)));
        let _ = JsFuture::from(if written { writer.close() } else { writer.abort() }).await;
    }

    /// Whether all that waited was written.
    async fn drain(&mut self) -> bool {
        self.write();
        while self.writing.is_some() {
            if settled(&mut self.writing).await.is_err() {
                return false;
            }
            self.writing = None;
            self.write();
        }
        true
    }
}

/// Waits for the write under way; for ever when there is none.
async fn settled(writing: &mut Option<(JsFuture, usize)>) -> std::result::Result<JsValue, JsValue> {
    match writing {
        Some((write, _)) => write.await,
        None => std::future::pending().await,
    }
}

fn delay(milliseconds: u64) -> Delay {
    Delay::from(Duration::from_millis(milliseconds))
}
