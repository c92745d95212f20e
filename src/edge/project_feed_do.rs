//! Owns the object of one project: takes what its jobs tell, stores it in one order, and sends it to who watches the
//! project. Refuses to own rules (`feed`), storage (`feed_journal`), what goes (`feed_retention`) and sockets
//! (`subscribers`).
//! Invariant: a job's event is taken once, however often it is told, because what was taken last is known per job;
//! between that look and the commit there is no `await`.

use crate::call::{FeedSubscription, Telling, signal};
use crate::edge::complaint::Subject;
use crate::edge::expiry::AGAIN_MS;
use crate::edge::feed_journal::FeedJournal;
use crate::edge::feed_log::FeedLog;
use crate::edge::meter;
use crate::edge::platform::now;
use crate::edge::project_feed::KNOWN;
use crate::edge::subscribers::{FAILED, NORMAL, Subscribers, close, cut_lost, joined, subscription};
use crate::feed::{Channel, Feed};
use crate::id::{EventId, JobId};
use crate::limits;
use crate::metrics::{Count, Lag};
use crate::notice::Notice;
use crate::pace::Pace;
use crate::problem::Problem;
use crate::time::Timestamp;
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::*;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    console_log, worker_sys,
};

// The host's simulation calls the entry points itself.
#[cfg_attr(target_arch = "wasm32", worker::durable_object)]
pub struct ProjectFeed {
    pub(super) state: State,
    pub(super) env: Env,
    pub(super) subject: Subject,
    pub(super) journal: FeedJournal,
    pub(super) memory: RefCell<Memory>,
}

/// What is lost when the object is evicted, and found again when it wakes.
#[derive(Default)]
pub struct Memory {
    woken: bool,
    pub feed: Option<Feed>,
    pub entries: u64,
    /// The last event of each job that has an entry.
    pub last_events: HashMap<JobId, EventId>,
    subscribers: Subscribers<Channel>,
    pace: Pace,
    pub alarm_at: Option<Timestamp>,
}

/// A feed before it heard something. With its first entry it sets an alarm for its age.
enum Was {
    Empty,
    Filled,
}

impl DurableObject for ProjectFeed {
    fn new(state: State, env: Env) -> Self {
        cut_lost(&state);
        if let Ok(pair) = worker_sys::WebSocketRequestResponsePair::new(signal::PING, signal::PONG) {
            state.set_websocket_auto_response(&pair);
        }
        let journal = FeedJournal::new(&state);
        ProjectFeed { state, env, subject: Subject::default(), journal, memory: RefCell::default() }
    }

    /// Joins a stream; jobs tell what they have by `answer`.
    async fn fetch(&self, request: Request) -> Result<Response> {
        self.begin().await?;
        joined(self.join(subscription(&request)?))
    }

    async fn alarm(&self) -> Result<Response> {
        self.wake().await?;
        self.memory.borrow_mut().alarm_at = None;
        if let Err(error) = self.trim_by_age().await {
            self.subject.complain("feed.trim_failed", &error.to_string());
            self.arm(now().plus(AGAIN_MS)).await;
        }
        self.tell_counts();
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

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
impl ProjectFeed {
    /// Takes a `Telling`, as JSON. Objects of jobs call it by RPC (worker.js).
    #[wasm_bindgen(js_name = answer)]
    pub async fn answer_by_rpc(&self, telling: String) -> std::result::Result<String, JsValue> {
        Ok(self.answer(&telling).await?)
    }
}

impl ProjectFeed {
    pub async fn answer(&self, telling: &str) -> Result<String> {
        self.begin().await?;
        let telling: Telling = serde_json::from_str(telling)?;
        self.subject.is_of(&telling.project);
        if let Some(job) = &telling.asks_for {
            let known = self.last_heard(&self.memory.borrow(), job)?;
            return Ok(known.map_or_else(String::new, |_| KNOWN.to_owned()));
        }
        let heard = self.hear(telling);
        self.tell_counts();
        if let Was::Empty = heard? {
            self.arm_for_age().await;
        }
        Ok(self.pause().to_string())
    }

    /// How long a job that was heard waits before it tells of progress again, ms.
    fn pause(&self) -> u64 {
        let mut memory = self.memory.borrow_mut();
        let Memory { pace, last_events, subscribers, .. } = &mut *memory;
        let is_watched = !subscribers.is_empty();
        let least = if is_watched { limits::FEED_PROGRESS_MS } else { limits::FEED_PROGRESS_UNWATCHED_MS };
        pace.pause(least, last_events.values(), now())
    }

    async fn begin(&self) -> Result<()> {
        self.wake().await?;
        if self.is_unwatched() {
            self.arm_for_age().await;
        }
        Ok(())
    }

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

    /// Adds what this isolate counted to the totals, behind the answer, when it is time.
    fn tell_counts(&self) {
        if let Some(telling) = meter::due(&self.env) {
            self.state.wait_until(telling);
        }
    }

    /// Entries and no alarm: a panic interrupted the first telling between its commit and the alarm.
    fn is_unwatched(&self) -> bool {
        let memory = self.memory.borrow();
        memory.entries > 0 && memory.alarm_at.is_none()
    }

    fn load(&self, alarm_at: Option<Timestamp>) -> Result<()> {
        let mut memory =
            Memory { woken: true, subscribers: Subscribers::wake(&self.state), alarm_at, ..Memory::default() };
        if let Some(loaded) = self.journal.load()? {
            self.subject.is_of(&loaded.feed.project);
            console_log!("{}", json!({ "event": "feed.woken", "project": loaded.feed.project }));
            (memory.feed, memory.entries, memory.last_events) = (Some(loaded.feed), loaded.entries, loaded.last_events);
        }
        *self.memory.borrow_mut() = memory;
        Ok(())
    }

    /// Takes what is new of what a job tells.
    fn hear(&self, telling: Telling) -> Result<Was> {
        let mut memory = self.memory.borrow_mut();
        let was_empty = memory.entries == 0;
        if let Err(error) = self.take(&mut memory, telling) {
            // Nothing was written: what was noted in memory is forgotten, and the next request wakes the object anew.
            memory.woken = false;
            return Err(error);
        }
        Ok(if was_empty && memory.entries > 0 { Was::Empty } else { Was::Filled })
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
        let oldest = fresh.first().map(|notice| notice.event.time());
        let appended = feed.append(fresh, now());
        self.journal.append(&appended)?;
        meter::count(Count::FeedEntry, appended.len());
        oldest.into_iter().for_each(|time| meter::late(Lag::Outbox, time));
        *entries += appended.len() as u64;
        subscribers.publish(&appended, &FeedLog { journal: &self.journal, feed });
        self.trim_by_count(memory)
    }

    /// Each of them is newer than what was taken of its job before.
    fn fresh(&self, memory: &mut Memory, notices: Vec<Notice>) -> Result<Vec<Notice>> {
        let mut fresh = Vec::with_capacity(notices.len());
        for notice in notices {
            if self.last_heard(memory, &notice.job)?.is_none_or(|last| notice.event > last) {
                memory.last_events.insert(notice.job.clone(), notice.event);
                fresh.push(notice);
            }
        }
        Ok(fresh)
    }

    fn last_heard(&self, memory: &Memory, job: &JobId) -> Result<Option<EventId>> {
        match memory.last_events.get(job) {
            Some(last) => Ok(Some(*last)),
            None if memory.feed.is_some() => self.journal.last_seen(job),
            None => Ok(None),
        }
    }

    fn join(&self, subscription: FeedSubscription) -> std::result::Result<Option<WebSocket>, Problem> {
        self.subject.is_of(&subscription.project);
        let mut memory = self.memory.borrow_mut();
        let Memory { feed, subscribers, .. } = &mut *memory;
        if subscribers.is_full() {
            return Err(Problem::unavailable());
        }
        let nothing = Feed::new(subscription.project);
        let log = FeedLog { journal: &self.journal, feed: feed.as_ref().unwrap_or(&nothing) };
        let planned =
            log.plan(subscription.channel, subscription.cursor).map_err(|error| self.subject.internal(error))?;
        let Some(from) = planned.from() else { return Ok(None) };
        let pair = WebSocketPair::new().map_err(|error| self.subject.internal(error))?;
        subscribers
            .join(&self.state, pair.server, subscription.channel, planned, from, &log)
            .map_err(|error| self.subject.internal(error))?;
        Ok(Some(pair.client))
    }

    fn next_page(&self, socket: &WebSocket) {
        let mut memory = self.memory.borrow_mut();
        let Memory { feed, subscribers, .. } = &mut *memory;
        let (Some(feed), Some(tag)) = (feed, self.state.get_tags(socket).pop()) else { return };
        if let Err(error) = subscribers.next_page(&tag, &FeedLog { journal: &self.journal, feed }) {
            self.subject.complain("replay.failed", &error.to_string());
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
