//! Owns the sockets of a job's stream: who watches, through which lens, and where each one is.
//! Invariant: a subscriber is either live, and gets each event as it is appended, or catching up, and gets pages
//! from the journal until a page reaches the tail; the change happens inside one turn, so that the seam has
//! neither gap nor double.

use crate::call::signal;
use crate::edge::journal::Journal;
use crate::edge::platform::{TextSocket, random};
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
const NORMAL: u16 = 1000;

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
                _ => close(&socket, 1011, "lost"),
            }
        }
        Subscribers(found)
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
        let subscriber = Subscriber { socket, seat: Seat { lens, from: Some(from) } };
        self.0.insert(tag.clone(), subscriber);
        self.page(&tag, opening, source)
    }

    /// The bridge has written a page and asks for the next.
    pub fn next_page(&mut self, tag: &str, source: (&Journal, &Record)) -> Result<()> {
        self.page(tag, String::new(), source)
    }

    fn page(&mut self, tag: &str, mut text: String, (journal, record): (&Journal, &Record)) -> Result<()> {
        let Some(Subscriber { socket, seat }) = self.0.get_mut(tag) else { return Ok(()) };
        let Some(mut from) = seat.from else { return Ok(()) };
        let bounds = record.bounds(seat.lens.visibility);
        // The log may have been trimmed past a reader that is still catching up.
        let plan = plan(Some(from), bounds);
        if let Plan::Reset { from: present, .. } = plan {
            text.push_str(&seat.lens.opening(&record.job, plan, bounds.floor));
            from = present;
        }
        let until = bounds.ended_by.unwrap_or(bounds.tail);
        let read = journal.read(from, until, seat.lens.visibility, limits::REPLAY_ROWS, limits::REPLAY_PAGE)?;
        for event in &read.events {
            seat.lens.encode(event, &mut text);
        }
        if !text.is_empty() {
            socket.send_with_str(&text)?;
        }
        seat.from = read.events.last().map(|event| event.id).filter(|_| !read.is_last);
        socket.serialize_attachment(serde_json::to_string(seat)?)?;
        match (read.is_last, record.job.ended_by) {
            (false, _) => socket.send_with_str(signal::MORE),
            (true, Some(_)) => {
                close(socket, NORMAL, "end");
                self.0.remove(tag);
                Ok(())
            }
            (true, None) => Ok(()),
        }
    }

    /// Sends what was just appended to everybody who is live. Encoded once per lens.
    pub fn publish(&mut self, events: &[Event]) {
        if events.is_empty() || self.0.is_empty() {
            return;
        }
        let mut texts: HashMap<Lens, Option<js_sys::JsString>> = HashMap::new();
        let is_end = events.iter().any(|event| event.fact.is_final());
        self.0.retain(|_, Subscriber { socket, seat }| {
            if seat.from.is_some() {
                return true;
            }
            let text = texts.entry(seat.lens.clone()).or_insert_with(|| encode(&seat.lens, events));
            let sent = text.as_ref().is_none_or(|text| {
                let raw: &web_sys::WebSocket = socket.as_ref();
                raw.unchecked_ref::<TextSocket>().send_shared(text).is_ok()
            });
            if is_end {
                close(socket, NORMAL, "end");
            }
            sent && !is_end
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

fn encode(lens: &Lens, events: &[Event]) -> Option<js_sys::JsString> {
    let mut text = String::new();
    events.iter().for_each(|event| lens.encode(event, &mut text));
    (!text.is_empty()).then(|| text.into())
}

/// A socket that is closed already needs no closing.
pub fn close(socket: &WebSocket, code: u16, reason: &str) {
    let _ = socket.close(Some(code), Some(reason));
}
