//! Subscribers: a reader and the bridge that stands before it. They come with the cursor of the last block that they
//! read, stall, leave in the middle of a block, and come again. The bridge is the one part of the way that is modelled:
//! `edge/sse_bridge.rs` pours between two streams of the platform.

use crate::call::{FeedSubscription, RelaySubscription, Subscription, signal};
use crate::check::reading::{Place, Subject};
use crate::cloud::{Response, Result, WebSocket};
use crate::cloud::delay::{Delay, pause};
use crate::cloud::socket::Message;
use crate::draws::Draws;
use crate::edge::{job_object, project_feed, relay_object};
use crate::fault::Kind;
use crate::history::{Invariant, broken};
use crate::limits;
use crate::relay::{Seat, drawn};
use crate::scenario::project;
use crate::world::world;
use futures::future::select;
use std::time::Duration;

pub struct Reader {
    pub number: usize,
    pub subject: Subject,
    pub draws: Draws,
    /// When it stops being restless, ms.
    pub until: u64,
}

/// A stream that has told nothing for so long is asked for a sign of life, ms.
const SILENCE_MS: u64 = 15_000;
/// How often a reader that stalls looks up, ms.
const LOOK_MS: u64 = 300;

impl Reader {
    pub async fn run(self) {
        let mut place = Place::new(self.subject.clone());
        loop {
            place.ask();
            self.keep(&place);
            match self.join(&place).await {
                Joined::Stream(socket) => self.follow(&socket, &mut place).await,
                Joined::Gone => self.hold(place.gone()),
                Joined::Unknown => self.hold(place.unknown()),
                Joined::Nothing => {}
            }
            self.keep(&place);
            pause(if place.has_ended() { self.draws.between(1_000, 4_000) } else { self.draws.between(30, 1_200) }).await;
        }
    }

    /// What the reader has seen, for the reckoning at the end.
    fn keep(&self, place: &Place) {
        world().history.borrow_mut().places.insert(self.number, place.clone());
    }

    fn hold(&self, outcome: std::result::Result<(), String>) {
        if let Err(what) = outcome {
            let what = format!("reader {} of {}: {what}", self.number, self.subject);
            world().history.borrow_mut().breaks(broken(Invariant::ReadersExact, what));
        }
    }

    async fn join(&self, place: &Place) -> Joined {
        let (world, cursor) = (world(), place.cursor);
        world.note(|| format!("reader {} joins {} with {cursor:?}", self.number, self.subject));
        let answer = match &self.subject {
            Subject::Job(job, lens) => {
                let subscription = Subscription { job: job.clone(), project: project(), lens: lens.clone(), cursor };
                self.join_job(subscription).await
            }
            Subject::Feed(channel) => {
                let subscription = FeedSubscription { project: project(), channel: *channel, cursor };
                project_feed::subscribe(&world.env, &subscription).await
            }
        };
        match answer {
            Ok(mut answer) => match (answer.status_code(), answer.websocket()) {
                (101, Some(socket)) => Joined::Stream(socket),
                (204, _) => Joined::Gone,
                (404, _) => Joined::Unknown,
                _ => Joined::Nothing,
            },
            Err(_) => Joined::Nothing,
        }
    }

    /// As `edge/watching.rs` does; some go by what they knew of relays before.
    async fn join_job(&self, subscription: Subscription) -> Result<Response> {
        let world = world();
        let answer = job_object::subscribe(&world.env, &subscription).await?;
        let of = match (answer.status_code(), self.draws.below(8)) {
            (200, _) => match answer.json()? {
                Seat::AtARelay { of } => of,
                Seat::Here => return Ok(answer),
            },
            (101, 0) => 2,
            _ => return Ok(answer),
        };
        let relay = drawn(of, self.draws.below(1_000) as f64 / 1_000.0);
        relay_object::subscribe(&world.env, &RelaySubscription { relay, of, subscription }).await
    }

    async fn follow(&self, socket: &WebSocket, place: &mut Place) {
        let world = world();
        let (mut bridge, mut page) = (Bridge::default(), String::new());
        // Some stay from amid the faults to the end: nothing but what they are sent tells them what they lack.
        let is_restless = world.age() < self.until && self.draws.below(6) > 0;
        let life = if is_restless { self.draws.between(10, 15_000) } else { u64::MAX };
        let end = world.age().saturating_add(life);
        let mut heard = world.age();
        loop {
            let step = if bridge.waiting.is_empty() { SILENCE_MS } else { LOOK_MS };
            let patience = end.min(heard + step).saturating_sub(world.age());
            select(socket.bell(), Delay::from(Duration::from_millis(patience))).await;
            let is_silent = world.age() >= heard + SILENCE_MS && socket.is_closed();
            heard = world.age();
            while let Some(message) = socket.take() {
                bridge.receive(message);
            }
            let stalls = world.faults.is_on(Kind::ReadersStall) && self.number.is_multiple_of(2) && bridge.closed.is_none();
            let is_cut = bridge.is_overfull() || world.faults.strikes(Kind::ReadersCut);
            if is_cut || world.age() >= end || (is_silent && bridge.closed.is_none()) {
                world.note(|| format!("reader {} is cut off with {} bytes waiting", self.number, bridge.waiting.len()));
                page.push_str(&bridge.some(&self.draws));
                self.read(&mut page, place);
                return socket.leave();
            }
            if stalls {
                continue;
            }
            page.push_str(&std::mem::take(&mut bridge.waiting));
            self.read(&mut page, place);
            self.keep(place);
            if bridge.closed.is_some() {
                return;
            }
            if bridge.written() {
                socket.say(signal::NEXT);
            }
        }
    }

    /// Reads whole blocks; the beginning of one waits for its end.
    fn read(&self, text: &mut String, place: &mut Place) {
        let end = text.rfind("\n\n").map_or(0, |end| end + 2);
        let rest = text.split_off(end);
        for block in text.split_inclusive("\n\n") {
            world().note(|| format!("reader {} reads {}", self.number, block.trim_end().replace('\n', " | ")));
            self.hold(place.read(block));
        }
        *text = rest;
    }
}

enum Joined {
    Stream(WebSocket),
    /// 204.
    Gone,
    /// 404.
    Unknown,
    /// No answer.
    Nothing,
}

/// As `edge/sse_bridge.rs` holds a reader's stream.
#[derive(Default)]
struct Bridge {
    waiting: String,
    opening: usize,
    is_open: bool,
    owes_next: bool,
    closed: Option<u16>,
}

impl Bridge {
    fn receive(&mut self, message: Message) {
        match message {
            Message::Text(text) if text == signal::MORE => self.owes_next = true,
            Message::Text(text) if text == signal::OPENED => self.is_open = true,
            Message::Text(text) => {
                self.waiting.push_str(&text);
                self.opening += if self.is_open { 0 } else { text.len() };
            }
            Message::Closed(code) => self.closed = Some(code),
        }
    }

    fn is_overfull(&self) -> bool {
        self.waiting.len() > limits::SLOW_READER + self.opening
    }

    /// All that waited is written: whether the next page is owed.
    fn written(&mut self) -> bool {
        if self.is_open {
            self.opening = 0;
        }
        std::mem::take(&mut self.owes_next)
    }

    /// What a reader got that was cut off: any part of what waited.
    fn some(&self, draws: &Draws) -> String {
        self.waiting.chars().take(draws.below(self.waiting.len() as u64 + 1) as usize).collect()
    }
}

