//! Owns the object of one project: takes what its jobs tell, stores it in one order, and sends it to who watches the
//! project. Refuses to own rules (`feed`), storage (`feed_journal`) and sockets (`subscribers`).
//! Invariant: a job's event is taken once, however often it is told, because what was taken last is known per job;
//! between that look and the commit there is no `await`.

use crate::call::{FeedSubscription, Telling, signal};
use crate::edge::expiry::retention_ms;
use crate::edge::feed_journal::FeedJournal;
use crate::edge::job_stream_do::{joined, subscription};
use crate::edge::platform::{alarm_time, internal, now, random};
use crate::edge::project_feed::HEARD;
use crate::edge::projection::complain;
use crate::edge::subscribers::{FAILED, Log, NORMAL, Opening, Page, Subscribers, close};
use crate::feed::{Channel, Entry, Feed, NEWEST};
use crate::id::{EventId, JobId};
use crate::limits;
use crate::notice::Notice;
use crate::problem::Problem;
use crate::replay::{Plan, plan};
use crate::time::Timestamp;
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    console_log, durable_object, worker_sys,
};

/// How soon it is tried again to trim by age when the directory did not answer, ms.
const AGAIN_MS: u64 = 600_000;

#[durable_object]
pub struct ProjectFeed {
    state: State,
    env: Env,
    journal: FeedJournal,
    memory: RefCell<Memory>,
}

/// What is lost when the object is evicted, and found again when it wakes.
#[derive(Default)]
struct Memory {
    woken: bool,
    feed: Option<Feed>,
    entries: u64,
    /// The last event of each job that has an entry.
    last_events: HashMap<JobId, EventId>,
    subscribers: Subscribers<Channel>,
    alarm_at: Option<Timestamp>,
}

impl DurableObject for ProjectFeed {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = worker_sys::WebSocketRequestResponsePair::new(signal::PING, signal::PONG) {
            state.set_websocket_auto_response(&pair);
        }
        let journal = FeedJournal::new(&state);
        ProjectFeed { state, env, journal, memory: RefCell::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        self.wake().await?;
        if request.headers().get("upgrade")?.is_some() {
            return joined(self.join(subscription(&request)?));
        }
        let telling: Telling = serde_json::from_str(&request.text().await?)?;
        match self.hear(telling) {
            Ok(()) => {
                self.arm_for_age().await;
                Response::ok(HEARD)
            }
            Err(error) => Response::error(error.to_string(), 500),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.wake().await?;
        self.memory.borrow_mut().alarm_at = None;
        if let Err(error) = self.trim_by_age().await {
            complain("feed.trim_failed", &error.to_string());
            self.arm(now().plus(AGAIN_MS)).await;
        }
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        self.wake().await?;
        if matches!(&message, WebSocketIncomingMessage::String(text) if text == signal::NEXT) {
            self.next_page(&socket);
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _code: usize, _reason: String, _clean: bool) -> Result<()> {
        self.leave(&socket);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: Error) -> Result<()> {
        self.leave(&socket);
        Ok(())
    }
}

impl ProjectFeed {
    /// Loads what was lost in sleep. The only `await` is for the alarm's time, before anything is taken.
    async fn wake(&self) -> Result<()> {
        if self.memory.borrow().woken {
            return Ok(());
        }
        let alarm_at = self.state.storage().get_alarm().await?.map(|time| Timestamp(time as u64));
        if !self.memory.borrow().woken {
            self.load(alarm_at)?;
        }
        Ok(())
    }

    fn load(&self, alarm_at: Option<Timestamp>) -> Result<()> {
        let mut memory =
            Memory { woken: true, subscribers: Subscribers::wake(&self.state), alarm_at, ..Memory::default() };
        if let Some(loaded) = self.journal.load()? {
            console_log!("{}", json!({ "event": "feed.woken", "project": loaded.feed.project }));
            (memory.feed, memory.entries, memory.last_events) = (Some(loaded.feed), loaded.entries, loaded.last_events);
        }
        *self.memory.borrow_mut() = memory;
        Ok(())
    }

    /// Takes what is new of what a job tells.
    fn hear(&self, telling: Telling) -> Result<()> {
        let mut memory = self.memory.borrow_mut();
        let outcome = self.take(&mut memory, telling);
        if outcome.is_err() {
            // Nothing was written: what was noted in memory is forgotten, and the next request wakes the object anew.
            memory.woken = false;
        }
        outcome
    }

    fn take(&self, memory: &mut Memory, telling: Telling) -> Result<()> {
        let fresh = self.fresh(memory, telling.notices)?;
        if fresh.is_empty() {
            return Ok(());
        }
        if memory.feed.is_none() {
            let feed = Feed::new(telling.project);
            self.journal.create(&feed)?;
            memory.feed = Some(feed);
        }
        let Memory { feed: Some(feed), entries, subscribers, .. } = memory else { return Ok(()) };
        let appended = feed.append(fresh, now());
        self.journal.append(&appended)?;
        *entries += appended.len() as u64;
        subscribers.publish(&appended, &FeedLog { journal: &self.journal, feed });
        self.trim_by_count(memory)
    }

    /// Each of them is newer than what was taken of its job before.
    fn fresh(&self, memory: &mut Memory, notices: Vec<Notice>) -> Result<Vec<Notice>> {
        let mut fresh = Vec::with_capacity(notices.len());
        for notice in notices {
            let last = match memory.last_events.get(&notice.job) {
                Some(last) => Some(*last),
                None if memory.feed.is_some() => self.journal.last_seen(&notice.job)?,
                None => None,
            };
            if last.is_none_or(|last| notice.event > last) {
                memory.last_events.insert(notice.job.clone(), notice.event);
                fresh.push(notice);
            }
        }
        Ok(fresh)
    }

    /// Makes room: progress that was overtaken a while ago goes first, then all that was overtaken, then the oldest.
    fn trim_by_count(&self, memory: &mut Memory) -> Result<()> {
        let cap = limits::FEED_KEPT;
        let Memory { feed: Some(feed), entries, .. } = memory else { return Ok(()) };
        if *entries <= cap + cap / limits::TRIM_SLACK {
            return Ok(());
        }
        let a_while_ago = EventId(now().minus(limits::FEED_THINNED_AFTER_MS).0).min(feed.tail);
        for until in [a_while_ago, feed.tail] {
            if *entries > cap {
                feed.thinned = feed.thinned.max(until);
                *entries = self.journal.thin(feed, until)?;
            }
        }
        match self.journal.oldest_kept(cap)? {
            Some(floor) => self.drop_until(memory, floor),
            None => Ok(()),
        }
    }

    fn drop_until(&self, memory: &mut Memory, floor: EventId) -> Result<()> {
        let Some(feed) = &mut memory.feed else { return Ok(()) };
        feed.floor = floor;
        feed.thinned = feed.thinned.max(floor);
        self.journal.trim(feed)?;
        if let Some(loaded) = self.journal.load()? {
            (memory.entries, memory.last_events) = (loaded.entries, loaded.last_events);
        }
        Ok(())
    }

    /// The alarm: what is older than the project's retention goes, and what is known of jobs long gone.
    async fn trim_by_age(&self) -> Result<()> {
        let Some(project) = self.memory.borrow().feed.as_ref().map(|feed| feed.project.clone()) else { return Ok(()) };
        let retention = retention_ms(&self.env, project.as_str()).await?;
        let until = EventId(now().minus(retention).0);
        {
            let mut memory = self.memory.borrow_mut();
            let tail = memory.feed.as_ref().map(|feed| feed.tail).unwrap_or_default();
            if self.journal.oldest()?.is_some_and(|oldest| oldest <= until) {
                self.drop_until(&mut memory, until.min(tail))?;
            }
            self.journal.forget_seen(EventId(now().minus(limits::FEED_SEEN_MS).0))?;
        }
        if let Some(oldest) = self.journal.oldest()? {
            self.arm(oldest.time().plus(retention + 1)).await;
        }
        Ok(())
    }

    /// The first entry of a feed sets the alarm that looks at its age: at the shortest retention that can be set.
    async fn arm_for_age(&self) {
        if self.memory.borrow().alarm_at.is_none() && self.memory.borrow().entries > 0 {
            self.arm(now().plus(crate::edge::expiry::hour_ms(&self.env))).await;
        }
    }

    async fn arm(&self, at: Timestamp) {
        self.memory.borrow_mut().alarm_at = Some(at);
        if let Err(error) = self.state.storage().set_alarm(alarm_time(at.max(now()))).await {
            complain("alarm.failed", &error.to_string());
            self.memory.borrow_mut().alarm_at = None;
        }
    }

    fn join(&self, subscription: FeedSubscription) -> std::result::Result<Option<WebSocket>, Problem> {
        let mut memory = self.memory.borrow_mut();
        let Memory { feed, subscribers, .. } = &mut *memory;
        if subscribers.is_full() {
            return Err(Problem::unavailable());
        }
        let nothing = Feed::new(subscription.project);
        let log = FeedLog { journal: &self.journal, feed: feed.as_ref().unwrap_or(&nothing) };
        let planned = log.plan(subscription.channel, subscription.cursor).map_err(internal)?;
        let from = match planned {
            Plan::Gone => return Ok(None),
            Plan::Snapshot { from } | Plan::Replay { from } | Plan::Reset { from, .. } => from,
        };
        let pair = WebSocketPair::new().map_err(internal)?;
        subscribers.join(&self.state, pair.server, subscription.channel, planned, from, &log).map_err(internal)?;
        Ok(Some(pair.client))
    }

    fn next_page(&self, socket: &WebSocket) {
        let mut memory = self.memory.borrow_mut();
        let Memory { feed, subscribers, .. } = &mut *memory;
        let (Some(feed), Some(tag)) = (feed, self.state.get_tags(socket).pop()) else { return };
        if let Err(error) = subscribers.next_page(&tag, &FeedLog { journal: &self.journal, feed }) {
            complain("replay.failed", &error.to_string());
            close(socket, FAILED, "failed");
            subscribers.leave(&tag);
        }
    }

    fn leave(&self, socket: &WebSocket) {
        if let Some(tag) = self.state.get_tags(socket).pop() {
            self.memory.borrow_mut().subscribers.leave(&tag);
        }
        close(socket, NORMAL, "bye");
    }
}

/// What the streams of a project show.
struct FeedLog<'a> {
    journal: &'a FeedJournal,
    feed: &'a Feed,
}

impl FeedLog<'_> {
    fn is_empty(&self) -> bool {
        self.feed.tail == EventId::default()
    }

    fn plan(&self, channel: Channel, cursor: Option<EventId>) -> Result<Plan> {
        let is_stored = match cursor {
            Some(cursor) if !self.is_empty() => self.journal.is_stored(cursor)?,
            _ => false,
        };
        Ok(self.feed.plan(cursor, self.beginning(channel)?, |_| is_stored))
    }

    /// Where a reader without a cursor starts: at the tail, or before the newest events.
    fn beginning(&self, channel: Channel) -> Result<EventId> {
        match channel {
            Channel::Activity if !self.is_empty() => {
                Ok(self.journal.before_newest(channel, NEWEST)?.unwrap_or(self.feed.floor))
            }
            Channel::Activity | Channel::Queue => Ok(self.feed.tail),
        }
    }

    fn oldest(&self) -> EventId {
        let stored = if self.is_empty() { None } else { self.journal.oldest().ok().flatten() };
        stored.unwrap_or(self.feed.tail)
    }
}

impl Log for FeedLog<'_> {
    type Lens = Channel;
    type Entry = Entry;

    fn opening(&self, channel: &Channel, plan: Plan) -> Opening {
        let client = format!("client_{:016x}", u64::from_le_bytes(random()));
        let text = channel.opening(plan, self.oldest(), &client);
        Opening { text, tells_cursor: *channel == Channel::Queue }
    }

    fn page(&self, channel: &Channel, mut from: EventId) -> Result<Page> {
        let mut text = String::new();
        if self.is_empty() {
            return Ok(Page { text, next: None, reached: self.feed.tail, is_end: false });
        }
        // The feed may have been trimmed past a reader that is still catching up.
        let bounds = self.feed.bounds();
        let plan = plan(Some(from), bounds, bounds.floor);
        if let Plan::Reset { from: present, .. } = plan {
            text.push_str(&self.opening(channel, plan).text);
            from = present;
        }
        let read = self.journal.read(from, *channel)?;
        read.entries.iter().for_each(|entry| self.encode(channel, entry, &mut text));
        let next = read.entries.last().map(|entry| entry.id).filter(|_| !read.is_last);
        Ok(Page { text, next, reached: next.unwrap_or(bounds.tail), is_end: false })
    }

    fn place(entry: &Entry) -> EventId {
        entry.id
    }

    fn encode(&self, channel: &Channel, entry: &Entry, out: &mut String) {
        channel.encode(entry, out);
    }

    fn ends_with(_: &Channel, _: &Entry) -> bool {
        false
    }
}
