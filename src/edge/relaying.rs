//! Owns what a job's object does for its relays: it tells them what it tells its own subscribers, and answers what they ask for
//! their readers.
//! Invariant: one telling is under way at a time, to all of them; what comes meanwhile is gathered and told next, so
//! that relays hear in order, and fall behind together at the worst.

use crate::call::Reply;
use crate::edge::job_log::JobLog;
use crate::edge::job_stream_do::{JobObject, Memory, visible};
use crate::edge::journal::Commit;
use crate::edge::platform::{now, setting};
use crate::edge::relay_object::{self, Home};
use crate::edge::subscribers::{self as log, Log, Text, beginning};
use crate::event::Event;
use crate::id::{EventId, ProjectId};
use crate::limits;
use crate::problem::Problem;
use crate::record::Record;
use crate::relay::{Arrival, Beginning, Heard, News, Page, Request, Room, Sight};
use crate::view::JobLens;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Env, Error, Result};

/// How often a telling that failed is repeated before it is left to the alarm, and half of the first pause, ms; each is twice
/// as long as the one before.
const TRIES: u32 = 6;
const PAUSE_MS: u64 = 50;

/// Tellings that one request or alarm carries on with, to 32 relays each: the platform lets one ask others 10,000 times. Then the next
/// goes on.
const TELLINGS: usize = 200;

#[derive(Default)]
pub struct Relaying {
    is_under_way: bool,
    /// Up to where everything was told, or waits to be.
    gathered: EventId,
    /// What relays have not heard.
    waiting: Option<News>,
    /// Some of them may have heard it.
    was_tried: bool,
    /// Somebody came to one of them since they were told last: who is there is known with the next telling.
    somebody_came: bool,
}

impl Relaying {
    /// For an object that wakes: it may have died before it told what it had committed. With the next news those who
    /// lack something notice.
    pub fn wake(record: Option<&Record>) -> Relaying {
        let Some(record) = record else { return Relaying::default() };
        let gathered = record.job.tail;
        let waiting = (!record.relays.are_none()).then(|| News::standing_at(gathered));
        Relaying { gathered, waiting, ..Relaying::default() }
    }

    /// What some have heard is not told together with what came next, which would not be the next thing for them: those few who
    /// have not heard it ask for pages.
    fn gather(&mut self, next: News) {
        let is_tried = std::mem::replace(&mut self.was_tried, false);
        self.waiting = Some(match self.waiting.take() {
            Some(waiting) if is_tried => News { is_over: waiting.is_over || next.is_over, ..next },
            Some(waiting) => waiting.then(next),
            None => next,
        });
    }

    /// What was committed is to be told.
    pub fn publish(&mut self, events: &[Event], log: &JobLog<'_>) {
        let (Some(last), relays) = (events.last(), &log.record.relays) else { return };
        let after = std::mem::replace(&mut self.gathered, last.id);
        if relays.are_none() {
            return;
        }
        let sights = relays.lenses.iter().map(|lens| sight(lens, events, log));
        self.gather(News::of(after, last.id, sights));
    }

    /// The log is no more.
    pub fn dismiss(&mut self, record: &Record) {
        if !record.relays.are_none() {
            self.gather(News::over(record.job.tail));
        }
    }
}

fn sight(lens: &JobLens, events: &[Event], log: &JobLog<'_>) -> Sight {
    let Text { text, is_end } = Text::of(lens, events, log);
    Sight { lens: lens.clone(), text, is_end }
}

pub fn room(env: &Env) -> Room {
    let readers = setting(env, "READERS_PER_OBJECT").and_then(|text| text.parse().ok());
    Room { readers: readers.unwrap_or(limits::READERS_HERE), relays: limits::RELAYS }
}

impl JobObject {
    /// Answers a relay.
    pub fn serve_relay(self: &Rc<Self>, project: &ProjectId, request: Request) -> Reply {
        self.publish();
        let served = match request {
            Request::Begin { arrival, lens, cursor } => {
                serde_json::to_value(self.begin_at_relay(project, &arrival, &lens, cursor)?)
            }
            Request::Page { lens, from } => serde_json::to_value(self.page_for_relay(project, &lens, from)?),
        };
        served.map_err(|error| self.subject.internal(error.into()))
    }

    /// `None` for a reader that has seen the end.
    fn begin_at_relay(
        &self,
        project: &ProjectId,
        arrival: &Arrival,
        lens: &JobLens,
        cursor: Option<EventId>,
    ) -> std::result::Result<Option<Beginning>, Problem> {
        let mut memory = self.memory.borrow_mut();
        let log = JobLog { journal: &self.journal, record: visible(&memory.record, project)? };
        let plan = log.plan(lens, cursor);
        let Some(from) = plan.from() else { return Ok(None) };
        let begun = beginning(&log, lens, plan, from).and_then(|(opening, page)| Ok((opening, told(page)?)));
        let (opening, page) = begun.map_err(|error| self.subject.internal(error))?;
        let tail = log.record.job.tail;
        self.take_in(&mut memory, arrival, lens).map_err(|error| self.subject.internal(error))?;
        Ok(Some(Beginning { opening, page, tail }))
    }

    /// Notes who came where, on disk when it is news: who is not known is not told when the object has slept.
    fn take_in(&self, memory: &mut Memory, arrival: &Arrival, lens: &JobLens) -> Result<()> {
        let Some(record) = &memory.record else { return Ok(()) };
        memory.relaying.somebody_came = true;
        // Of the record, which may be large, only this is copied for each who comes.
        let mut relays = record.relays.clone();
        if !relays.take_in(arrival, lens, room(&self.env)) {
            return Ok(());
        }
        let record = Record { relays, ..record.clone() };
        if self.journal.is_stored() {
            self.journal.commit(&Commit { events: &[], record: Some(&record), once: None, trims: &[] })?;
            memory.unsaved = 0;
        }
        memory.record = Some(record);
        Ok(())
    }

    fn page_for_relay(&self, project: &ProjectId, lens: &JobLens, from: EventId) -> std::result::Result<Page, Problem> {
        let memory = self.memory.borrow();
        let log = JobLog { journal: &self.journal, record: visible(&memory.record, project)? };
        log.page(lens, from).and_then(told).map_err(|error| self.subject.internal(error))
    }

    /// Tells the relays, behind whatever is under way, what they have not heard.
    pub fn tell_relays(self: &Rc<Self>) {
        let mut memory = self.memory.borrow_mut();
        if memory.relaying.waiting.is_none() || memory.relaying.is_under_way {
            return;
        }
        let Some(record) = &memory.record else { return };
        let created = &record.job.created;
        let home = Home { job: created.id.clone(), project: created.project.clone() };
        let of = record.relays.count;
        memory.relaying.is_under_way = true;
        let object = Rc::clone(self);
        self.state.wait_until(async move {
            object.tell_until_all_have_heard(&home, of).await;
            object.memory.borrow_mut().relaying.is_under_way = false;
        });
    }

    async fn tell_until_all_have_heard(&self, home: &Home, mut of: u32) {
        let mut tries = 0;
        for _ in 0..TELLINGS {
            let Some(news) = self.unheard() else { return };
            // A job that was deleted in the meantime has its relays still.
            of = self.memory.borrow().record.as_ref().map_or(of, |record| record.relays.count.max(of));
            match relay_object::tell(&self.env, home, 0, of, &news).await {
                Ok(heard) => {
                    tries = 0;
                    self.note_heard(heard);
                }
                Err(error) => {
                    self.tell_again(news);
                    tries += 1;
                    if tries == TRIES {
                        return self.leave_to_alarm(&error).await;
                    }
                    Delay::from(Duration::from_millis(PAUSE_MS << tries)).await;
                }
            }
        }
        if self.memory.borrow().relaying.waiting.is_some() {
            self.arm(Some(now())).await;
        }
    }

    async fn leave_to_alarm(&self, error: &Error) {
        self.subject.complain("relays.unheard", &error.to_string());
        // Readers of a job that is no more are told so when they come back.
        if self.memory.borrow().record.is_some() {
            self.arm(Some(self.check_directory_at())).await;
        }
    }

    fn unheard(&self) -> Option<News> {
        let mut memory = self.memory.borrow_mut();
        memory.relaying.somebody_came = false;
        memory.relaying.waiting.take()
    }

    fn tell_again(&self, news: News) {
        let mut memory = self.memory.borrow_mut();
        let relaying = &mut memory.relaying;
        match &mut relaying.waiting {
            Some(later) => later.is_over |= news.is_over,
            None => (relaying.waiting, relaying.was_tried) = (Some(news), true),
        }
    }

    /// Who is not there any more is not told any more. In memory alone: an object that has slept tells once too often.
    fn note_heard(&self, heard: Heard) {
        let mut memory = self.memory.borrow_mut();
        if memory.relaying.somebody_came {
            return;
        }
        if let Some(record) = &mut memory.record {
            record.relays.heard(heard);
        }
    }
}

/// As it crosses to a relay.
fn told(page: log::Page) -> Result<Page> {
    let log::Page { text, next, reached, is_end } = page;
    Ok(Page { text: text.text()?, reached: next.unwrap_or(reached), has_more: next.is_some(), is_end })
}
