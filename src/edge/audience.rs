//! Owns the sockets of a relay's readers: through which lens each watches, and where in the log it stands.
//! Invariant: a reader has everything up to where it stands, and nothing after; it stands where the relay stands, or gets
//! pages, or waits until the relay has come as far.

use crate::call::signal;
use crate::edge::platform::{SharedBytes, SharedText, random};
use crate::edge::relay_object::Home;
use crate::edge::subscribers::{FAILED, LOST, NORMAL, close, send};
use crate::id::{EventId, JobId, ProjectId};
use crate::limits;
use crate::relay::{Beginning, News, Page, Sight, Standing};
use crate::view::JobLens;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use worker::{Result, State, WebSocket};

/// Survives the relay's sleep as the socket's attachment, and with it whose relay it is: it has no storage.
#[derive(Clone, Serialize, Deserialize)]
pub struct Seat {
    pub job: JobId,
    project: ProjectId,
    lens: JobLens,
    stands_at: EventId,
}

pub fn seat_of(socket: &WebSocket) -> Option<Seat> {
    let text = socket.deserialize_attachment::<String>().ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// A page as many get it.
pub struct SharedPage {
    text: SharedBytes,
    reached: EventId,
    has_more: bool,
    is_end: bool,
}

impl From<Page> for SharedPage {
    fn from(Page { text, reached, has_more, is_end }: Page) -> SharedPage {
        SharedPage { text: text.into(), reached, has_more, is_end }
    }
}

struct Reader {
    socket: WebSocket,
    seat: Seat,
}

/// By the tag that each socket was accepted with.
#[derive(Default)]
pub struct Audience {
    readers: HashMap<String, Reader>,
}

impl Audience {
    /// Finds the readers again after the relay slept; before it did, it noted where they stood.
    pub fn wake(state: &State) -> Audience {
        let mut readers = HashMap::new();
        for socket in state.get_websockets() {
            match (state.get_tags(&socket).pop(), seat_of(&socket)) {
                (Some(tag), Some(seat)) => {
                    readers.insert(tag, Reader { socket, seat });
                }
                _ => close(&socket, LOST, "lost"),
            }
        }
        Audience { readers }
    }

    pub fn count(&self) -> usize {
        self.readers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.readers.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.count() >= limits::SUBSCRIBERS
    }

    pub fn home(&self) -> Option<Home> {
        let seat = &self.readers.values().next()?.seat;
        Some(Home { job: seat.job.clone(), project: seat.project.clone() })
    }

    /// Where the first of them stand.
    pub fn foremost(&self) -> Option<EventId> {
        self.readers.values().map(|reader| reader.seat.stands_at).max()
    }

    pub fn lenses(&self) -> HashSet<&JobLens> {
        self.readers.values().map(|reader| &reader.seat.lens).collect()
    }

    /// Takes in a reader of a relay that stands at `relay`.
    pub fn join(
        &mut self,
        state: &State,
        socket: WebSocket,
        (home, lens): (Home, JobLens),
        beginning: Beginning,
        relay: EventId,
    ) -> Result<()> {
        let tag = u64::from_le_bytes(random()).to_string();
        state.accept_websocket_with_tags(&socket, &[&tag]);
        send(&socket, &beginning.opening)?;
        socket.send_with_str(signal::OPENED)?;
        let Home { job, project } = home;
        let seat = Seat { job, project, lens, stands_at: beginning.tail };
        self.readers.insert(tag.clone(), Reader { socket, seat });
        self.turn_page(&tag, &beginning.page.into(), relay);
        Ok(())
    }

    /// The lens and the place of whoever asks for a page.
    pub fn asks(&self, tag: &str) -> Option<(JobLens, EventId)> {
        self.readers.get(tag).map(|Reader { seat, .. }| (seat.lens.clone(), seat.stands_at))
    }

    pub fn turn_page(&mut self, tag: &str, page: &SharedPage, relay: EventId) {
        self.with(tag, |reader| reader.turn_page(page, relay));
    }

    /// Has all who are behind a relay that wakes ask for pages: it does not know whom it had called.
    pub fn call(&mut self, relay: EventId) {
        self.each(|reader| reader.ask_to_turn(relay));
    }

    /// Sends the news to those for whom it is the next thing; the others are to ask for pages.
    pub fn publish(&mut self, news: &News, relay: EventId) {
        let sights: HashMap<&JobLens, (&Sight, SharedText)> =
            news.sights.iter().map(|sight| (&sight.lens, (sight, sight.text.clone().into()))).collect();
        self.each(|reader| {
            let was_behind = Standing::of(reader.seat.stands_at, relay) == Standing::Behind;
            let next =
                if reader.seat.stands_at == news.after && !was_behind { sights.get(&reader.seat.lens) } else { None };
            match next {
                Some((sight, text)) => reader.hear(sight, text, news.until),
                None if was_behind => Ok(Course::GoesOn),
                None => reader.ask_to_turn(news.until),
            }
        });
    }

    /// Notes where they stand, before the relay may fall asleep.
    pub fn rest(&mut self) {
        self.each(|reader| reader.keep_place().map(|()| Course::GoesOn));
    }

    /// Ends every stream: the log is no more.
    pub fn dismiss(&mut self) {
        self.readers.drain().for_each(|(_, reader)| close(&reader.socket, NORMAL, "deleted"));
    }

    /// Its reader comes back with its cursor.
    pub fn cut(&mut self, tag: &str) {
        if let Some(reader) = self.readers.remove(tag) {
            close(&reader.socket, FAILED, "failed");
        }
    }

    pub fn leave(&mut self, tag: &str) {
        self.readers.remove(tag);
    }

    fn each(&mut self, work: impl Fn(&mut Reader) -> Result<Course>) {
        self.readers.retain(|_, reader| {
            let told = work(reader);
            reader.goes_on(told)
        });
    }

    fn with(&mut self, tag: &str, work: impl FnOnce(&mut Reader) -> Result<Course>) {
        let Some(reader) = self.readers.get_mut(tag) else { return };
        let course = work(reader);
        if !reader.goes_on(course) {
            self.readers.remove(tag);
        }
    }
}

/// Whether a reader is still there after something was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    GoesOn,
    Ended,
}

impl Reader {
    fn turn_page(&mut self, page: &SharedPage, relay: EventId) -> Result<Course> {
        page.text.send(&self.socket)?;
        if page.is_end {
            close(&self.socket, NORMAL, "end");
            return Ok(Course::Ended);
        }
        self.seat.stands_at = page.reached;
        self.keep_place()?;
        // The relay may not have heard of what follows.
        if page.has_more { self.call() } else { self.ask_to_turn(relay) }
    }

    fn hear(&mut self, sight: &Sight, text: &SharedText, until: EventId) -> Result<Course> {
        if !sight.text.is_empty() {
            text.send(&self.socket)?;
        }
        if sight.is_end {
            close(&self.socket, NORMAL, "end");
            return Ok(Course::Ended);
        }
        self.seat.stands_at = until;
        Ok(Course::GoesOn)
    }

    /// Who is behind asks for a page as soon as its bridge has written what it has.
    fn ask_to_turn(&self, relay: EventId) -> Result<Course> {
        match Standing::of(self.seat.stands_at, relay) {
            Standing::Behind => self.call(),
            Standing::Live | Standing::Ahead => Ok(Course::GoesOn),
        }
    }

    fn call(&self) -> Result<Course> {
        self.socket.send_with_str(signal::MORE)?;
        Ok(Course::GoesOn)
    }

    fn keep_place(&self) -> Result<()> {
        self.socket.serialize_attachment(serde_json::to_string(&self.seat)?)
    }

    /// One to whom nothing can be sent is cut: it comes back with its cursor.
    fn goes_on(&self, told: Result<Course>) -> bool {
        if told.is_err() {
            close(&self.socket, FAILED, "failed");
        }
        matches!(told, Ok(Course::GoesOn))
    }
}
