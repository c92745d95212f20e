//! Owns the sockets of a job's stream: who watches, through which lens, and where each one is.
//! Invariant: a subscriber is either live, and gets each event as it is appended, or catching up, and gets pages
//! from the journal until a page reaches the tail; the change happens inside one turn, so that the seam has
//! neither gap nor double.

use crate::call::signal;
use crate::edge::journal::Journal;
use crate::edge::platform::{TextSocket, random};
use crate::edge::reading;
use crate::event::Event;
use crate::id::EventId;
use crate::limits;
use crate::record::Record;
use crate::replay::{Plan, plan};
use crate::view::pipeline::Lens;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use wasm_bindgen::JsCast;
use worker::{Result, State, WebSocket};

/// The close code of a stream that has come to its end.
pub const NORMAL: u16 = 1000;
/// The close code of a stream that the object could not go on with.
pub const FAILED: u16 = 1011;

/// Survives the object's sleep as the socket's attachment.
#[derive(Clone, Serialize, Deserialize)]
struct Seat {
    lens: Lens,
    /// Where the next page begins; `None` when live.
    from: Option<EventId>,
}

struct Subscriber {
    socket: WebSocket,
    seat: Seat,
}

/// By the tag that each socket was accepted with.
#[derive(Default)]
pub struct Subscribers(HashMap<String, Subscriber>);

impl Subscribers {
    /// Finds the sockets again after the object slept. One whose attachment cannot be read is cut: its reader
    /// comes back with its cursor.
    pub fn wake(state: &State) -> Subscribers {
        let mut found = HashMap::new();
        for socket in state.get_websockets() {
            let seat = socket.deserialize_attachment::<String>().ok().flatten();
            let seat = seat.and_then(|text| serde_json::from_str(&text).ok());
            match (state.get_tags(&socket).pop(), seat) {
                (Some(tag), Some(seat)) => {
                    found.insert(tag, Subscriber { socket, seat });
                }
                _ => close(&socket, FAILED, "lost"),
            }
        }
        Subscribers(found)
    }

    /// Whether the platform takes no more sockets for this object.
    pub fn is_full(&self) -> bool {
        self.0.len() >= limits::SUBSCRIBERS
    }

    /// Takes in a new subscriber, sends its opening and its first page.
    pub fn join(
        &mut self,
        state: &State,
        socket: WebSocket,
        lens: Lens,
        opening: String,
        from: EventId,
        source: (&Journal, &Record),
    ) -> Result<()> {
        let tag = u64::from_le_bytes(random()).to_string();
        state.accept_websocket_with_tags(&socket, &[&tag]);
        send(&socket, &opening)?;
        socket.send_with_str(signal::OPENED)?;
        let mut subscriber = Subscriber { socket, seat: Seat { lens, from: Some(from) } };
        if subscriber.page(source)? == Course::GoesOn {
            self.0.insert(tag, subscriber);
        }
        Ok(())
    }

    /// The bridge has written a page and asks for the next.
    pub fn next_page(&mut self, tag: &str, source: (&Journal, &Record)) -> Result<()> {
        let Some(subscriber) = self.0.get_mut(tag) else { return Ok(()) };
        if subscriber.page(source)? == Course::Ended {
            self.0.remove(tag);
        }
        Ok(())
    }

    /// Sends what was just appended to everybody who is live. Encoded once per lens.
    pub fn publish(&mut self, events: &[Event], source: (&Journal, &Record)) {
        let Some(first) = events.first().filter(|_| !self.0.is_empty()) else { return };
        let mut texts: HashMap<Lens, Text> = HashMap::new();
        let is_end = events.iter().any(|event| event.fact.is_final());
        self.0.retain(|_, subscriber| {
            if subscriber.seat.from.is_some() {
                return true;
            }
            let lens = &subscriber.seat.lens;
            let text = texts.entry(lens.clone()).or_insert_with(|| encode(lens, events));
            match subscriber.follow(text, first.id.before(), is_end, source) {
                Ok(course) => course == Course::GoesOn,
                // Its reader comes back with its cursor.
                Err(_) => {
                    close(&subscriber.socket, FAILED, "failed");
                    false
                }
            }
        });
    }

    /// Ends every stream: the job is no more.
    pub fn dismiss(&mut self) {
        self.0.drain().for_each(|(_, subscriber)| close(&subscriber.socket, NORMAL, "deleted"));
    }

    pub fn leave(&mut self, tag: &str) {
        self.0.remove(tag);
    }
}

impl Subscriber {
    /// Sends one page of the replay. It becomes live, or ends, with the page that reaches the tail.
    fn page(&mut self, (journal, record): (&Journal, &Record)) -> Result<Course> {
        let Some(mut from) = self.seat.from else { return Ok(Course::GoesOn) };
        let lens = &self.seat.lens;
        let bounds = record.bounds(lens.visibility);
        let mut text = String::new();
        // The log may have been trimmed past a reader that is still catching up.
        let plan = plan(Some(from), bounds);
        if let Plan::Reset { from: present, .. } = plan {
            text.push_str(&opening(lens, plan, (journal, record)));
            from = present;
        }
        let until = bounds.ended_by.unwrap_or(bounds.tail);
        let read = journal.read(from, until, lens.visibility, limits::REPLAY_ROWS, limits::REPLAY_PAGE)?;
        read.events.iter().for_each(|event| lens.encode(event, &mut text));
        send(&self.socket, &text)?;
        if read.is_last && bounds.ended_by.is_some() {
            close(&self.socket, NORMAL, "end");
            return Ok(Course::Ended);
        }
        self.seat.from = read.next();
        self.socket.serialize_attachment(serde_json::to_string(&self.seat)?)?;
        if !read.is_last {
            self.socket.send_with_str(signal::MORE)?;
        }
        Ok(Course::GoesOn)
    }

    /// Sends live text. What is too much for one go is turned into a replay, which the bridge paces: a large batch
    /// of lines must not cut every reader, however fast.
    fn follow(&mut self, text: &Text, before: EventId, is_end: bool, source: (&Journal, &Record)) -> Result<Course> {
        match text {
            Text::Large => {
                self.seat.from = Some(before);
                return self.page(source);
            }
            Text::Nothing => {}
            Text::Ready(text) => {
                let raw: &web_sys::WebSocket = self.socket.as_ref();
                raw.unchecked_ref::<TextSocket>().send_shared(text)?;
            }
        }
        if is_end {
            close(&self.socket, NORMAL, "end");
            return Ok(Course::Ended);
        }
        Ok(Course::GoesOn)
    }
}

/// How a stream begins, or begins anew.
pub fn opening(lens: &Lens, plan: Plan, (journal, record): (&Journal, &Record)) -> String {
    let oldest = match plan {
        Plan::Reset { .. } => reading::oldest(journal, record, lens.visibility),
        Plan::Snapshot { .. } | Plan::Replay { .. } | Plan::Gone => record.bounds(lens.visibility).floor,
    };
    lens.opening(&record.job, plan, oldest)
}

/// Whether a subscriber is still there after something was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    GoesOn,
    Ended,
}

/// What subscribers of one lens see of a commit.
enum Text {
    Nothing,
    Ready(js_sys::JsString),
    /// More than a page of a replay.
    Large,
}

fn encode(lens: &Lens, events: &[Event]) -> Text {
    let mut text = String::new();
    events.iter().for_each(|event| lens.encode(event, &mut text));
    match text.len() {
        0 => Text::Nothing,
        length if length > limits::REPLAY_PAGE => Text::Large,
        _ => Text::Ready(text.into()),
    }
}

/// Sends text in pieces that fit into a socket's message. The bridge puts them together again; a piece never looks
/// like a signal, because JSON has no raw control characters.
fn send(socket: &WebSocket, mut text: &str) -> Result<()> {
    while !text.is_empty() {
        let (piece, rest) = text.split_at(text.floor_char_boundary(limits::SOCKET_MESSAGE));
        socket.send_with_str(piece)?;
        text = rest;
    }
    Ok(())
}

/// A socket that is closed already needs no closing.
pub fn close(socket: &WebSocket, code: u16, reason: &str) {
    let _ = socket.close(Some(code), Some(reason));
}
