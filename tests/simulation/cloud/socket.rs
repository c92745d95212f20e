//! Sockets between an object and the bridge of one reader: what is sent arrives in order, a little later.

use super::slot::Slot;
use super::{Error, Result};
use crate::draws::Draws;
use crate::fault::Kind;
use crate::mutant::{self, Mutant};
use crate::world::world;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

pub enum WebSocketIncomingMessage {
    String(String),
}

/// What reaches the bridge.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Text(String),
    Closed(u16),
}

#[derive(Debug)]
struct Line {
    /// Chance of its own: an object sends to its sockets in no certain order, and the world must not depend on it.
    draws: Draws,
    place: u64,
    object: RefCell<String>,
    tag: RefCell<Option<String>>,
    attachment: RefCell<Option<String>>,
    is_closed: Cell<bool>,
    arrived: RefCell<VecDeque<Message>>,
    /// The last message's time, so that none overtakes another.
    last: Cell<u64>,
    waiting: RefCell<Option<Slot<()>>>,
}

impl std::fmt::Debug for Slot<()> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Slot")
    }
}

#[derive(Debug, Clone)]
pub struct WebSocket(Rc<Line>);

pub struct WebSocketPair {
    pub client: WebSocket,
    pub server: WebSocket,
}

impl WebSocketPair {
    pub fn new() -> Result<WebSocketPair> {
        let place = world().draws.next();
        let (object, tag, attachment, is_closed, arrived, last, waiting) = Default::default();
        let draws = Draws::new(place, 0);
        let socket =
            WebSocket(Rc::new(Line { draws, place, object, tag, attachment, is_closed, arrived, last, waiting }));
        Ok(WebSocketPair { client: socket.clone(), server: socket })
    }
}

/// The object's end.
impl WebSocket {
    pub fn send_with_str(&self, text: impl AsRef<str>) -> Result<()> {
        if self.0.is_closed.get() {
            return Err(Error::from("Can't call WebSocket send() after close()."));
        }
        self.carry(Message::Text(text.as_ref().to_owned()));
        Ok(())
    }

    pub fn close<S: AsRef<str>>(&self, code: Option<u16>, _: Option<S>) -> Result<()> {
        if !self.0.is_closed.replace(true) {
            self.carry(Message::Closed(code.unwrap_or(1005)));
        }
        Ok(())
    }

    pub fn serialize_attachment(&self, value: impl Serialize) -> Result<()> {
        let is_known = self.0.attachment.borrow().is_some();
        if is_known && self.0.object.borrow().contains('/') && mutant::is(Mutant::PlacesForgottenInSleep) {
            return Ok(());
        }
        *self.0.attachment.borrow_mut() = Some(serde_json::to_string(&value)?);
        Ok(())
    }

    pub fn deserialize_attachment<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        Ok(self.0.attachment.borrow().as_deref().map(serde_json::from_str).transpose()?)
    }

    pub fn accept(&self, object: &str, tag: &str) {
        *self.0.object.borrow_mut() = object.to_owned();
        *self.0.tag.borrow_mut() = Some(tag.to_owned());
    }

    pub fn tag(&self) -> Option<String> {
        self.0.tag.borrow().clone()
    }

    pub fn is_closed(&self) -> bool {
        self.0.is_closed.get()
    }

    /// The connection breaks: nobody has said good-bye.
    pub fn cut(&self) {
        if !self.0.is_closed.replace(true) {
            self.carry(Message::Closed(1006));
        }
    }

    /// The connection stays, and nothing comes over it any more.
    pub fn silence(&self) {
        self.0.is_closed.set(true);
    }

    fn carry(&self, message: Message) {
        let world = world();
        let longest = if world.faults.is_on(Kind::SlowNetwork) { 2_000 } else { 20 };
        let at = (world.clock() + self.0.draws.between(1, longest)).max(self.0.last.get());
        self.0.last.set(at);
        let line = Rc::clone(&self.0);
        world.put((at, self.0.place), move || {
            line.arrived.borrow_mut().push_back(message);
            if let Some(slot) = line.waiting.borrow_mut().take() {
                slot.fill(());
            }
        });
    }
}

/// The bridge's end.
impl WebSocket {
    pub fn take(&self) -> Option<Message> {
        self.0.arrived.borrow_mut().pop_front()
    }

    /// Rings with the next message, or at once when there is one.
    pub fn bell(&self) -> Slot<()> {
        let slot = Slot::default();
        if self.0.arrived.borrow().is_empty() {
            *self.0.waiting.borrow_mut() = Some(slot.clone());
        } else {
            slot.fill(());
        }
        slot
    }

    pub fn say(&self, text: &str) {
        let (socket, text) = (self.clone(), text.to_owned());
        world().after(world().latency(), move || {
            if !socket.is_closed() {
                let object = socket.0.object.borrow().clone();
                crate::world::world().object(&object).hear(socket, text);
            }
        });
    }

    pub fn leave(&self) {
        let socket = self.clone();
        world().after(world().latency(), move || {
            if !socket.is_closed() {
                let object = socket.0.object.borrow().clone();
                crate::world::world().object(&object).left(socket);
            }
        });
    }
}
