//! Owns the pages that a job's object answers with: its log, its checkpoints, its lines.

use crate::call::{LogFilter, Page, Question, Reply};
use crate::edge::complaint::Subject;
use crate::edge::journal::Journal;
use crate::event::LogLine;
use crate::id::EventId;
use crate::limits;
use crate::record::Record;
use crate::replay::{Plan, plan};
use crate::response;
use crate::view::Visibility;
use serde_json::json;
use std::ops::ControlFlow;

const PAGE_BYTES: usize = limits::PAGE_BYTES as usize;
/// Lines that one page of a filtered log looks at; a page that found few still tells where to go on.
const LINES_SCANNED: u64 = 20_000;

pub fn read(subject: &Subject, journal: &Journal, record: &Record, question: &Question) -> Reply {
    match question {
        Question::Job => Ok(response::job(&record.job)),
        Question::Progress => Ok(response::progress(&record.job)),
        Question::Events { page, visibility } => events(subject, journal, record, *page, *visibility),
        Question::Checkpoints { page } => checkpoints(subject, journal, *page),
        Question::Logs { page, filter } => logs(subject, journal, *page, filter),
    }
}

/// A page of the log. A reader whose place is gone is told so, as a stream would tell it.
fn events(subject: &Subject, journal: &Journal, record: &Record, page: Page, visibility: Visibility) -> Reply {
    let after = EventId(page.after);
    let read = journal
        .read(after, record.job.tail, visibility, page.limit, PAGE_BYTES)
        .map_err(|error| subject.internal(error))?;
    let mut answer = response::events_page(&read.events, visibility, page.limit, read.next());
    let bounds = record.bounds(visibility);
    if let Plan::Reset { reason, .. } = plan(Some(after).filter(|after| after.0 > 0), bounds, bounds.present()) {
        answer["reset"] = json!({ "reason": reason, "oldest": oldest(journal, record, visibility) });
    }
    Ok(answer)
}

fn checkpoints(subject: &Subject, journal: &Journal, page: Page) -> Reply {
    let read =
        journal.checkpoints(EventId(page.after), page.limit, PAGE_BYTES).map_err(|error| subject.internal(error))?;
    Ok(response::checkpoints_page(&read.events, page.limit, read.next()))
}

fn logs(subject: &Subject, journal: &Journal, page: Page, filter: &LogFilter) -> Reply {
    let mut lines: Vec<LogLine> = vec![];
    let (mut scanned, mut size, mut last, mut next) = (0, 0, page.after, None);
    let take = |line: LogLine| {
        if lines.len() as u64 == page.limit || scanned == LINES_SCANNED || size > PAGE_BYTES {
            next = Some(last);
            return ControlFlow::Break(());
        }
        scanned += 1;
        last = line.seq;
        if filter.passes(&line) {
            size += line.cost();
            lines.push(line);
        }
        ControlFlow::Continue(())
    };
    journal.lines(page.after, take).map_err(|error| subject.internal(error))?;
    Ok(response::logs_page(&lines, page.limit, next))
}

/// The oldest event that is still stored, for a `reset`.
pub fn oldest(journal: &Journal, record: &Record, visibility: Visibility) -> EventId {
    let floor = record.bounds(visibility).floor;
    let first = journal.read(floor, record.job.tail, visibility, 1, 1).ok();
    first.and_then(|read| read.events.first().map(|event| event.id)).unwrap_or(floor)
}
