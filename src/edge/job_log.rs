//! Owns what the streams of one job show: the pipeline view and the asset view over the same log.

use crate::edge::journal::Journal;
use crate::edge::reading;
use crate::edge::subscribers::{Log, Opening, Page};
use crate::event::Event;
use crate::id::EventId;
use crate::limits;
use crate::notice::Notice;
use crate::record::Record;
use crate::replay::{Plan, plan};
use crate::sse::{Frame, reset_frame};
use crate::view::pipeline::Lens;
use crate::view::{JobLens, Visibility, asset};
use worker::Result;

#[derive(Clone, Copy)]
pub struct JobLog<'a> {
    pub journal: &'a Journal,
    pub record: &'a Record,
}

impl JobLog<'_> {
    pub fn plan(&self, lens: &JobLens, cursor: Option<EventId>) -> Plan {
        let bounds = self.record.bounds(lens.visibility());
        match lens {
            JobLens::Pipeline(_) => plan(cursor, bounds, bounds.present()),
            // The whole log of the asset, from its beginning.
            JobLens::Asset => plan(cursor, bounds, bounds.floor),
        }
    }

    fn oldest(&self, plan: Plan, visibility: Visibility) -> EventId {
        match plan {
            Plan::Reset { .. } => reading::oldest(self.journal, self.record, visibility),
            Plan::Snapshot { .. } | Plan::Replay { .. } | Plan::Gone => self.record.bounds(visibility).floor,
        }
    }
}

impl JobLog<'_> {
    /// Appends a page of what follows `from`, and gives where the next one begins; `None` at the end.
    fn read(&self, lens: &JobLens, from: EventId, until: EventId, text: &mut String) -> Result<Option<EventId>> {
        let read = self.journal.read(from, until, lens.visibility(), limits::REPLAY_ROWS, limits::REPLAY_PAGE)?;
        read.events.iter().for_each(|event| self.encode(lens, event, text));
        Ok(read.next())
    }

    /// Likewise, from text as it is stored.
    fn join(&self, lens: &Lens, from: EventId, until: EventId, text: &mut String) -> Result<Option<EventId>> {
        let has_events_alone = self.record.job.last_seq == 0 && self.record.checkpoints.count == 0;
        let stored = if has_events_alone { Visibility::Public } else { lens.visibility };
        let reached = self.journal.join(from, until, stored, |event| {
            let before = text.len();
            lens.encode_stored(event, text)?;
            Ok(text.len() - before)
        })?;
        Ok(reached.last.filter(|_| !reached.is_last))
    }

    /// The last event that is shown.
    fn until(&self, lens: &JobLens) -> EventId {
        let bounds = self.record.bounds(lens.visibility());
        match lens {
            JobLens::Pipeline(_) => bounds.ended_by.unwrap_or(bounds.tail),
            JobLens::Asset => bounds.tail,
        }
    }

    /// A page of what follows `from`, after `text`.
    fn follow(&self, lens: &JobLens, from: EventId, mut text: String) -> Result<Page> {
        let until = self.until(lens);
        let next = match lens {
            JobLens::Pipeline(lens) if self.journal.is_stored() => self.join(lens, from, until, &mut text)?,
            JobLens::Pipeline(_) | JobLens::Asset => self.read(lens, from, until, &mut text)?,
        };
        let has_ended = self.record.bounds(lens.visibility()).ended_by.is_some();
        let is_end = next.is_none() && has_ended && matches!(lens, JobLens::Pipeline(_));
        Ok(Page { text: text.into(), next, reached: next.unwrap_or(until), is_end })
    }
}

impl Log for JobLog<'_> {
    type Lens = JobLens;
    type Entry = Event;

    fn opening(&self, lens: &JobLens, plan: Plan) -> Opening {
        let oldest = self.oldest(plan, lens.visibility());
        match (lens, plan) {
            (JobLens::Pipeline(lens), _) => {
                Opening { text: lens.opening(&self.record.job, plan, oldest), tells_cursor: true }
            }
            (JobLens::Asset, Plan::Reset { reason, .. }) => {
                let mut text = String::new();
                reset_frame(reason, oldest).encode(&mut text);
                Opening { text, tells_cursor: false }
            }
            (JobLens::Asset, Plan::Snapshot { .. } | Plan::Replay { .. } | Plan::Gone) => Opening::default(),
        }
    }

    fn page(&self, lens: &JobLens, from: EventId) -> Result<Page> {
        // The log may have been trimmed past a reader that is still catching up.
        match self.plan(lens, Some(from)) {
            plan @ Plan::Reset { from: present, .. } => self.follow(lens, present, self.opening(lens, plan).text),
            Plan::Snapshot { .. } | Plan::Replay { .. } | Plan::Gone => {
                let make = || self.follow(lens, from, String::new());
                self.journal.pages().page(lens, from, self.until(lens), make)
            }
        }
    }

    fn place(event: &Event) -> EventId {
        event.id
    }

    fn encode(&self, lens: &JobLens, event: &Event, out: &mut String) {
        match lens {
            JobLens::Pipeline(lens) => lens.encode(event, out),
            JobLens::Asset => {
                let notice = Notice::of(&self.record.job.created, event);
                if let Some((name, data)) = notice.as_ref().and_then(asset::frame) {
                    Frame { name: name.to_owned(), id: Some(event.id), data: data.to_string() }.encode(out);
                }
            }
        }
    }

    fn ends_with(lens: &JobLens, event: &Event) -> bool {
        matches!(lens, JobLens::Pipeline(_)) && event.fact.is_final()
    }
}
