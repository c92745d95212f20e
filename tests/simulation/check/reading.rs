//! What one reader sees: every event after its cursor, once, in order, word for word as the view writes it; or a reset
//! that is true. Its place is where it is in the truth.

use crate::event::Event;
use crate::feed::{Channel, Entry};
use crate::history::{FeedTruth, History, JobTruth};
use crate::id::{EventId, JobId};
use crate::notice::Notice;
use crate::sse::Frame;
use crate::view::{JobLens, Visibility, asset, pipeline};
use crate::world::world;
use serde_json::Value;

#[derive(Debug, Clone)]
pub enum Subject {
    Job(JobId, JobLens),
    Feed(Channel),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Job(job, JobLens::Asset) => write!(out, "{job}, asset view"),
            Subject::Job(job, JobLens::Pipeline(lens)) => write!(out, "{job}, {:?}", lens.visibility),
            Subject::Feed(channel) => write!(out, "the feed, {channel:?}"),
        }
    }
}

/// Up to where the reader has seen everything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen {
    /// It is to be told where it begins.
    Untold,
    /// It begins with the oldest that is kept.
    Beginning,
    UpTo(EventId),
}

#[derive(Debug, Clone)]
pub struct Place {
    pub subject: Subject,
    pub cursor: Option<EventId>,
    pub seen: Seen,
    /// A reset came, and not yet the place from which it goes on.
    is_reset: bool,
    has_ended: bool,
    /// How many events the job had when the reader asked.
    since: usize,
}

type Outcome = Result<(), String>;

impl Place {
    pub fn new(subject: Subject) -> Place {
        Place { subject, cursor: None, seen: Seen::Untold, is_reset: false, has_ended: false, since: 0 }
    }

    /// The reader asks for the stream from its cursor on.
    pub fn ask(&mut self) {
        self.is_reset = false;
        self.since = self.with_job(|truth| truth.folds.len()).unwrap_or_default();
        self.seen = match (self.cursor, self.begins_told()) {
            (Some(cursor), _) => Seen::UpTo(cursor),
            (None, true) => Seen::Untold,
            (None, false) => Seen::Beginning,
        };
    }

    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Whether the stream begins with a block that tells the place.
    fn begins_told(&self) -> bool {
        matches!(self.subject, Subject::Job(_, JobLens::Pipeline(_)) | Subject::Feed(Channel::Queue))
    }

    fn with_job<T>(&self, look: impl FnOnce(&JobTruth) -> T) -> Option<T> {
        let Subject::Job(job, _) = &self.subject else { return None };
        world().history.borrow().jobs.get(job.as_str()).map(look)
    }

    /// 204: only for who has seen the end.
    pub fn gone(&mut self) -> Outcome {
        let ended = self.with_job(|truth| {
            let folds = &truth.folds[self.since.saturating_sub(1)..];
            folds.iter().any(|job| job.ended_by.zip(self.cursor).is_some_and(|(end, cursor)| cursor >= end))
        });
        self.has_ended = true;
        ended.unwrap_or(false).then_some(()).ok_or_else(|| format!("204 to a reader at {:?}", self.cursor))
    }

    /// 404: only for a job that somebody deletes.
    pub fn unknown(&mut self) -> Outcome {
        let Subject::Job(job, _) = &self.subject else { return Err("404 on the feed".to_owned()) };
        self.has_ended = true;
        let is_deleted = world().history.borrow().is_to_be_deleted(job);
        is_deleted.then_some(()).ok_or_else(|| "404 though nobody deletes the job".to_owned())
    }

    pub fn read(&mut self, block: &str) -> Outcome {
        self.has_ended = false;
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
        let id = field("id: ").and_then(|id| id.parse().ok()).map(EventId);
        let data = field("data: ").unwrap_or_default();
        let outcome = match (field("event: "), id) {
            (None, Some(id)) => self.cursor_told(id),
            (Some("reset"), None) => self.reset(data),
            (Some("job:snapshot"), Some(id)) => self.opened(id).and_then(|()| self.snapshot(data)),
            (Some("connected"), Some(id)) => self.opened(id),
            (Some(_), Some(id)) => self.event(id, block),
            (Some(_), None) | (None, None) => Err(format!("an unknown block: {block}")),
        };
        self.cursor = id.or(self.cursor);
        outcome
    }

    /// The block that tells the place: the cursor itself, or after a reset and without a cursor a place of the log.
    fn opened(&mut self, from: EventId) -> Outcome {
        let is_told = std::mem::take(&mut self.is_reset) || self.seen == Seen::Untold;
        if !is_told && self.seen != Seen::UpTo(from) {
            return Err(format!("the stream goes on from {from} and not from {:?}", self.seen));
        }
        self.seen = Seen::UpTo(from);
        let history = world().history.borrow().is_place(&self.subject, from);
        history.then_some(()).ok_or_else(|| format!("{from} is no place of the log"))
    }

    /// The snapshot is the job as it was at some time since the reader asked.
    fn snapshot(&self, data: &str) -> Outcome {
        let is_true = self.with_job(|truth| {
            let folds = &truth.folds[self.since.saturating_sub(1)..];
            let mut texts = folds.iter().map(|job| pipeline::snapshot(job).to_string());
            texts.any(|text| text == data)
        });
        is_true.unwrap_or(false).then_some(()).ok_or_else(|| format!("a snapshot that never was: {data}"))
    }

    fn reset(&mut self, data: &str) -> Outcome {
        let data: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        let before = self.seen;
        self.is_reset = self.begins_told();
        self.seen = if self.is_reset { Seen::Untold } else { Seen::Beginning };
        let Seen::UpTo(place) = before else { return Err("a reset for who brought no cursor".to_owned()) };
        let floor = world().history.borrow().floor(&self.subject);
        let is_true = data["reason"] == "cursor_too_old" && place < floor;
        is_true.then_some(()).ok_or_else(|| format!("{} for who has seen up to {place}; kept from {floor} on", data["reason"]))
    }

    fn cursor_told(&mut self, id: EventId) -> Outcome {
        let missed = world().history.borrow().missed(self, id);
        self.seen = Seen::UpTo(id);
        missed.map_or(Ok(()), |lost| Err(format!("the cursor goes to {id} over {lost}")))
    }

    fn event(&mut self, id: EventId, block: &str) -> Outcome {
        if self.seen == Seen::Untold {
            return Err(format!("event {id} before the stream told its place"));
        }
        if matches!(self.seen, Seen::UpTo(seen) if id <= seen) {
            return Err(format!("event {id} again, or late: seen up to {:?}", self.seen));
        }
        let world = world();
        let history = world.history.borrow();
        let Some(expected) = history.written(&self.subject, id) else { return Err(format!("event {id} is not in the log")) };
        if expected != block {
            return Err(format!("event {id} reads {block}, and not {expected}"));
        }
        if let Some(lost) = history.missed(self, id.before()) {
            return Err(format!("event {id} came before {lost}, seen up to {:?}", self.seen));
        }
        self.seen = Seen::UpTo(id);
        self.has_ended = block.starts_with("event: job:completed") || block.starts_with("event: job:failed");
        Ok(())
    }
}

impl History {
    /// Everything newer than this is kept for these readers.
    fn floor(&self, subject: &Subject) -> EventId {
        match subject {
            Subject::Job(job, lens) => self.jobs.get(job.as_str()).map_or(EventId(0), |truth| truth.floor(lens.visibility())),
            Subject::Feed(_) => self.feed.floor,
        }
    }

    /// Whether a stream may begin here.
    fn is_place(&self, subject: &Subject, from: EventId) -> bool {
        match subject {
            Subject::Job(job, _) => self.jobs.get(job.as_str()).is_some_and(|truth| {
                let is_end = |job: &crate::job::Job| job.ended_by.is_some_and(|end| end.before() == from);
                from.0 == 0 || truth.folds.iter().any(|job| job.tail == from || is_end(job)) || truth.floors.contains(&from)
            }),
            Subject::Feed(_) => from.0 == 0 || self.feed.entries.iter().any(|(id, _)| *id == from),
        }
    }

    /// The block in which these readers are shown what has this id.
    fn written(&self, subject: &Subject, id: EventId) -> Option<String> {
        match subject {
            Subject::Job(job, lens) => {
                let truth = self.jobs.get(job.as_str())?;
                let place = truth.log.binary_search_by_key(&id, |event| event.id).ok()?;
                truth.text(lens, &truth.log[place])
            }
            Subject::Feed(channel) => {
                let place = self.feed.entries.binary_search_by_key(&id, |(id, _)| *id).ok()?;
                text(*channel, &self.feed.entries[place])
            }
        }
    }

    /// The first that this reader should have seen and has not, up to `until`.
    pub fn missed(&self, place: &Place, until: EventId) -> Option<EventId> {
        let after = match place.seen {
            Seen::UpTo(seen) => seen,
            Seen::Beginning | Seen::Untold => self.floor(&place.subject),
        };
        match &place.subject {
            Subject::Job(job, lens) => {
                let truth = self.jobs.get(job.as_str())?;
                let from = truth.log.partition_point(|event| event.id <= after);
                let mut newer = truth.log[from..].iter().take_while(|event| event.id <= until);
                newer.find(|event| truth.text(lens, event).is_some()).map(|event| event.id)
            }
            Subject::Feed(channel) => {
                let from = self.feed.entries.partition_point(|(id, _)| *id <= after);
                let mut newer = self.feed.entries[from..].iter().take_while(|(id, _)| *id <= until);
                newer.find(|entry| text(*channel, entry).is_some() && !self.feed.may_miss(entry.0)).map(|(id, _)| *id)
            }
        }
    }
}

impl JobTruth {
    fn floor(&self, visibility: Visibility) -> EventId {
        match visibility {
            Visibility::Public => self.floors[0],
            Visibility::Full => self.floors.into_iter().max().unwrap_or_default(),
        }
    }

    fn text(&self, lens: &JobLens, event: &Event) -> Option<String> {
        let mut text = String::new();
        match lens {
            JobLens::Pipeline(lens) => lens.encode(event, &mut text),
            JobLens::Asset => {
                let notice = Notice::of(&self.job()?.created, event)?;
                let (name, data) = asset::frame(&notice)?;
                Frame { name: name.to_owned(), id: Some(event.id), data: data.to_string() }.encode(&mut text);
            }
        }
        (!text.is_empty()).then_some(text)
    }
}

fn text(channel: Channel, (id, notice): &(EventId, Notice)) -> Option<String> {
    let mut text = String::new();
    channel.encode(&Entry { id: *id, notice: notice.clone() }, &mut text);
    (!text.is_empty()).then_some(text)
}

impl FeedTruth {
    /// Progress that was overtaken goes when room is needed.
    fn may_miss(&self, id: EventId) -> bool {
        let Ok(place) = self.entries.binary_search_by_key(&id, |(id, _)| *id) else { return false };
        let notice = &self.entries[place].1;
        let overtakes = |(_, later): &(EventId, Notice)| later.is_progress() && later.job == notice.job;
        id <= self.thinned && notice.is_progress() && self.entries[place + 1..].iter().any(overtakes)
    }
}
