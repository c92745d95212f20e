//! When faults have stopped, everything comes to rest: each job has ended, the directory says so, the project has been
//! told, and every reader has seen the end.

use crate::check::reading::{Place, Seen, Subject};
use crate::event::Fact;
use crate::history::{History, Invariant, JobTruth, Violation, broken};
use crate::id::EventId;
use crate::job::JobState;
use crate::notice::{News, Notice};
use crate::view::JobLens;
use rusqlite::Connection;
use std::collections::BTreeMap;

pub fn hold(history: &History, directory: &Connection) -> Result<(), Violation> {
    for (id, truth) in &history.jobs {
        let Some(job) = truth.job() else { continue };
        if !truth.is_deleted && !job.state.is_final() {
            return Err(broken(Invariant::Settles, format!("{id} is still {:?}", job.state)));
        }
        let is_to_go = history.is_to_be_deleted(&job.created.id) && was_deleted(history, id);
        if is_to_go && !truth.is_deleted {
            return Err(broken(Invariant::Settles, format!("{id} was deleted, and its row is still there")));
        }
        row_is_equal(id, truth)?;
        feed_is_told(history, id, truth)?;
    }
    counters_are_right(history, directory)?;
    history.places.values().try_for_each(|place| reader_is_done(history, place))
}

/// Whether somebody was told so.
fn was_deleted(history: &History, id: &str) -> bool {
    let mut deletions = history.operations.iter().filter(|operation| operation.command == crate::command::Command::Delete);
    deletions.any(|operation| {
        let is_done = operation.outcomes.iter().any(|(_, outcome)| matches!(outcome, crate::producer::Outcome::Done(_)));
        operation.job.as_str() == id && is_done
    })
}

/// Lines of a log change nothing that the directory shows.
fn row_is_equal(id: &str, truth: &JobTruth) -> Result<(), Violation> {
    if truth.is_deleted {
        return Ok(());
    }
    let row = truth.row.unwrap_or_default();
    let lacks = truth.log.iter().find(|event| event.id.0 > row && !matches!(event.fact, Fact::Logs(_)));
    lacks.map_or(Ok(()), |event| {
        Err(broken(Invariant::Settles, format!("the directory's row of {id} stands at {row}, without event {}", event.id)))
    })
}

/// Everything that a project hears of was told, but for progress that was overtaken.
fn feed_is_told(history: &History, id: &str, truth: &JobTruth) -> Result<(), Violation> {
    let Some(job) = truth.job() else { return Ok(()) };
    let told: BTreeMap<EventId, &Notice> = history
        .feed
        .entries
        .iter()
        .filter(|(_, notice)| notice.job == job.created.id)
        .map(|(_, notice)| (notice.event, notice))
        .collect();
    let due: Vec<Notice> = truth.log.iter().filter_map(|event| Notice::of(&job.created, event)).collect();
    for (place, notice) in due.iter().enumerate() {
        match told.get(&notice.event) {
            Some(known) if **known != *notice => {
                return Err(broken(Invariant::FeedExact, format!("the feed has {known:?} for {notice:?}")));
            }
            Some(_) => {}
            None if notice.is_progress() && due.get(place + 1).is_some_and(Notice::is_progress) => {}
            None => {
                return Err(broken(Invariant::FeedExact, format!("the feed was never told of event {} of {id}: {:?}", notice.event, notice.news)));
            }
        }
    }
    let is_told_gone = told.values().last().is_some_and(|notice| notice.news == News::Deleted {});
    if is_told_gone != truth.is_deleted {
        return Err(broken(Invariant::FeedExact, format!("{id} is deleted: {}; the feed says: {is_told_gone}", truth.is_deleted)));
    }
    Ok(())
}

fn counters_are_right(history: &History, directory: &Connection) -> Result<(), Violation> {
    for state in JobState::ALL {
        let is_counted = |truth: &&JobTruth| !truth.is_deleted && truth.job().is_some_and(|job| job.state == state);
        let expected = history.jobs.values().filter(is_counted).count() as u64;
        let query = "SELECT coalesce(sum(jobs), 0) FROM job_counts WHERE status = ?1";
        let counted: u64 = directory.query_row(query, [state.word()], |row| row.get(0)).expect("counters");
        if counted != expected {
            return Err(broken(Invariant::Settles, format!("{counted} jobs are counted as {}, and {expected} are", state.word())));
        }
    }
    Ok(())
}

fn reader_is_done(history: &History, place: &Place) -> Result<(), Violation> {
    let until = match &place.subject {
        Subject::Feed(_) => EventId(u64::MAX),
        Subject::Job(job, lens) => {
            let Some(truth) = history.jobs.get(job.as_str()).filter(|truth| !truth.is_deleted) else { return Ok(()) };
            match (lens, truth.job().and_then(|job| job.ended_by)) {
                (JobLens::Pipeline(_), Some(end)) => end,
                _ => EventId(u64::MAX),
            }
        }
    };
    let lacks = history.missed(place, until);
    if place.seen == Seen::Untold || lacks.is_some() {
        let what = format!("a reader of {} stands at {:?}, without event {lacks:?}", place.subject, place.seen);
        return Err(broken(Invariant::Settles, what));
    }
    Ok(())
}
