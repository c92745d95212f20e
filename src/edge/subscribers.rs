//! Owns the sockets of a log's streams: who watches, through which lens, and where each one is. The log is a job's
//! or a project's.
//! Invariant: a subscriber is either live, and gets each entry as it is appended, or catching up, and gets pages
//! from the log until a page reaches the tail; the change happens inside one turn, so that the seam has neither gap
//! nor double.

use crate::call::signal;
use crate::edge::meter;
use crate::edge::platform::{self, SUBSCRIPTION, SharedBytes, SharedText, is_built_again, random};
use crate::fields::Query;
use crate::id::EventId;
use crate::limits;
use crate::metrics::Count;
use crate::problem::Problem;
use crate::replay::Plan;
use crate::sse;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::Hash;
use worker::{Error, Request, Response, Result, State, WebSocket};

/// The close code of a stream that has come to its end.
pub const NORMAL: u16 = 1000;
/// The close code of a stream that the object could not go on with.
pub const FAILED: u16 = 1011;
/// The close code of a stream whose object has lost its memory: one of those that are free for applications.
pub const LOST: u16 = 4000;

/// What subscribers follow.
pub trait Log {
    /// What distinguishes subscribers: text is encoded once for all who share it.
    type Lens: Clone + Eq + Hash + Serialize + DeserializeOwned;
    type Entry;

    /// How a stream begins, or begins anew.
    fn opening(&self, lens: &Self::Lens, plan: Plan) -> Opening;
    /// What follows `from`, a page of it.
    fn page(&self, lens: &Self::Lens, from: EventId) -> Result<Page>;
    fn place(entry: &Self::Entry) -> EventId;
    /// Appends what a subscriber sees of one entry; often nothing.
    fn encode(&self, lens: &Self::Lens, entry: &Self::Entry, out: &mut String);
    /// Whether a stream closes with this entry.
    fn ends_with(lens: &Self::Lens, entry: &Self::Entry) -> bool;
}

#[derive(Default)]
pub struct Opening {
    pub text: String,
    /// Whether it gives the reader its cursor.
    pub tells_cursor: bool,
}

#[derive(Clone)]
pub struct Page {
    pub text: SharedBytes,
    /// Where the next page begins; `None` at the tail.
    pub next: Option<EventId>,
    /// Where this one ended.
    pub reached: EventId,
    /// The stream closes with it.
    pub is_end: bool,
}

/// How a stream begins: its opening, and the first page. One that would begin with nothing begins with its cursor.
pub fn beginning<T: Log>(log: &T, lens: &T::Lens, plan: Plan, from: EventId) -> Result<(String, Page)> {
    match plan {
        Plan::Replay { .. } => meter::count(Count::Replay, 1),
        Plan::Reset { .. } => meter::count(Count::Reset, 1),
        Plan::Snapshot { .. } | Plan::Gone => {}
    }
    let opening = log.opening(lens, plan);
    let mut page = log.page(lens, from)?;
    if page.text.is_empty() && !opening.tells_cursor {
        page.text = sse::cursor_block(page.reached).into();
    }
    Ok((opening.text, page))
}

/// Survives the object's sleep as the socket's attachment.
#[derive(Clone, Serialize, Deserialize)]
struct Seat<L> {
    lens: L,
    /// Where the next page begins; `None` when live.
    from: Option<EventId>,
}

struct Subscriber<L> {
    socket: WebSocket,
    seat: Seat<L>,
}

/// For an object's constructor. What a panic interrupted may have stored an event that it sent to nobody, so that a
/// subscriber who merely went on would miss it: every socket is cut, and its reader comes back with its cursor.
pub fn cut_lost(state: &State) {
    if is_built_again(state) {
        state.get_websockets().iter().for_each(|socket| close(socket, LOST, "lost"));
    }
}

/// By the tag that each socket was accepted with.
pub struct Subscribers<L>(HashMap<String, Subscriber<L>>);

impl<L> Default for Subscribers<L> {
    fn default() -> Self {
        Subscribers(HashMap::new())
    }
}

impl<L: Clone + Eq + Hash + Serialize + DeserializeOwned> Subscribers<L> {
    /// Finds the sockets again after the object slept. One whose attachment cannot be read is cut: its reader
    /// comes back with its cursor.
    pub fn wake(state: &State) -> Subscribers<L> {
        let mut found = HashMap::new();
        for socket in state.get_websockets() {
            let seat = socket.deserialize_attachment::<String>().ok().flatten();
            let seat = seat.and_then(|text| serde_json::from_str(&text).ok());
            match (state.get_tags(&socket).pop(), seat) {
                (Some(tag), Some(seat)) => {
                    found.insert(tag, Subscriber { socket, seat });
                }
                _ => close(&socket, LOST, "lost"),
            }
        }
        Subscribers(found)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
        lens: L,
        plan: Plan,
        from: EventId,
        log: &impl Log<Lens = L>,
    ) -> Result<()> {
        let tag = u64::from_le_bytes(random()).to_string();
        state.accept_websocket_with_tags(&socket, &[&tag]);
        let (opening, page) = beginning(log, &lens, plan, from)?;
        send(&socket, &opening)?;
        socket.send_with_str(signal::OPENED)?;
        let mut subscriber = Subscriber { socket, seat: Seat { lens, from: Some(from) } };
        if subscriber.turn_page(page)? == Course::GoesOn {
            self.0.insert(tag, subscriber);
        }
        Ok(())
    }

    /// The bridge has written a page and asks for the next.
    pub fn next_page(&mut self, tag: &str, log: &impl Log<Lens = L>) -> Result<()> {
        let Some(subscriber) = self.0.get_mut(tag) else { return Ok(()) };
        let Some(from) = subscriber.seat.from else { return Ok(()) };
        let page = log.page(&subscriber.seat.lens, from)?;
        if subscriber.turn_page(page)? == Course::Ended {
            self.0.remove(tag);
        }
        Ok(())
    }

    /// Sends what was just appended to everybody who is live. Encoded once per lens.
    pub fn publish<T: Log<Lens = L>>(&mut self, entries: &[T::Entry], log: &T) {
        let Some(first) = entries.first().filter(|_| !self.0.is_empty()) else { return };
        let before = T::place(first).before();
        let mut texts: HashMap<L, Live> = HashMap::new();
        self.0.retain(|_, subscriber| {
            if subscriber.seat.from.is_some() {
                return true;
            }
            let lens = &subscriber.seat.lens;
            let live = texts.entry(lens.clone()).or_insert_with(|| Text::of(lens, entries, log).into());
            match subscriber.follow(live, before, log) {
                Ok(course) => course == Course::GoesOn,
                // Its reader comes back with its cursor.
                Err(_) => {
                    close(&subscriber.socket, FAILED, "failed");
                    false
                }
            }
        });
    }

    /// Ends every stream: the log is no more.
    pub fn dismiss(&mut self) {
        self.0.drain().for_each(|(_, subscriber)| close(&subscriber.socket, NORMAL, "deleted"));
    }

    /// Ends every stream, so that its reader comes back for what it has not got.
    pub fn cut(&mut self) {
        self.0.drain().for_each(|(_, subscriber)| close(&subscriber.socket, FAILED, "failed"));
    }

    pub fn leave(&mut self, tag: &str) {
        self.0.remove(tag);
    }
}

impl<L: Serialize> Subscriber<L> {
    /// Sends one page of the replay. The subscriber becomes live, or its stream ends, with the page that reaches the
    /// tail.
    fn turn_page(&mut self, page: Page) -> Result<Course> {
        page.text.send(&self.socket)?;
        if page.is_end {
            close(&self.socket, NORMAL, "end");
            return Ok(Course::Ended);
        }
        self.seat.from = page.next;
        self.socket.serialize_attachment(serde_json::to_string(&self.seat)?)?;
        if page.next.is_some() {
            self.socket.send_with_str(signal::MORE)?;
        }
        Ok(Course::GoesOn)
    }

    /// Sends live text. What is too much for one go is turned into a replay, which the bridge paces: a large batch
    /// of lines must not cut every reader, however fast.
    fn follow(&mut self, live: &Live, before: EventId, log: &impl Log<Lens = L>) -> Result<Course> {
        match &live.form {
            Form::Large => return self.turn_page(log.page(&self.seat.lens, before)?),
            Form::Nothing => {}
            Form::Ready(text) => text.send(&self.socket)?,
        }
        if live.is_end {
            close(&self.socket, NORMAL, "end");
            return Ok(Course::Ended);
        }
        Ok(Course::GoesOn)
    }
}

/// Whether a subscriber is still there after something was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    GoesOn,
    Ended,
}

/// What subscribers of one lens see of a commit.
pub struct Text {
    pub text: String,
    pub is_end: bool,
}

impl Text {
    pub fn of<T: Log>(lens: &T::Lens, entries: &[T::Entry], log: &T) -> Text {
        let mut text = String::new();
        entries.iter().for_each(|entry| log.encode(lens, entry, &mut text));
        Text { text, is_end: entries.iter().any(|entry| T::ends_with(lens, entry)) }
    }
}

/// The same, ready to be sent to many.
struct Live {
    form: Form,
    is_end: bool,
}

enum Form {
    Nothing,
    Ready(SharedText),
    /// More than a page of a replay.
    Large,
}

impl From<Text> for Live {
    fn from(Text { text, is_end }: Text) -> Live {
        let form = match text.len() {
            0 => Form::Nothing,
            length if length > limits::REPLAY_PAGE => Form::Large,
            _ => Form::Ready(text.into()),
        };
        Live { form, is_end }
    }
}

/// Sends text in pieces that fit into a socket's message. The bridge puts them together again; a piece never looks
/// like a signal, because JSON has no raw control characters.
pub fn send(socket: &WebSocket, mut text: &str) -> Result<()> {
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

/// Reads what a stream's reader asked for.
pub fn subscription<T: DeserializeOwned>(request: &Request) -> Result<T> {
    let address = platform::address_of(request)?;
    let query = Query::parse(address.query());
    let subscription = query.get(SUBSCRIPTION).ok_or_else(|| Error::from("subscription missing"))?;
    Ok(serde_json::from_str(subscription)?)
}

/// Answers 101 with a socket, 204 to a reader that has seen the end, or a problem.
pub fn joined(outcome: std::result::Result<Option<WebSocket>, Problem>) -> Result<Response> {
    match outcome {
        Ok(Some(socket)) => Response::from_websocket(socket),
        Ok(None) => Ok(Response::empty()?.with_status(204)),
        Err(problem) => Ok(Response::from_json(&problem)?.with_status(problem.status())),
    }
}
